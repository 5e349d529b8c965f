"""Where one is signed in: the list, signing out of one device or of all others; pauses after too many tries."""

import re
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from tech4value.accounts.rate_limits import duration_in_words
from tech4value.accounts.sessions import device_of, is_handheld
from tests.world import PASSWORD, World

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 "
    "Edg/138.0.0.0"
)
ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "device", "handheld"),
    [
        (FIREFOX, "Firefox, Windows", False),
        (IPHONE, "Safari, iPhone", True),
        (EDGE, "Edge, Linux", False),
        (ANDROID, "Chrome, Android", True),
        ("curl/8", "Appareil inconnu", False),
        ("", "Appareil inconnu", False),
    ],
)
def test_a_device_is_named_by_its_browser_and_system(agent: str, device: str, handheld: bool) -> None:
    assert (device_of(agent), is_handheld(agent)) == (device, handheld)


def signed_in(world: World, agent: str, address: str = "203.0.113.7") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    assert client.post("/accounts/login/", {"login": world.manager.email, "password": PASSWORD}).status_code == 302
    return client


def test_one_sees_each_device_and_signs_one_out(world: World) -> None:
    here, phone = signed_in(world, FIREFOX), signed_in(world, IPHONE, "198.51.100.9")
    page = here.get(world.url("/settings/preferences/security/")).content.decode()
    for text in ("Firefox, Windows", "Safari, iPhone", "203.0.113.7", "198.51.100.9", "Cet appareil"):
        assert text in page
    row = UserSession.objects.get(ip="198.51.100.9")
    assert here.post(world.url(f"/accounts/sessions/{row.pk}/end/")).status_code == 302
    assert phone.get(world.url("/settings/preferences/")).status_code == 302, "signed out"
    said = here.get(world.url("/settings/preferences/security/")).content.decode()
    assert "L’appareil est déconnecté." in said
    assert "Safari, iPhone" not in said


def test_one_signs_out_of_all_other_devices(world: World) -> None:
    here, *others = (signed_in(world, agent) for agent in (FIREFOX, IPHONE, EDGE))
    here.post("/accounts/sessions/others/end/")
    assert [other.get(world.url("/settings/preferences/")).status_code for other in others] == [302, 302]
    assert here.get(world.url("/settings/preferences/")).status_code == 200
    assert UserSession.objects.count() == 1


def test_nobody_ends_another_s_session(world: World, client_of: Any) -> None:
    mine = signed_in(world, FIREFOX)
    row = UserSession.objects.get(user=world.manager)
    assert client_of(world.admin).post(f"/accounts/sessions/{row.pk}/end/").status_code == 404
    assert Client().post(f"/accounts/sessions/{row.pk}/end/").status_code == 302
    assert mine.get(world.url("/settings/preferences/")).status_code == 200


def test_this_device_is_left_by_signing_out(world: World) -> None:
    here = signed_in(world, FIREFOX)
    row = UserSession.objects.get()
    assert here.post(f"/accounts/sessions/{row.pk}/end/").headers["Location"] == "/accounts/logout/"


def test_the_last_place_and_use_are_noted_now_and_then(world: World, django_assert_num_queries: Any) -> None:
    here = signed_in(world, FIREFOX)
    page = world.url("/settings/preferences/")
    cache.clear()
    here.get(page, REMOTE_ADDR="198.51.100.77")
    row = UserSession.objects.get()
    assert row.ip == "198.51.100.77"
    here.get(page, REMOTE_ADDR="198.51.100.78")
    assert UserSession.objects.get().last_seen_at == row.last_seen_at, "not at each request"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 seconde"),
        (59, "59 secondes"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (3600, "1 heure"),
        (7201, "3 heures"),
    ],
)
def test_a_wait_is_said_in_words_and_rounded_up(seconds: int, words: str) -> None:
    assert duration_in_words(seconds) == words


def test_wrong_passwords_are_told_how_long_to_wait(world: World) -> None:
    client = Client()
    wrong = {"login": world.manager.email, "password": "pas le bon mot de passe"}
    pages = [client.post("/accounts/login/", wrong).content.decode() for _try in range(6)]
    assert re.search(r"Trop d’essais avec un mauvais mot de passe\. Réessayez dans [45] minutes\.", pages[-1])


def test_too_many_sign_ins_and_resets_get_a_page_that_says_how_long(world: World) -> None:
    client = Client()
    for path, data, tries in (
        ("/accounts/login/", {"login": "x@y.example", "password": "x"}, 31),
        ("/accounts/password/reset/", {"email": world.manager.email}, 6),
    ):
        for _try in range(tries):
            answer = client.post(path, data)
        assert answer.status_code == 429, path
        page = answer.content.decode()
        assert "Trop de tentatives" in page
        assert re.search(r"Réessayez dans \d+ (seconde|minute)s?\.", page), page
        assert int(answer.headers["Retry-After"]) > 0
        cache.clear()
