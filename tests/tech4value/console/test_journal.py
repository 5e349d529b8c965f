"""The journal's screen: filtered by its address, in words, verified on demand."""

from datetime import date, timedelta
from typing import Any

import pytest

from portfolio.people.models import Pole
from portfolio.projects.models import Project
from tech4value.audit.models import AuditEvent, AuditSeal
from tech4value.audit.sealing import GENESIS, chain
from tech4value.audit.writing import create, record, update
from tech4value.jobs.models import Job
from tech4value.tables.exporting import export_rows, state_of
from tech4value.tenancy.clock import today
from tests.world import World


@pytest.fixture
def busy(world: World) -> World:
    """The PMO makes a project and moves it to another pole."""
    with world.within():
        actor = world.memberships["pmo"].actor
        it = create(actor, Pole(code="IT", name="Informatique"))
        data = create(actor, Pole(code="DATA", name="Données"))
        dates = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        row = create(actor, Project(code="RGPD", name="Conformité RGPD", pole=it, **dates))
        values = {"pole": data, "phase": "delivery", "ends_on": date(2027, 3, 31)}
        update(actor.on(date(2026, 5, 4)), row, values)
    return world


def page(world: World, client: Any, query: str = "") -> str:
    response = client.get(world.url(f"/settings/journal/{query}"))
    assert response.status_code == 200
    return str(response.content.decode())


def test_changes_are_said_in_words(busy: World, client_of: Any) -> None:
    shown = page(busy, client_of(busy.admin), "?family=project")
    for word in ("Conformité RGPD", "Pierre Mohamed-Olive", "Informatique", "Données", "Cadrage", "Réalisation"):
        assert word in shown, word
    assert "31/12/2026" in shown
    assert "31/03/2027" in shown
    assert "effet au 04/05/2026" in shown
    assert "en attente" in shown


def test_filters_are_in_the_address(busy: World, client_of: Any) -> None:
    client = client_of(busy.admin)
    with busy.within():
        project = Project.objects.get()
        tomorrow, day = today() + timedelta(days=1), today()

    def lines(query: str) -> int:
        answer = client.get(busy.url(f"/settings/journal/{query}"))
        assert answer.status_code == 200
        return len(answer.context["list"].lines)

    everything = lines("")
    assert everything == 13
    assert lines(f"?who={busy.pmo.pk}") == 4
    assert lines("?who=system") == 9
    assert lines("?family=pole") == 2
    assert lines(f"?project={project.pk}") == 2
    assert lines("?q=rgpd") == 2
    assert lines(f"?at_from={day}&at_to={day}") == everything
    assert lines(f"?at_from={tomorrow}") == 0
    for wrong in ("?who=x", "?at_from=hier", "?family=x"):
        assert "ne se lit pas, et n’est pas appliqué" in page(busy, client, wrong)
    assert lines("?page=99") == everything


def test_the_journal_is_read_in_chosen_columns_either_way_in_time(busy: World, client_of: Any) -> None:
    client = client_of(busy.admin)
    answer = client.get(busy.url("/settings/journal/?sort=at&columns=at,object,changes&project=&who=&q=conformite"))
    found = answer.context["list"]
    assert [column.key for column in found.state.columns] == ["at", "object", "changes"]
    assert [row.verb for row in found.page.object_list] == ["project.created", "project.updated"]
    words = found.table.all_columns["changes"].exported(found.page.object_list[1])
    assert "Pôle\u00a0: Informatique → Données" in words.splitlines()


def test_the_journal_is_exported_as_it_is_filtered(busy: World, client_of: Any) -> None:
    client = client_of(busy.admin)
    assert (
        client.post(busy.url("/tables/journal/export/"), {"format": "csv", "query": "family=pole"}).status_code == 302
    )
    with busy.within():
        job = Job.objects.get()
        count, rows = export_rows(state_of(busy.memberships["admin"], job.params))
        lines = list(rows)
    assert count == 2
    assert {line[1] for line in lines} == {"Pierre Mohamed-Olive"}
    assert client_of(busy.pmo).post(busy.url("/tables/journal/export/"), {"format": "csv"}).status_code == 403


def test_a_refused_access_is_there_to_be_seen(busy: World, client_of: Any) -> None:
    assert client_of(busy.manager).get(busy.url("/settings/plan/")).status_code == 403
    shown = page(busy, client_of(busy.admin), "?family=access")
    assert "Accès refusé" in shown
    assert "Chloé Cheffe" in shown
    assert "/t/atelier/settings/plan/" in shown


def test_the_chain_is_verified_on_demand(busy: World, client_of: Any) -> None:
    client = client_of(busy.admin)
    with busy.within():  # sealed by hand: the sealer waits for this test's own transaction to end
        previous = GENESIS
        for number, event in enumerate(AuditEvent.objects.order_by("id")[:5], 1):
            previous = chain(previous, event.digest)
            AuditSeal(seq=number, event=event, hash=previous).save()
    verified = client.get(busy.url("/settings/journal/verify/")).content.decode()
    assert "Chaîne vérifiée" in verified
    assert "5 sceaux relus" in verified
    assert "8 lignes attendent" in verified
    with busy.within():
        AuditSeal(seq=7, event=AuditEvent.objects.order_by("id")[6], hash=previous).save()
    broken = client.get(busy.url("/settings/journal/verify/")).content.decode()
    assert "La chaîne est rompue" in broken
    assert "6 manque" in broken


def test_a_page_takes_as_many_queries_for_any_number_of_lines(
    busy: World, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(busy.admin)
    page(busy, client)
    with django_assert_max_num_queries(24):
        page(busy, client)


def test_the_journal_is_the_administrators(busy: World, client_of: Any) -> None:
    for key in ("executive", "pmo", "manager", "member", "reader", "end_user"):
        assert client_of(busy.users[key]).get(busy.url("/settings/journal/")).status_code == 403
    own = client_of(busy.stranger).get(busy.url("/settings/journal/", busy.chantier)).content.decode()
    assert "Conformité RGPD" not in own


def test_the_last_of_days_is_a_date_like_any_other(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    for query in ("at_to=9999-12-31", "at_from=0001-01-01", "at_from=0001-01-01&at_to=9999-12-31"):
        assert client.get(world.url(f"/settings/journal/?{query}")).status_code == 200, query


def test_a_line_that_holds_no_key_is_shown_as_it_was_written(busy: World, client_of: Any) -> None:
    with busy.within():
        row = Project.objects.get(code="RGPD")
        record(busy.memberships["pmo"].actor, "project.exported", row, {"pole": [None, "Ancien pôle"]})
    assert "Ancien pôle" in page(busy, client_of(busy.admin))
