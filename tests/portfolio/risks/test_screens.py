"""The register's pages, through the front door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.risks.actions import create_risk
from portfolio.risks.models import Risk
from tech4value.audit.actor import SYSTEM
from tests.portfolio.risks.conftest import Register, project
from tests.world import World

Sign = Callable[[Any], Client]
HTMX = {"HX-Request": "true", "HX-Target": "panel"}
SENT = {"title": "Nouveau", "probability": "4", "impact": "4", "status": "open"}


def text(response: Any) -> str:
    """The page, with ordinary spaces."""
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ")


def test_the_register_shows_the_worst_first(world: World, register: Register, client_of: Sign) -> None:
    shown = text(client_of(world.executive).get(world.url("/risks/")))
    positions = [shown.index(risk.title) for risk in (register.late, register.other, register.plain)]
    assert positions == sorted(positions)
    assert "Ancien risque" not in shown and "Secret" not in shown
    assert "En retard" in shown and "Critique" in shown
    assert "Secrète Personne" not in shown, "owners offered are those of the company"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=all", "late other plain closed"),
        ("status=closed", "closed"),
        ("severity=critical", "late"),
        ("severity=high", "other"),
        ("overdue=on", "late"),
        ("q=recette", "plain"),
        ("probability=4&impact=3", "other"),
        ("probability=9&impact=x&status=zz&severity=zz&page=99&sort=zz&programme=zz", "late other plain"),
        ("sort=title", "late other plain"),
        ("sort=-due", "late other plain"),
        ("q=introuvable", ""),
    ],
)
def test_filters_are_in_the_address(
    world: World, register: Register, client_of: Sign, query: str, found: str
) -> None:
    shown = text(client_of(world.executive).get(world.url(f"/risks/?{query}")))
    for name in ("late", "plain", "other", "closed"):
        assert (f'title="{getattr(register, name).title}"' in shown) == (name in found.split()), name


def test_by_project_pole_and_owner(world: World, register: Register, client_of: Sign) -> None:
    client = client_of(world.executive)
    by_project = text(client.get(world.url(f"/risks/?project={register.site.pk}")))
    assert "Hébergeur lent" in by_project and "Recette" not in by_project
    by_owner = text(client.get(world.url(f"/risks/?owner={register.owner.pk}&pole={register.erp.pole_id}")))
    assert "prestataire" in by_owner and "Recette" not in by_owner
    tab = text(client.get(world.url(f"/risks/projects/{register.erp.pk}/")))
    assert "Recette trop courte" in tab and "Hébergeur" not in tab


def test_a_figure_explains_itself(world: World, register: Register, client_of: Sign) -> None:
    client = client_of(world.executive)
    explained = text(client.get(world.url("/risks/explain/critical/"), headers=HTMX))
    assert "ERP · R-001 Le prestataire se retire (score 20)" in explained and "au moins 15" in explained
    assert "Hébergeur" not in explained and "<html" not in explained
    assert client.get(world.url(f"/risks/projects/{register.erp.pk}/explain/active/")).status_code == 200
    assert client.get(world.url("/risks/explain/none/")).status_code == 404


def test_a_risk_is_declared_changed_closed_deleted_and_taken_back(
    world: World, register: Register, client_of: Sign
) -> None:
    client = client_of(world.manager)
    new = world.url(f"/risks/projects/{register.erp.pk}/new/")
    assert "Déclarer un risque" in text(client.get(new, headers=HTMX))
    assert client.post(new, {**SENT, "owner": register.owner.pk}).status_code == 302
    with world.within():
        risk = Risk.objects.get(title="Nouveau")
        assert (risk.reference, risk.score) == ("R-004", 16)
    url = world.url(f"/risks/{risk.pk}/")
    detail = text(client.get(url, headers=HTMX))
    assert "Risque déclaré" in detail and "4 – Probable" in detail and "<html" not in detail
    changed = {**SENT, "probability": "2", "reference": "R-004", "version": "1"}
    assert client.post(f"{url}edit/", changed, headers=HTMX).status_code == 204
    assert "Probabilité : 4 → 2" in text(client.get(url))
    stale = client.post(f"{url}edit/", {**changed, "title": "Perdu ?", "probability": "5"}, headers=HTMX)
    assert stale.status_code == 409 and "Perdu ?" in text(stale) and "Enregistrée par Chloé" in text(stale)
    assert client.post(f"{url}close/").status_code == 302
    assert "Rouvrir" in text(client.get(url))
    assert client.post(f"{url}reopen/?status=treated").status_code == 204
    with world.within():
        assert Risk.objects.get(pk=risk.pk).status == "treated"
    client.post(f"{url}delete/")
    assert "supprimé" in text(client.get(world.url("/risks/")))
    assert client.get(url).status_code == 404
    assert client.post(f"{url}restore/").status_code == 204
    assert client.get(url).status_code == 200


def test_what_is_wrong_is_said_beside_the_field(world: World, register: Register, client_of: Sign) -> None:
    client = client_of(world.manager)
    new = world.url(f"/risks/projects/{register.erp.pk}/new/")
    wrong = client.post(
        new,
        {**SENT, "title": " ", "probability": "7", "owner": register.their_person.pk, "due_on": "bientôt"},
        headers=HTMX,
    )
    shown = text(wrong)
    assert wrong.status_code == 422
    for words in ["en une phrase", "va de 1 à 5", "n’existe pas ici", "31/03/2026"]:
        assert words in shown, words
    twin = client.post(new, {**SENT, "reference": "R-001"}, headers=HTMX)
    assert twin.status_code == 422 and "déjà prise" in text(twin)
    chosen = client.post(world.url("/risks/new/"), {**SENT, "project": register.theirs.project_id}, headers=HTMX)
    assert chosen.status_code == 422 and "Ce projet n’existe pas ici" in text(chosen)
    assert client.post(world.url("/risks/new/"), {**SENT, "project": register.erp.pk}).status_code == 302


def test_who_may(world: World, register: Register, client_of: Sign) -> None:
    erp, site = (world.url(f"/risks/projects/{one.pk}/") for one in (register.erp, register.site))
    member = client_of(world.member)
    assert "Recette" in text(member.get(erp)) and member.get(f"{erp}new/").status_code == 200, "a contributor"
    assert member.get(site).status_code == 404, "not one of theirs"
    assert "Hébergeur" not in text(member.get(world.url("/risks/")))
    assert client_of(world.manager).get(site).status_code == 200
    assert client_of(world.manager).get(f"{site}new/").status_code == 403
    assert client_of(world.executive).post(world.url(f"/risks/{register.late.pk}/close/")).status_code == 403
    assert client_of(world.manager).post(world.url(f"/risks/{register.other.pk}/close/")).status_code == 403
    for user in (world.end_user, world.reader):
        assert client_of(user).get(world.url("/risks/")).status_code == 403


def test_another_companys_risks_do_not_exist(world: World, register: Register, client_of: Sign) -> None:
    client = client_of(world.admin)
    theirs = register.theirs
    for path in ("", "edit/"):
        assert client.get(world.url(f"/risks/{theirs.pk}/{path}")).status_code == 404
    for path in ("edit/", "close/", "reopen/", "delete/", "restore/"):
        assert client.post(world.url(f"/risks/{theirs.pk}/{path}"), SENT).status_code == 404
    for path in ("", "new/", "explain/active/"):
        assert client.get(world.url(f"/risks/projects/{theirs.project_id}/{path}")).status_code == 404
    with world.within(world.chantier):
        assert Risk.objects.get(pk=theirs.pk).version == 1


def test_the_number_of_queries_does_not_depend_on_the_number_of_risks(
    world: World, register: Register, client_of: Sign
) -> None:
    client = client_of(world.executive)
    url = world.url("/risks/?status=all")
    client.get(url)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    few = count()
    with world.within():
        for number in range(27):
            one = project(register.erp.pole, f"P{number}")
            create_risk(
                actor=SYSTEM, project=one, title=f"Risque {number}", probability=2, impact=3, owner=register.owner
            )
    assert count() == few


def test_english_and_empty(world: World, client_of: Sign) -> None:
    world.executive.language = "en"
    world.executive.save()
    assert client_of(world.executive).get(world.url("/risks/")).status_code == 200
    assert "Aucun risque déclaré" in text(client_of(world.admin).get(world.url("/risks/")))
