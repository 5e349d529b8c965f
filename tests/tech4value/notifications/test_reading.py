"""From the journal to messages: who is told what, once, and why."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from portfolio.finance.actions import change_budget_line, create_budget_line
from portfolio.finance.models import BudgetVersion
from portfolio.finance.version_actions import approve_version, propose_initial, return_version
from portfolio.governance.role_actions import create_team_role
from portfolio.planning.actions import assign, change_task, create_task
from portfolio.projects.actions import (
    change_milestone,
    change_project,
    create_milestones,
    create_project,
    publish_status,
    reach_milestone,
)
from portfolio.projects.models import Milestone
from portfolio.risks.actions import change_risk, create_risk
from tech4value.accounts.actions import change_role, create_token, deactivate_member
from tech4value.accounts.permissions import Role
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import update
from tech4value.fields.actions import create_field
from tech4value.notifications.kinds import _kinds, kind_of
from tech4value.notifications.models import Channel, Delivery, JournalCursor, Level, Notification, ProjectLevel
from tech4value.notifications.preferences import change_settings, set_level
from tech4value.notifications.reading import read_journal
from tech4value.notifications.wording import address_of, item
from tech4value.tenancy.clock import today
from tech4value.tenancy.models import uuid7
from tests.tech4value.notifications.conftest import Desk

pytestmark = pytest.mark.django_db


def move(desk: Desk, days: int, key: str = "pmo") -> None:
    due = desk.pilot.due_on + timedelta(days=days)
    change_milestone(actor=desk.actor(key), milestone=desk.pilot, values={"due_on": due})


def test_a_milestone_that_moves_is_told_to_who_leads_its_project_with_the_shift_and_the_reason(desk: Desk) -> None:
    move(desk, 12)
    desk.read()
    (told,) = desk.told("manager")
    assert (told.kind, told.reason, told.project_name) == ("milestone.moved", "manager", "Nouvel ERP")
    assert "12\u00a0j calendaires plus tard" in desk.sentences("manager")[0]
    assert "« Pilote »" in desk.sentences("manager")[0]
    assert [one.reason for one in desk.told("executive")] == ["sponsor"]
    assert desk.told("member") == []
    with translation.override("en"):
        assert "due_on" not in desk.sentences("manager")[0]


def test_nobody_is_told_of_their_own_act(desk: Desk) -> None:
    move(desk, -3, "manager")
    desk.read()
    assert desk.told("manager") == []
    assert "3\u00a0j calendaires plus tôt" in desk.sentences("executive")[0]


def test_reading_again_from_the_start_gives_the_same_rows(desk: Desk) -> None:
    move(desk, 5)
    desk.read()
    before = list(Notification.objects.order_by("id").values("id", "count", "last_seq"))
    mails = Delivery.objects.count()
    JournalCursor.objects.update(seq=0)  # as after a restored cursor: the scene's own events come again too
    scene = {one.pk for one in Notification.objects.all()}
    while read_journal():
        pass
    again = list(Notification.objects.filter(pk__in=scene).order_by("id").values("id", "count", "last_seq"))
    assert again == before
    assert Delivery.objects.filter(notification__in=scene).count() == mails


def test_a_reader_killed_before_its_end_leaves_neither_messages_nor_cursor(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(desk, 5)
    with monkeypatch.context() as patched:
        patched.setattr(
            "tech4value.notifications.models.JournalCursor.save", lambda *args, **kwargs: 1 / 0, raising=True
        )
        with pytest.raises(ZeroDivisionError):
            desk.read()
    assert not Notification.objects.exists()
    desk.read()
    assert len(desk.told("manager")) == 1


def test_an_import_of_many_rows_is_one_message(desk: Desk) -> None:
    other = create_project(
        actor=desk.pmo, code="CRM", name="CRM", pole=desk.pole, manager=desk.chloe,
        starts_on=today(), ends_on=today() + timedelta(days=90),
    )  # fmt: skip
    days = {"due_on": today() + timedelta(days=30)}
    rows = create_milestones(
        actor=desk.pmo,
        values=[{"project": project, "name": f"J{n}", **days} for project in (desk.erp, other) for n in range(40)],
    )
    desk.read()
    Notification.objects.all().delete()
    actor = desk.pmo.within(uuid7())
    for row in rows:
        update(actor, row, {"due_on": row.due_on + timedelta(days=1)})
    seen = read_in_pieces(desk, 7)
    assert seen == 80
    (told,) = desk.told("manager", "milestone.moved")
    assert (told.count, told.project_id, sorted(told.projects)) == (
        80,
        None,
        sorted([str(desk.erp.pk), str(other.pk)]),
    )
    assert desk.sentences("manager", "milestone.moved") == ["80 jalons ont changé de date dans 2 projets"]
    assert Delivery.objects.filter(notification=told).count() == 1


def read_in_pieces(desk: Desk, size: int) -> int:
    from tests.tech4value.notifications.conftest import seal_written

    seal_written()
    count = 0
    while found := read_journal(size):
        count += found
    return count


def test_statements_do_not_grow_with_the_rows(desk: Desk, django_assert_max_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.tech4value.notifications.conftest import seal_written

    counts = []
    for size in (3, 30):
        rows = [
            Milestone(project=desk.erp, name=f"{size}-{n}", due_on=today() + timedelta(days=9)) for n in range(size)
        ]
        rows = Milestone.objects.bulk_create(rows)
        actor = desk.pmo.within(uuid7())
        for row in rows:
            update(actor, row, {"due_on": row.due_on + timedelta(days=1)})
        seal_written()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            read_journal()
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_what_was_loaded_with_an_older_date_is_history(desk: Desk) -> None:
    old = desk.pmo.on(today() - timedelta(days=30))
    change_milestone(actor=old, milestone=desk.pilot, values={"due_on": desk.pilot.due_on + timedelta(days=1)})
    desk.read()
    assert not Notification.objects.exists()


def test_each_kind_says_what_happened(desk: Desk) -> None:
    pmo = desk.pmo
    publish_status(actor=pmo, project=desk.erp, reported_on=today(), weather="stormy")
    change_project(actor=pmo, project=desk.erp, values={"phase": "rollout"})
    reach_milestone(actor=pmo, milestone=desk.pilot, on=today())
    risk = create_risk(actor=pmo, project=desk.erp, title="Retard du fournisseur", probability=2, impact=3)
    change_risk(actor=pmo, risk=risk, values={"probability": 5, "impact": 5})
    line = create_budget_line(
        actor=pmo, project=desk.erp, category="licences", nature="opex", month=today(), planned=100, forecast=90
    )
    change_budget_line(actor=pmo, line=line, values={"forecast": 130})
    desk.read()
    change_budget_line(actor=pmo.on(today()), line=line, values={"planned": 140})
    desk.read()
    said = "\n".join(desk.sentences("manager")).replace("\u00a0", " ")
    assert "a publié le point d’avancement" in said
    assert "météo : orageux" in said
    assert "phase : Cadrage → Déploiement" in said
    assert "Le jalon « Pilote » a été atteint le" in said
    assert "a déclaré le risque « Retard du fournisseur » (criticité 6)" in said
    assert "est devenu critique : criticité 6 → 25" in said
    assert "dépasse son budget de" in said
    assert "prévu 100 € → 140 €" in said
    assert "stormy" not in said
    assert "rollout" not in said


def test_tasks_are_told_to_who_works_on_them(desk: Desk) -> None:
    task = create_task(actor=desk.pmo, project=desk.erp, name="Reprendre les données")
    assign(actor=desk.pmo, task=task, person=desk.mehdi)
    desk.read()
    assert "vous a affecté « Reprendre les données »" in desk.sentences("member", "task.assigned")[0]
    assert desk.told("member", "task.assigned")[0].reason == "assignee"
    task.refresh_from_db()
    later = {"starts_at": task.starts_at + timedelta(days=7)}
    with_act = desk.pmo.within(uuid7())
    change_task(actor=with_act, task=task, values=later)
    desk.read()
    assert "« Reprendre les données » a de nouvelles dates" in desk.sentences("member", "task.moved")[0]


def test_members_are_told_of_their_account_and_administrators_of_roles(desk: Desk) -> None:
    change_role(actor=desk.actor("admin"), membership=desk.member("member"), role=Role.PROJECT_MANAGER)
    token, _secret = create_token(actor=desk.actor("pmo"), membership=desk.member("pmo"), name="Export", days=30)
    desk.read()
    assert "Chef de projet" in desk.sentences("member", "account.role")[0]
    assert desk.told("admin") == []
    assert desk.sentences("pmo", "account.token") == [f"Le jeton d’API « {token.name} » a été créé sur votre compte"]


def test_only_new_mentions_are_told_and_only_to_who_may_see(desk: Desk) -> None:
    mention = f"@[Mehdi Équipier](person:{desk.mehdi.pk})"
    risk = create_risk(
        actor=desk.pmo, project=desk.erp, title="Retard", probability=2, impact=2, description=f"Voir {mention}"
    )
    desk.read()
    assert desk.sentences("member") == ["Pierre Mohamed-Olive vous mentionne dans « R-001 Retard »"]
    change_risk(actor=desk.pmo, risk=risk, values={"description": f"Revoir {mention} vite"})
    desk.read()
    assert len(desk.told("member")) == 1
    hidden = create_project(
        actor=desk.pmo, code="SEC", name="Secret", pole=desk.pole, starts_on=today(), ends_on=today()
    )
    create_risk(actor=desk.pmo, project=hidden, title="Caché", probability=1, impact=1, description=mention)
    desk.read()
    assert len(desk.told("member")) == 1


def test_mentions_in_custom_fields_and_in_roles_are_told_too(desk: Desk) -> None:
    mention = f"@[Mehdi Équipier](person:{desk.mehdi.pk})"
    create_field(actor=desk.actor("admin"), target_key="project", label="Enjeux", kind="long_text")
    change_project(actor=desk.pmo, project=desk.erp, values={"custom_fields": {"enjeux": f"Voir {mention}"}})
    desk.read()
    assert desk.sentences("member", "mention") == [
        "Pierre Mohamed-Olive vous mentionne dans «\u00a0Nouvel ERP\u00a0»"
    ]
    change_project(actor=desk.pmo, project=desk.erp, values={"custom_fields": {"enjeux": f"Revoir {mention}"}})
    desk.read()
    assert len(desk.told("member", "mention")) == 1
    create_team_role(actor=desk.pmo, project=desk.erp, name="Testeur", mission=f"Avec {mention}", person=None)
    desk.read()
    (told,) = desk.told("member", "mention")[-1:]
    assert "Testeur" in item(told).sentence
    assert str(desk.erp.pk) in address_of(told)


def test_a_kind_that_fails_on_an_event_does_not_hold_back_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = kind_of("project.changed")
    assert broken is not None
    monkeypatch.setitem(_kinds, "project.changed", replace(broken, tell=lambda events: 1 / 0))
    change_project(actor=desk.pmo, project=desk.erp, values={"phase": "rollout"})
    move(desk, 5)
    desk.read()
    assert [one.kind for one in desk.told("manager")] == ["milestone.moved"]


def test_a_muted_project_is_silent_and_the_important_alone_can_be_kept(desk: Desk) -> None:
    member = desk.member("manager")
    set_level(actor=member.actor, member=member, project_id=desk.erp.pk, level=Level.MUTED)
    move(desk, 5)
    desk.read()
    assert desk.told("manager") == []
    assert len(desk.told("executive")) == 1
    set_level(actor=member.actor, member=member, project_id=desk.erp.pk, level=Level.IMPORTANT)
    publish_status(actor=desk.pmo, project=desk.erp, reported_on=today(), weather="sunny")
    change_project(actor=desk.pmo, project=desk.erp, values={"phase": "rollout"})
    desk.read()
    assert [one.kind for one in desk.told("manager")] == ["project.changed"]


def test_who_follows_a_project_is_told_of_it(desk: Desk) -> None:
    member = desk.member("pole_manager")
    set_level(actor=member.actor, member=member, project_id=desk.erp.pk, level=Level.FOLLOW)
    move(desk, 5)
    desk.read()
    assert [one.reason for one in desk.told("pole_manager")] == ["follower"]


def test_channels_switched_off_are_not_used(desk: Desk) -> None:
    member = desk.member("manager")
    off = {"channels": {"milestone.moved": {"app": True, "email": False}}}
    change_settings(actor=member.actor, member=member, values=off)
    move(desk, 5)
    desk.read()
    assert desk.mails("manager") == []
    assert [one.channel for one in desk.mails("executive")] == [Channel.EMAIL]
    change_settings(
        actor=member.actor, member=member, values={"channels": {"milestone.moved": {"app": False, "email": False}}}
    )
    move(desk, 6)
    desk.read()
    assert len(desk.told("manager")) == 1


def test_a_deactivated_member_is_told_nothing(desk: Desk) -> None:
    deactivate_member(actor=desk.actor("admin"), membership=desk.member("executive"))
    move(desk, 5)
    desk.read()
    assert desk.told("executive") == []


def test_messages_stay_in_their_tenant(desk: Desk) -> None:
    move(desk, 5)
    desk.read()
    assert Notification.objects.exists()
    with desk.world.within(desk.world.chantier):
        assert not Notification.objects.exists()
        assert not ProjectLevel.objects.exists()
        assert read_journal() >= 0
        assert not Notification.objects.exists()


def test_what_the_system_does_is_told_too(desk: Desk) -> None:
    change_milestone(actor=SYSTEM, milestone=desk.pilot, values={"due_on": desk.pilot.due_on + timedelta(days=1)})
    desk.read()
    assert "1\u00a0j calendaire plus tard" in desk.sentences("manager")[0]


def test_a_proposed_budget_is_told_to_who_approves_and_the_decision_to_who_leads(desk: Desk) -> None:
    project = desk.pilot.project
    create_budget_line(
        actor=SYSTEM, project=project, category="other", nature="opex", month=today(), planned=Decimal(100)
    )
    version = propose_initial(actor=desk.actor("manager"), project=project)
    desk.read()
    for key in ("executive", "pmo", "admin"):
        assert [one.kind for one in desk.told(key)][:1] == ["budget.version_proposed"], key
        assert "propose la version" in desk.sentences(key)[0]
    assert "budget.version_proposed" not in [one.kind for one in desk.told("manager")]
    return_version(actor=desk.actor("pmo"), version=version, decision="Trop cher")
    desk.read()
    assert "Trop cher" in desk.sentences("manager", "budget.version_returned")[0]
    propose_initial(actor=desk.actor("manager"), project=project)
    approve_version(actor=desk.actor("pmo"), version=BudgetVersion.objects.get())
    desk.read()
    assert "a approuvé la version" in desk.sentences("manager", "budget.version_approved")[0]
