"""Posts to addresses that people give: HTTPS to public machines only, whatever a name resolves to.

The name is resolved here, once, every address that it has must be public, and the connection goes to one of those
(the certificate is still that of the name): a second answer of the DNS cannot lead inside. No redirect is followed.
"""

import ipaddress
import socket
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from django.utils.translation import gettext as _

PORT: Final = 443
LONGEST_URL: Final = 2000
TIMEOUT: Final = httpx.Timeout(5.0, connect=3.0)
# RFC 4291: all that is given out of IPv6; elsewhere are local addresses and IPv4 ones in other writings.
UNICAST: Final = ipaddress.IPv6Network("2000::/3")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefusedError(ValueError):
    """The address may not be posted to; the message is for the person who gave it."""


class PostFailedError(Exception):
    """The post did not arrive. `permanent`: trying again will not help; `wait`: seconds that the other side asks."""

    def __init__(self, message: str, *, permanent: bool = False, wait: int | None = None) -> None:
        self.permanent, self.wait = permanent, wait
        super().__init__(message)


def checked_host(url: str) -> str:
    """The host of an address that may be posted to, as far as its text says. Raises AddressRefusedError."""
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise AddressRefusedError(_("Ce n’est pas une adresse : copiez celle que Teams affiche.")) from error
    if parts.scheme != "https" or not host or len(url) > LONGEST_URL or any(char.isspace() for char in url.strip()):
        raise AddressRefusedError(_("L’adresse doit commencer par https:// : copiez celle que Teams affiche."))
    if parts.username or parts.password or port not in (None, PORT):
        raise AddressRefusedError(_("L’adresse ne doit contenir ni identifiant ni port : copiez celle de Teams."))
    return host.lower()


def public_addresses(host: str) -> list[Address]:
    """The addresses of `host`, all of them public. Raises AddressRefusedError when one is not, or there is none."""
    try:
        found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefusedError(_("« %(host)s » n’existe pas : vérifiez l’adresse.") % {"host": host}) from error
    addresses = [ipaddress.ip_address(str(one[4][0]).split("%")[0]) for one in found]
    if not addresses or not all(is_public(one) for one in addresses):
        raise AddressRefusedError(
            _("« %(host)s » mène à un réseau interne : seule une adresse publique est acceptée.") % {"host": host}
        )
    return addresses


def is_public(address: Address) -> bool:
    """Whether it is a machine of the Internet; an IPv4 address wrapped in an IPv6 one counts as what it wraps."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if wrapped is not None:
            return is_public(wrapped)
        if address not in UNICAST or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """RFC 6052: 64:ff9b::/96 carries an IPv4 address in its last 32 bits."""
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def post_json(url: str, body: dict[str, Any]) -> None:
    """Post JSON. Raises AddressRefusedError, or PostFailedError with what to say of it."""
    host = checked_host(url)
    address = public_addresses(host)[0]
    target = httpx.URL(url.strip()).copy_with(host=str(address))
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            request = client.build_request(
                "POST", target, json=body, headers={"Host": host}, extensions={"sni_hostname": host}
            )
            answer = client.send(request, stream=True)  # what it says is not read: only whether it took it
            answer.close()
    except httpx.TimeoutException as error:
        raise PostFailedError(_("« %(host)s » n’a pas répondu à temps.") % {"host": host}) from error
    except httpx.HTTPError as error:
        raise PostFailedError(_("« %(host)s » est injoignable.") % {"host": host}) from error
    _judge(answer, host)


def _judge(answer: httpx.Response, host: str) -> None:
    code = answer.status_code
    if answer.is_success:
        return
    if answer.is_redirect:
        raise PostFailedError(_("« %(host)s » renvoie ailleurs : donnez l’adresse finale.") % {"host": host})
    if code in {401, 403, 404, 410}:
        message = _("« %(host)s » refuse le message (%(code)s) : l’adresse n’est plus valable, recréez-la.")
        raise PostFailedError(message % {"host": host, "code": code}, permanent=True)
    wait = answer.headers.get("Retry-After", "")
    message = _("« %(host)s » a répondu %(code)s.") % {"host": host, "code": code}
    raise PostFailedError(message, wait=min(int(wait), 3600) if wait.isdecimal() else None)
