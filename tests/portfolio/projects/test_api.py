"""The API of projects and their rows: the same actions, permissions and sentences as the screens."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.projects.actions import create_milestone
from portfolio.projects.models import Milestone, Project, StatusReport
from tech4value.tenancy.clock import today
from tests.portfolio.projects.conftest import Portfolio

JSON = "application/json"


def errors(answer: Any) -> dict[str, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {one["pointer"]: one["detail"] for one in answer.json()["errors"]}


def test_a_project_is_created_changed_listed_and_deleted(portfolio: Portfolio, client_of: Any) -> None:
    pmo, root = client_of(portfolio.world.pmo), portfolio.url("/api/v1/projects/")
    sent = {
        "code": "CRM", "name": "Nouveau CRM", "pole": str(portfolio.it.pk), "starts_on": "2026-01-05",
        "ends_on": "2026-12-18", "sponsor": str(portfolio.mehdi.pk),
    }  # fmt: skip
    made = pmo.post(root, sent, content_type=JSON)
    assert made.status_code == 201
    body = made.json()
    assert (body["method"], body["phase"], body["version"]) == ("hybrid", "framing", 1)
    one = f"{root}{body['id']}/"
    changed = pmo.patch(one, {"phase": "delivery", "version": 1}, content_type=JSON)
    assert (changed.status_code, changed.json()["phase"], changed.json()["version"]) == (200, "delivery", 2)
    stale = pmo.patch(one, {"name": "Autre", "version": 1}, content_type=JSON)
    assert stale.status_code == 409 and stale.json()["changes"] == {"phase": ["framing", "delivery"]}
    codes = [row["code"] for row in pmo.get(root, {"phase": "delivery"}).json()["results"]]
    assert codes == ["CRM"]
    assert [row["code"] for row in pmo.get(root, {"search": "chloé"}).json()["results"]] == ["ERP"]
    assert pmo.get(root, {"phase": "nuage"}).status_code == 400
    assert pmo.get(root, {"pole": "pas-une-clef"}).status_code == 400
    assert pmo.delete(one).status_code == 204
    assert pmo.get(one).status_code == 404


def test_refusals_point_at_the_field(portfolio: Portfolio, client_of: Any) -> None:
    pmo, root = client_of(portfolio.world.pmo), portfolio.url("/api/v1/projects/")
    with portfolio.world.within(portfolio.world.chantier):
        foreign_pole = str(portfolio.foreign.pole_id)
    sent = {
        "code": "ERP",
        "name": "X",
        "pole": str(portfolio.it.pk),
        "starts_on": "2026-01-05",
        "ends_on": "2026-12-18",
    }
    assert "déjà celui d’un projet" in errors(pmo.post(root, sent, content_type=JSON))["/code"]
    late = pmo.post(root, {**sent, "code": "Y", "ends_on": "2025-01-01"}, content_type=JSON)
    assert "La fin précède le début" in errors(late)["/ends_on"]
    assert list(errors(pmo.post(root, {**sent, "pole": foreign_pole}, content_type=JSON))) == ["/pole"]
    assert {"/code", "/pole"} < set(errors(pmo.post(root, {}, content_type=JSON)))


def test_who_may_write_what(portfolio: Portfolio, client_of: Any) -> None:
    root = portfolio.url("/api/v1/projects/")
    manager, member = client_of(portfolio.world.manager), client_of(portfolio.world.member)
    assert manager.patch(f"{root}{portfolio.erp.pk}/", {"goal": "Un but"}, content_type=JSON).status_code == 200
    assert manager.patch(f"{root}{portfolio.rgpd.pk}/", {"goal": "Un but"}, content_type=JSON).status_code == 403
    assert manager.delete(f"{root}{portfolio.erp.pk}/").status_code == 403
    assert manager.patch(f"{root}{portfolio.foreign.pk}/", {"goal": "X"}, content_type=JSON).status_code == 404
    assert member.get(root).json()["results"] == []
    assert member.post(root, {}, content_type=JSON).status_code == 403
    assert client_of(portfolio.world.reader).get(root).status_code == 403
    milestones = portfolio.url("/api/v1/milestones/")
    sent = {"name": "Go", "due_on": "2027-01-01"}
    unseen = member.post(milestones, {**sent, "project": str(portfolio.erp.pk)}, content_type=JSON)
    assert unseen.status_code == 400 and "/project" in errors(unseen)
    refused = manager.post(milestones, {**sent, "project": str(portfolio.rgpd.pk)}, content_type=JSON)
    assert refused.status_code == 403
    with portfolio.world.within():
        assert Milestone.objects.count() == 1


def test_the_rows_of_a_project(portfolio: Portfolio, client_of: Any) -> None:
    manager, key = client_of(portfolio.world.manager), str(portfolio.erp.pk)
    milestones, reports = portfolio.url("/api/v1/milestones/"), portfolio.url("/api/v1/status-reports/")
    members = portfolio.url("/api/v1/project-members/")
    made = manager.post(milestones, {"project": key, "name": "Go", "due_on": "2027-01-01"}, content_type=JSON).json()
    assert made["baseline_on"] == "2027-01-01"
    moved = manager.patch(f"{milestones}{made['id']}/", {"project": str(portfolio.rgpd.pk)}, content_type=JSON)
    assert moved.status_code == 400 and "ne change pas de rattachement" in errors(moved)["/project"]
    assert len(manager.get(milestones, {"project": key, "reached": "false"}).json()["results"]) == 2
    assert manager.get(milestones, {"reached": "true"}).json()["results"] == []
    day = f"{today(portfolio.world.atelier):%Y-%m-%d}"
    said = {"project": key, "reported_on": day, "weather": "rainy"}
    first = manager.post(reports, said, content_type=JSON)
    again = manager.post(reports, {**said, "weather": "sunny"}, content_type=JSON)
    assert first.json()["id"] == again.json()["id"] and again.json()["weather"] == "sunny"
    assert again.json()["author"] == "Chloé Cheffe"
    with portfolio.world.within():
        assert StatusReport.objects.filter(project=portfolio.erp).count() == 2
    added = manager.post(members, {"project": key, "person": str(portfolio.mehdi.pk)}, content_type=JSON).json()
    assert added["role"] == "contributor"
    changed = manager.patch(f"{members}{added['id']}/", {"role": "observer"}, content_type=JSON)
    assert changed.json()["role"] == "observer"
    assert manager.delete(f"{members}{added['id']}/").status_code == 204
    assert manager.delete(f"{milestones}{made['id']}/").status_code == 204


def test_lists_take_as_many_queries_for_many_rows(portfolio: Portfolio, client_of: Any) -> None:
    pmo = client_of(portfolio.world.pmo)
    addresses = [portfolio.url(f"/api/v1/{name}/") for name in ("milestones", "projects", "status-reports")]

    def counts() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert pmo.get(address).status_code == 200
            found.append(len(queries))
        return found

    counts()
    few = counts()
    with portfolio.world.within():
        actor = portfolio.world.memberships["pmo"].actor
        for number in range(30):
            create_milestone(
                actor=actor, project=portfolio.erp, name=f"J{number}", due_on=today(), owner=portfolio.chloe
            )
        assert Project.objects.count() == 2
    assert counts() == few
