"""Shared budgets: what each project receives adds up to the cent, keeps its part once measured, and is changed in the
envelope only."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.finance.actions import change_budget_line, create_budget_line, delete_budget_line
from portfolio.finance.completion_actions import choose_estimate
from portfolio.finance.envelope_actions import (
    add_envelope_line,
    add_envelope_share,
    change_envelope,
    change_envelope_line,
    create_envelope,
    delete_envelope,
    delete_envelope_share,
    reopen_envelope,
    restore_envelope,
    share_envelope,
)
from portfolio.finance.envelopes import received_by
from portfolio.finance.models import BudgetLine, Envelope, EnvelopeLine, EnvelopeShare
from portfolio.finance.queries import grid, totals
from portfolio.finance.transfer_actions import transfer
from portfolio.finance.version_actions import approve_version, propose_initial
from portfolio.finance.versions import lines_plan
from portfolio.people.models import Person
from portfolio.planning.models import Task, TaskKind
from portfolio.projects.actions import delete_project
from portfolio.projects.models import Phase, Project, ProjectMember
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create, update
from tech4value.figures import formats
from tech4value.notifications.models import Notification
from tech4value.notifications.reading import read_journal
from tech4value.tenancy.clock import now
from tech4value.web.bin import KEPT_DAYS, purge
from tests.portfolio.finance.conftest import Budgets, project
from tests.tech4value.notifications.conftest import seal_written
from tests.world import World

Sign = Callable[[Any], Client]
HTMX = {"HX-Request": "true", "HX-Target": "panel"}
JSON = "application/json"
MARCH = date(2026, 3, 1)


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def line(month: int = 3, planned: str = "100.00", **values: Any) -> EnvelopeLine:
    amounts = {"category": "licences", "nature": "opex", "committed": Decimal(0), "actual": Decimal(0)}
    given = {**amounts, "planned": Decimal(planned), "forecast": Decimal(planned), **values}
    return EnvelopeLine(month=date(2026, month, 9), **given)


def envelope(
    budgets: Budgets, key: str = "fixed", percents: tuple[str, ...] = ("32.5", "67.5"), **values: Any
) -> Envelope:
    """Licences of the office that ERP and SITE carry."""
    shares = [
        EnvelopeShare(project=one, percent=Decimal(percent))
        for one, percent in zip((budgets.erp, budgets.site), percents, strict=True)
    ]
    lines = values.pop("lines", [line(), line(4, "1000.01", actual=Decimal("-10.01"))])
    return create_envelope(
        actor=SYSTEM, envelope=Envelope(name="Licences bureautiques", key=key), lines=lines, shares=shares
    )


def shared(world: World, budgets: Budgets, **values: Any) -> Envelope:
    """The same, shared; its parts are there once the transaction is over."""
    with world.within():
        made = envelope(budgets, **values)
        share_envelope(actor=SYSTEM, envelope=made)
    with world.within():
        return Envelope.objects.get(pk=made.pk)


def received(project: Project) -> list[tuple[int, Decimal, Decimal]]:
    rows = BudgetLine.objects.filter(project=project, envelope__isnull=False).order_by("month")
    return [(row.month.month, row.planned, row.actual) for row in rows]


def test_nothing_reaches_a_budget_before_it_is_shared(world: World, budgets: Budgets) -> None:
    with world.within():
        made = envelope(budgets)
        before = totals([budgets.erp, budgets.site])
    with world.within():
        assert totals([budgets.erp, budgets.site]) == before
        share_envelope(actor=SYSTEM, envelope=made)
    with world.within():
        assert received(budgets.erp) == [(3, Decimal("32.50"), 0), (4, Decimal("325.00"), Decimal("-3.25"))]
        assert received(budgets.site) == [(3, Decimal("67.50"), 0), (4, Decimal("675.01"), Decimal("-6.76"))]
        after = totals([budgets.erp, budgets.site])
        gained = sum(one.planned for one in after.values()) - sum(one.planned for one in before.values())
        assert gained == Decimal("1100.01")


def test_a_part_is_beside_the_projects_own_line_in_its_grid(world: World, budgets: Budgets) -> None:
    with world.within():
        create_budget_line(
            actor=SYSTEM, project=budgets.erp, category="licences", nature="opex", month=MARCH, planned=Decimal(7)
        )
    shared(world, budgets)
    with world.within():
        found = grid(budgets.erp)
        rows = [
            (row.label, row.amounts.planned) for group in found.groups for row in group.rows if row.nature == "opex"
        ]
        # Categories stand in their order, the project's own lines before its parts.
        assert rows[-2:] == [
            ("Licences", Decimal(7)),
            ("Licences · part de Licences bureautiques", Decimal("357.50")),
        ]
        assert found.amounts == totals([budgets.erp])[budgets.erp.pk]
        (one,) = received_by(budgets.erp)
        assert (one.fraction, one.key_label, one.amounts.planned) == (
            Decimal("0.325"),
            "Parts fixes",
            Decimal("357.50"),
        )


@pytest.mark.parametrize(
    ("key", "expected"),
    [("equal", "50.00"), ("hours", "25.00"), ("budget", "39.76"), ("people", "66.67")],
)
def test_each_key_measures_the_projects(world: World, budgets: Budgets, key: str, expected: str) -> None:
    with world.within():
        span = {"starts_at": "2026-01-05T09:00", "ends_at": "2026-01-09T17:00"}
        for position, (one, minutes, kind) in enumerate(
            [
                (budgets.erp, 600, TaskKind.TASK),
                (budgets.erp, 600, TaskKind.SUMMARY),
                (budgets.site, 1800, TaskKind.TASK),
            ]
        ):
            create(
                SYSTEM,
                Task(project=one, position=position, name=f"T{position}", kind=kind, work_minutes=minutes, **span),
            )
        for index, one in enumerate([budgets.erp, budgets.erp, budgets.site]):
            person = create(SYSTEM, Person(name=f"P{index}"))
            create(SYSTEM, ProjectMember(project=one, person=person))
    shared(world, budgets, key=key, lines=[line()])
    with world.within():
        # budget: 3 300,30 of 8 300,30.
        assert [one[1] for one in received(budgets.erp)] == [Decimal(expected)]
        assert sum(one[1] for one in received(budgets.erp) + received(budgets.site)) == 100


def test_parts_keep_what_was_measured_until_it_is_shared_again_from_a_month(world: World, budgets: Budgets) -> None:
    made = shared(world, budgets, key="budget", lines=[line(3), line(4)])
    with world.within():
        create_budget_line(
            actor=SYSTEM,
            project=budgets.erp,
            category="other",
            nature="opex",
            month=MARCH,
            planned=Decimal("1699.70"),
        )
    with world.within():
        assert received(budgets.erp) == [(3, Decimal("39.76"), 0), (4, Decimal("39.76"), 0)]
        reopen_envelope(actor=SYSTEM, envelope=made)
    with world.within():
        assert [one[1] for one in received(budgets.erp)] == [Decimal("39.76")] * 2, "as it was, until it is shared"
        share_envelope(actor=SYSTEM, envelope=made, since=date(2026, 4, 20))
    with world.within():
        # 5 000 of 10 000 from April on.
        assert received(budgets.erp) == [(3, Decimal("39.76"), 0), (4, Decimal("50.00"), 0)]
        assert sum(one[1] for one in received(budgets.erp) + received(budgets.site)) == 200


def test_what_is_spent_goes_on_and_what_is_planned_stays(world: World, budgets: Budgets) -> None:
    made = shared(world, budgets)
    with world.within():
        march = EnvelopeLine.objects.get(envelope=made, month=MARCH)
        change_envelope_line(actor=SYSTEM, line=march, values={"actual": Decimal("0.01")})
        for values in ({"planned": Decimal(1)}, {"month": date(2026, 5, 1)}):
            with pytest.raises(ValidationError, match="est répartie"):
                change_envelope_line(actor=SYSTEM, line=march, values=values)
        with pytest.raises(ValidationError, match="Rouvrez-la"):
            change_envelope(actor=SYSTEM, envelope=made, values={"key": "equal"})
        with pytest.raises(ValidationError, match="Rouvrez-la"):
            delete_envelope_share(actor=SYSTEM, share=EnvelopeShare.objects.filter(envelope=made)[0])
        with pytest.raises(ValidationError, match="Rouvrez-la"):
            add_envelope_line(actor=SYSTEM, line=line(6, envelope=made))
    with world.within():
        assert received(budgets.site)[0] == (3, Decimal("67.50"), Decimal("0.01"))
        assert received(budgets.erp)[0] == (3, Decimal("32.50"), Decimal(0))


def test_a_deleted_envelope_leaves_the_budgets_and_comes_back(world: World, budgets: Budgets) -> None:
    made = shared(world, budgets)
    with world.within():
        whole = totals([budgets.erp, budgets.site])
        delete_envelope(actor=SYSTEM, envelope=made)
    with world.within():
        assert received(budgets.erp) == []
        restore_envelope(actor=SYSTEM, envelope=Envelope.everything.get(pk=made.pk))
    with world.within():
        assert totals([budgets.erp, budgets.site]) == whole
        verbs = set(AuditEvent.objects.filter(object_id=made.pk).values_list("verb", flat=True))
        assert {"envelope.created", "envelope.shared", "envelope.deleted", "envelope.restored"} <= verbs


def test_an_overrun_on_a_shared_envelope_alerts_who_leads_the_project(world: World, budgets: Budgets) -> None:
    made = shared(world, budgets)
    with world.within():
        manager = world.memberships["manager"]
        seal_written()
        read_journal()
        Notification.objects.all().delete()
        march = EnvelopeLine.objects.get(envelope=made, month=MARCH)
        change_envelope_line(actor=SYSTEM, line=march, values={"actual": Decimal(200)})
    with world.within():
        seal_written()
        read_journal()
        told = Notification.objects.filter(member=manager, kind="budget.exceeded")
        assert [(one.facts["month"], one.facts["excess"]) for one in told] == [("2026-03-01", "32.50")]


def test_a_part_is_changed_in_its_envelope_only(world: World, budgets: Budgets) -> None:
    shared(world, budgets)
    with world.within():
        part = BudgetLine.objects.filter(project=budgets.erp, envelope__isnull=False)[0]
        for refused in (
            lambda: change_budget_line(actor=SYSTEM, line=part, values={"actual": Decimal(1)}),
            lambda: delete_budget_line(actor=SYSTEM, line=part),
            lambda: transfer(
                actor=SYSTEM,
                source=part,
                project=budgets.site,
                category="other",
                nature="opex",
                month=MARCH,
                amount=Decimal(1),
                reason="Non",
            ),
        ):
            with pytest.raises(ValidationError, match="elle se modifie dans l’enveloppe"):
                refused()


def test_versions_and_estimates_are_of_the_projects_own_lines(world: World, budgets: Budgets) -> None:
    shared(world, budgets)
    with world.within():
        assert sum(lines_plan(budgets.erp).values()) == Decimal("3300.30")
        approve_version(actor=SYSTEM, version=propose_initial(actor=SYSTEM, project=budgets.erp))
        assert totals([budgets.erp])[budgets.erp.pk].planned == Decimal("3657.80")
        create_budget_line(
            actor=SYSTEM, project=budgets.erp, category="other", nature="opex", month=date(2026, 12, 1)
        )
        choose_estimate(
            actor=SYSTEM, project=budgets.erp, method="manager", amount=Decimal(5000), reason="Devis reçus"
        )
    with world.within():
        assert totals([budgets.erp])[budgets.erp.pk].forecast == 5000
        assert [one[1] for one in received(budgets.erp)] == [Decimal("32.50"), Decimal("325.00")]


def test_an_estimate_below_what_is_received_says_both(world: World, budgets: Budgets, client_of: Sign) -> None:
    shared(world, budgets)
    url = world.url(f"/budget/projects/{budgets.erp.pk}/estimates/new/")
    sent = {"method": "manager", "amount": "360", "reason": "Devis reçus"}
    refused = text(client_of(world.admin).post(url, sent, headers=HTMX))
    with world.within():
        own = sum(row.actual for row in BudgetLine.objects.filter(project=budgets.erp, envelope=None))
        assert own > 0
    said = f"{formats.money(own + Decimal('357.50'), 'EUR', 'fr')} sont déjà dépensés ou reçus d’enveloppes"
    assert said.replace("\u202f", " ").replace("\u00a0", " ") in refused
    assert "(Licences bureautiques)" in refused


@pytest.mark.parametrize(
    ("key", "percents", "words"),
    [
        ("fixed", ("32.5", "67.4"), "Les parts font 99,90 % : il manque 0,10 %"),
        ("fixed", ("60", "67.5"), "il y a 27,50 % de trop"),
        ("hours", ("0", "0"), "n’a d’heures prévues : chiffrez leurs plans"),
        ("people", ("0", "0"), "n’a d’équipe"),
    ],
)
def test_a_key_that_shares_nothing_says_what_to_do(
    world: World, budgets: Budgets, key: str, percents: tuple[str, str], words: str
) -> None:
    with world.within():
        made = envelope(budgets, key=key, percents=percents)
        with pytest.raises(ValidationError) as refused:
            share_envelope(actor=SYSTEM, envelope=made)
        assert words in str(refused.value.messages[0]).replace("\u00a0", " ").replace("\u202f", " ")


def test_an_envelope_without_amount_or_project_is_not_shared(world: World, budgets: Budgets) -> None:
    with world.within():
        made = create_envelope(actor=SYSTEM, envelope=Envelope(name="Vide"))
        with pytest.raises(ValidationError, match="aucun montant"):
            share_envelope(actor=SYSTEM, envelope=made)
        add_envelope_line(actor=SYSTEM, line=line(envelope=made))
        with pytest.raises(ValidationError, match="aucun projet"):
            share_envelope(actor=SYSTEM, envelope=made)


def test_a_closed_project_carries_nothing(world: World, budgets: Budgets) -> None:
    with world.within():
        made = envelope(budgets)
        update(SYSTEM, budgets.site, {"phase": Phase.CLOSED})
        with pytest.raises(ValidationError, match="« Projet SITE » est clôturé"):
            share_envelope(actor=SYSTEM, envelope=made)
        other = create_envelope(actor=SYSTEM, envelope=Envelope(name="Autre"))
        with pytest.raises(ValidationError, match="clôturé"):
            add_envelope_share(actor=SYSTEM, share=EnvelopeShare(envelope=other, project=budgets.site))


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"planned": Decimal("-1")}, "planned", "négatif"),
        ({"category": "bribes"}, "category", "n’est pas une catégorie"),
        ({"month": date(1999, 1, 1)}, "month", "entre 2000 et 2100"),
        ({"month": date(2026, 4, 3)}, "month", "existe déjà"),
    ],
)
def test_a_wrong_amount_says_what_and_where(
    world: World, budgets: Budgets, values: dict[str, Any], field: str, words: str
) -> None:
    with world.within():
        made = envelope(budgets)
        march = EnvelopeLine.objects.get(envelope=made, month=MARCH)
        with pytest.raises(ValidationError) as refused:
            change_envelope_line(actor=SYSTEM, line=march, values=values)
        assert words in refused.value.message_dict[field][0]


def test_two_envelopes_have_two_names_and_a_project_is_there_once(world: World, budgets: Budgets) -> None:
    with world.within():
        made = envelope(budgets)
        with pytest.raises(ValidationError, match="porte déjà ce nom"):
            create_envelope(actor=SYSTEM, envelope=Envelope(name=" LICENCES bureautiques "))
        with pytest.raises(ValidationError, match="porte déjà une part"):
            add_envelope_share(actor=SYSTEM, share=EnvelopeShare(envelope=made, project=budgets.erp))


# --- screens


def test_an_executive_makes_shares_and_takes_back_an_envelope(
    world: World, budgets: Budgets, client_of: Sign
) -> None:
    client = client_of(world.executive)
    assert "Créer une enveloppe" in text(client.get(world.url("/budget/envelopes/")))
    made = client.post(world.url("/budget/envelopes/new/"), {"name": "Bureau des projets", "key": "fixed"})
    page = made.headers["Location"]
    assert made.status_code == 302 and "Aucun projet ne porte encore" in text(client.get(page))
    lines = f"{page}lines/new/"
    amounts = {
        "category": "staff",
        "nature": "opex",
        "month": "2026-03",
        "planned": "1 000,01",
        "forecast": "1000.01",
    }
    assert client.post(lines, amounts).status_code == 302
    wrong = client.post(lines, {**amounts, "month": "2026-04", "planned": "-3"}, headers=HTMX)
    assert wrong.status_code == 422 and "ne peut pas être négatif" in text(wrong)
    assert "Projet ERP" in text(client.get(f"{page}projects/new/", headers=HTMX))
    for row, percent in ((budgets.erp, "32,5"), (budgets.site, "60")):
        sent = client.post(f"{page}projects/new/", {"project": str(row.pk), "percent": percent})
        assert sent.status_code == 302, text(sent)
    foreign = client.post(f"{page}projects/new/", {"project": str(budgets.theirs.pk), "percent": "1"})
    assert foreign.status_code == 422
    assert "il manque 7,50 %" in text(client.get(page))
    refused = client.post(f"{page}share/", {"since": "2026-03"}, headers=HTMX)
    assert refused.status_code == 422 and "il manque 7,50 %" in text(refused)
    with world.within():
        site = EnvelopeShare.objects.get(project=budgets.site)
    changed = client.post(world.url(f"/budget/envelope-projects/{site.pk}/"), {"percent": "67,5", "version": "1"})
    assert changed.status_code == 302
    late = client.post(f"{page}share/", {"since": "2026-06"}, headers=HTMX)
    assert late.status_code == 422 and "Choisissez mars 2026, son premier mois" in text(late)
    assert client.post(f"{page}share/", {"since": "2026-03"}).status_code == 302
    shown = text(client.get(page))
    for words in ("Répartie", "32,50 %", "325,00 €", "675,01 €", "1 000,01 €", "Rouvrir"):
        assert words in shown, words
    budget = text(client.get(world.url(f"/budget/projects/{budgets.erp.pk}/?measure=planned")))
    for words in (
        "Reçu d’enveloppes",
        "Bureau des projets",
        "32,50 %",
        "Personnel · part de Bureau des projets",
        "3 625,30",
    ):
        assert words in budget, words
    assert "675,01 €" in text(client.get(world.url(f"/budget/projects/{budgets.site.pk}/")))
    listed = text(client.get(world.url(f"/budget/envelopes/?project={budgets.erp.pk}")))
    assert "Bureau des projets" in listed and "1 000,01 €" in listed
    assert "Bureau des projets" in text(client.get(world.url("/budget/lines/?columns=project,envelope,planned")))
    with world.within():
        part = BudgetLine.objects.get(project=budgets.erp, envelope__isnull=False)
    origin = text(client.get(world.url(f"/budget/lines/{part.pk}/origin/"), headers=HTMX))
    assert "Enveloppe « Bureau des projets », 32,50 %, clé : parts fixes" in origin
    assert client.post(f"{page}delete/").status_code == 302
    assert client.get(page).status_code == 404
    assert client.post(f"{page}restore/").status_code == 204
    assert "325,00 €" in text(client.get(page))


def test_who_keeps_envelopes_and_who_reads_them(world: World, budgets: Budgets, client_of: Sign) -> None:
    made = shared(world, budgets)
    page = world.url(f"/budget/envelopes/{made.pk}/")
    with world.within():
        part = BudgetLine.objects.filter(project=budgets.erp, envelope__isnull=False)[0]
        amount, share = made.lines.all()[0], made.shares.all()[0]
    manager = client_of(world.manager)
    shown = text(manager.get(page))
    assert "357,50 €" in shown and "Rouvrir" not in shown
    edit = manager.get(world.url(f"/budget/lines/{part.pk}/"))
    assert edit.status_code == 403 and "elle se modifie dans l’enveloppe" in text(edit)
    month = text(manager.get(world.url(f"/budget/projects/{budgets.erp.pk}/months/2026-03/")))
    assert "S’y ajoute ce que le projet reçoit d’enveloppes" in month and "32,50 € prévus" in month
    for path in ("edit/", "share/", "lines/new/", "projects/new/"):
        assert manager.get(f"{page}{path}").status_code == 403, path
        assert client_of(world.member).get(f"{page}{path}").status_code == 403, path
    for path in ("reopen/", "delete/", "restore/"):
        assert manager.post(f"{page}{path}").status_code == 403, path
    for path in (f"envelope-lines/{amount.pk}/", f"envelope-projects/{share.pk}/"):
        assert manager.get(world.url(f"/budget/{path}")).status_code == 403, path
    admin = client_of(world.admin)
    stale = admin.post(f"{page}edit/", {"name": "Autre", "key": "fixed", "version": "1"})
    assert stale.status_code in {302, 409}
    assert client_of(world.member).get(page).status_code == 403


def test_a_part_of_a_read_only_project_does_not_change(world: World, budgets: Budgets, client_of: Sign) -> None:
    with world.within():
        made = envelope(budgets)
        share = EnvelopeShare.objects.get(envelope=made, project=budgets.site)

    def lock(read_only: bool) -> None:
        with world.within():
            Project.objects.filter(pk=budgets.site.pk).update(read_only=read_only)

    client, part = client_of(world.executive), world.url(f"/budget/envelope-projects/{share.pk}/")
    sent = {"percent": "60", "version": "1"}
    lock(True)
    assert client.get(part).status_code == 403 and client.post(part, sent).status_code == 403
    assert client.post(f"{part}delete/").status_code == 403
    assert client.post(world.url(f"/budget/envelopes/{made.pk}/share/"), {"since": "2026-03"}).status_code == 403
    lock(False)
    assert client.post(f"{part}delete/").status_code == 302
    lock(True)
    assert client.post(f"{part}restore/").status_code == 403
    with world.within():
        found = EnvelopeShare.everything.get(pk=share.pk)
        assert found.deleted_at is not None and found.percent == Decimal("67.5")


def test_a_list_of_thirty_asks_as_much_as_one_of_three(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.executive)
    counts = []
    for first, last in ((0, 3), (3, 30)):
        with world.within():
            for index in range(first, last):
                made = create_envelope(
                    actor=SYSTEM,
                    envelope=Envelope(name=f"Enveloppe {index}", key="equal"),
                    lines=[line()],
                    shares=[EnvelopeShare(project=budgets.erp), EnvelopeShare(project=budgets.site)],
                )
                share_envelope(actor=SYSTEM, envelope=made)
        for path in ("/budget/envelopes/", "/api/v1/envelopes/", f"/budget/projects/{budgets.erp.pk}/"):
            client.get(world.url(path))
            with CaptureQueriesContext(connection) as seen:
                assert client.get(world.url(path)).status_code == 200
            counts.append((path, len(seen)))
    assert counts[:3] == counts[3:]


def test_a_page_of_many_projects_asks_as_much_as_one_of_two(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.executive)
    made = shared(world, budgets, key="equal")
    seen = []
    for many in (0, 20):
        with world.within():
            reopen_envelope(actor=SYSTEM, envelope=made)
            for index in range(many):
                row = project(budgets.erp.pole, f"P{index}")
                add_envelope_share(actor=SYSTEM, share=EnvelopeShare(envelope=made, project=row))
            share_envelope(actor=SYSTEM, envelope=made)
        client.get(world.url(f"/budget/envelopes/{made.pk}/"))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(world.url(f"/budget/envelopes/{made.pk}/")).status_code == 200
        seen.append(len(asked))
    assert seen[0] == seen[1]


def test_a_project_in_the_bin_then_gone_leaves_the_envelope_whole(
    world: World, budgets: Budgets, client_of: Sign
) -> None:
    made = shared(world, budgets)
    page, client = world.url(f"/budget/envelopes/{made.pk}/"), client_of(world.executive)
    link = f"/budget/projects/{budgets.site.pk}/"
    assert link in text(client.get(page))
    with world.within():
        delete_project(actor=SYSTEM, project=budgets.site)
    shown = text(client.get(page))
    assert "Projet SITE" in shown and "supprimé" in shown and link not in shown
    with world.within():
        Project.everything.filter(pk=budgets.site.pk).update(deleted_at=now() - timedelta(days=KEPT_DAYS + 1))
        assert purge() == 1 and not Project.everything.filter(pk=budgets.site.pk).exists()
    april = {"category": "licences", "nature": "opex", "month": "2026-04", "planned": "1000,01", "actual": "20"}
    with world.within():
        row = EnvelopeLine.objects.get(envelope=made, month=date(2026, 4, 1))
    sent = client.post(world.url(f"/budget/envelope-lines/{row.pk}/"), {**april, "version": str(row.version)})
    assert sent.status_code == 302, text(sent)
    with world.within():
        assert received(budgets.erp)[1] == (4, Decimal("325.00"), Decimal("6.50"))
    shown = text(client.get(page))
    # The part of the project that is gone still adds up with the others.
    assert "projet supprimé" in shown and "742,51 €" in shown and shown.count("1 100,01 €") == 2


# --- API


def test_a_program_makes_and_shares_an_envelope(world: World, budgets: Budgets, client_of: Sign) -> None:
    client, url = client_of(world.executive), world.url("/api/v1/envelopes/")
    body = {
        "name": "Licences",
        "key": "fixed",
        "lines": [{"category": "licences", "nature": "opex", "month": "2026-03-15", "planned": "100.01"}],
        "shares": [
            {"project": str(budgets.erp.pk), "percent": "50"},
            {"project": str(budgets.site.pk), "percent": "49"},
        ],
    }
    made = client.post(url, body, content_type=JSON)
    assert made.status_code == 201, made.content
    one = f"{url}{made.json()['id']}/"
    assert made.json()["state"] == "draft" and made.json()["lines"][0]["month"] == "2026-03-01"
    refused = client.post(f"{one}share/", {}, content_type=JSON)
    assert refused.status_code == 400 and "il manque 1,00" in refused.json()["errors"][0]["detail"]
    share = next(row for row in made.json()["shares"] if row["project"] == str(budgets.site.pk))
    shares = world.url("/api/v1/envelope-shares/")
    assert client.patch(f"{shares}{share['id']}/", {"percent": "50"}, content_type=JSON).status_code == 200
    done = client.post(f"{one}share/", {"since": "2026-01-31"}, content_type=JSON)
    assert done.status_code == 200, done.content
    (period,) = done.json()["periods"]
    assert (period["since"], period["key"]) == ("2026-01-01", "fixed")
    assert {row["share"] for row in period["shares"]} == {"0.50000000"}
    lines = client.get(world.url(f"/api/v1/budget-lines/?envelope={made.json()['id']}")).json()["results"]
    assert sorted(row["planned"] for row in lines) == ["50.00", "50.01"]
    assert len(client.get(world.url("/api/v1/budget-lines/?is_shared=true")).json()["results"]) == 2
    assert len(client.get(world.url("/api/v1/budget-lines/?is_shared=false")).json()["results"]) == 4
    part = world.url(f"/api/v1/budget-lines/{lines[0]['id']}/")
    assert client_of(world.admin).patch(part, {"actual": "1"}, content_type=JSON).status_code == 400
    amount = world.url(f"/api/v1/envelope-lines/{done.json()['lines'][0]['id']}/")
    frozen = client.patch(amount, {"planned": "3"}, content_type=JSON)
    assert frozen.status_code == 400 and "Rouvrez-la" in frozen.json()["errors"][0]["detail"]
    assert client.patch(one, {"lines": []}, content_type=JSON).status_code == 400
    assert client.post(f"{one}reopen/", content_type=JSON).json()["state"] == "draft"
    assert len(client.get(f"{url}?project={budgets.erp.pk}&state=draft&key=fixed").json()["results"]) == 1
    assert client_of(world.manager).post(url, {"name": "X"}, content_type=JSON).status_code == 403
    theirs = {"envelope": made.json()["id"], "project": str(budgets.theirs.pk)}
    assert client.post(shares, theirs, content_type=JSON).status_code == 400
    assert client.patch(one, {"name": "Y", "version": 1}, content_type=JSON).status_code == 409
    assert client.delete(one).status_code == 204
    assert len(client.get(world.url(f"/api/v1/budget-lines/?envelope={made.json()['id']}")).json()["results"]) == 0
