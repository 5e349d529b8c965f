"""Posts go to public machines only, whatever a name resolves to; nothing of the inside is ever reached."""

import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import httpx
import pytest
import respx

from tech4value.notifications.outbound import (
    AddressRefusedError,
    PostFailedError,
    checked_host,
    is_public,
    post_json,
)

HOOK = "https://prod-1.westeurope.logic.example/workflows/abc?sig=xyz"
PUBLIC = "93.184.216.34"


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`resolves("1.2.3.4", …)`: what every name leads to."""

    def answer(*addresses: str) -> None:
        def look_up(host: str, port: int, **kwargs: Any) -> list[Any]:
            if not addresses:
                raise socket.gaierror("unknown")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

        monkeypatch.setattr("tech4value.notifications.outbound.socket.getaddrinfo", look_up)

    return answer


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "10.255.255.255", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:53aa:64c::1", "::127.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b:1::a00:1", "fec0::1",
    ],
)  # fmt: skip
def test_an_inner_address_is_refused_whatever_its_writing(address: str, resolves: Callable[..., None]) -> None:
    assert not is_public(ip_address(address))
    resolves(address)
    with respx.mock(assert_all_called=False) as mock, pytest.raises(AddressRefusedError, match="réseau interne"):
        post_json(HOOK, {})
    assert not mock.calls


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_a_public_address_is_accepted(address: str) -> None:
    assert is_public(ip_address(address))


def test_one_inner_address_among_public_ones_is_enough_to_refuse(resolves: Callable[..., None]) -> None:
    resolves(PUBLIC, "10.0.0.1")
    with pytest.raises(AddressRefusedError):
        post_json(HOOK, {})


@pytest.mark.parametrize(
    "url",
    [
        "http://logic.example/x", "ftp://logic.example/x", "//logic.example/x", "logic.example", "", "https://",
        "https://u:p@logic.example/", "https://logic.example:8443/", "https://logic.example:99999/", "https://[::1",
        "https://logic.example/a b", "file:///etc/passwd", "https://x.example/" + "a" * 3000,
    ],
)  # fmt: skip
def test_what_is_not_an_https_address_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(AddressRefusedError, match="adresse"):
        checked_host(url)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest/meta-data"]
)
def test_an_address_given_in_figures_is_refused_too(url: str) -> None:
    with pytest.raises(AddressRefusedError, match="réseau interne"):
        post_json(url, {})


def test_an_unknown_name_says_so(resolves: Callable[..., None]) -> None:
    resolves()
    with pytest.raises(AddressRefusedError, match="n’existe pas"):
        post_json(HOOK, {})


def test_the_connection_goes_to_the_address_that_was_checked_under_the_name(resolves: Callable[..., None]) -> None:
    resolves(PUBLIC)
    with respx.mock as mock:
        route = mock.post(f"https://{PUBLIC}/workflows/abc?sig=xyz").respond(202)
        post_json(HOOK, {"a": 1})
    request = route.calls[0].request
    assert request.headers["Host"] == "prod-1.westeurope.logic.example"
    assert request.extensions["sni_hostname"] == "prod-1.westeurope.logic.example"
    assert request.content == b'{"a":1}'


def test_a_redirect_is_not_followed(resolves: Callable[..., None]) -> None:
    resolves(PUBLIC)
    with respx.mock as mock:
        mock.post(host=PUBLIC).respond(302, headers={"Location": "http://127.0.0.1/"})
        with pytest.raises(PostFailedError, match="renvoie ailleurs"):
            post_json(HOOK, {})
        assert len(mock.calls) == 1


@pytest.mark.parametrize(("code", "permanent"), [(404, True), (410, True), (403, True), (429, False), (500, False)])
def test_a_refusal_says_whether_trying_again_helps(code: int, permanent: bool, resolves: Callable[..., None]) -> None:
    resolves(PUBLIC)
    with respx.mock as mock:
        mock.post(host=PUBLIC).respond(code, headers={"Retry-After": "90"})
        with pytest.raises(PostFailedError) as caught:
            post_json(HOOK, {})
    assert caught.value.permanent is permanent
    assert caught.value.wait == (None if permanent else 90)


@pytest.mark.parametrize(
    "error", [httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError]
)
def test_a_server_that_is_away_is_tried_again(error: type[Exception], resolves: Callable[..., None]) -> None:
    resolves(PUBLIC)
    with respx.mock as mock:
        mock.post(host=PUBLIC).mock(side_effect=error("away"))
        with pytest.raises(PostFailedError) as caught:
            post_json(HOOK, {})
    assert not caught.value.permanent
