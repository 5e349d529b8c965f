"""The rules of drift through the API: Alice keeps them, everybody who sees plans reads them."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from portfolio.drift.models import DriftRule
from tests.world import World

JSON = "application/json"


def test_alice_changes_a_rule_and_gives_it_its_defaults_again(
    world: World, client_of: Callable[[Any], Client]
) -> None:
    alice, pmo = client_of(world.admin), client_of(world.pmo)
    url = world.url("/api/v1/drift-rules/")
    listed = alice.get(url).json()
    assert [(row["kind"], row["threshold_days"], row["version"], row["is_default"]) for row in listed] == [
        ("milestone_late", 7, 0, True), ("low_float", 0, 0, True), ("no_progress", 14, 0, True),
    ]  # fmt: skip
    assert alice.get(f"{url}?kind=low_float").status_code == 400
    one = f"{url}milestone_late/"
    first = alice.get(one)
    assert "7 j calendaires ou plus" in first.json()["sentence"].replace("\u00a0", " ").replace("\u202f", " ")

    def patch(browser: Client, body: dict[str, Any], **headers: str) -> Any:
        return browser.patch(one, body, content_type=JSON, headers=headers)

    assert "entre 1 et 365" in patch(alice, {"threshold_days": 0}).json()["errors"][0]["detail"]
    changed = patch(alice, {"threshold_days": 10, "version": 0})
    assert changed.status_code == 200, changed.content
    row = changed.json()
    assert (row["threshold_days"], row["version"], row["is_default"]) == (10, 1, False)
    stale = patch(pmo, {"threshold_days": 12, "version": 0})
    assert stale.status_code == 409 and stale.json()["conflicts"][0]["theirs"] == 10
    assert patch(pmo, {"threshold_days": 12}, **{"If-Match": first.headers["ETag"]}).status_code == 412
    nobody = {name: False for name in row if name.startswith("tell_")}
    assert "au moins un destinataire" in patch(alice, nobody).json()["errors"][0]["detail"]
    assert alice.delete(one, headers={"If-Match": first.headers["ETag"]}).status_code == 412
    assert alice.delete(one, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    again = alice.get(one).json()
    assert (again["threshold_days"], again["version"], again["is_default"]) == (7, 2, True)
    assert alice.delete(f"{url}low_float/").status_code == 204
    for missing in ("nothing", "milestone"):
        assert alice.get(f"{url}{missing}/").status_code == 404
    with world.within():
        assert DriftRule.objects.count() == 1
    assert client_of(world.manager).patch(one, {"threshold_days": 3}, content_type=JSON).status_code == 403
    assert client_of(world.manager).get(one).status_code == 200
    assert client_of(world.stranger).get(one).status_code == 404
