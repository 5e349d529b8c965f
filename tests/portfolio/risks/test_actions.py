"""The register's rules and its answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from portfolio.projects.models import Project
from portfolio.risks import actions, queries
from portfolio.risks.actions import RiskEntry
from portfolio.risks.domain import Severity, next_reference, severity
from portfolio.risks.models import Risk
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.tenancy.clock import today
from tests.portfolio.risks.conftest import Register
from tests.world import World


def test_each_score_has_one_band() -> None:
    bands = [severity(score) for score in range(1, 26)]
    assert [bands.count(level) for level in Severity] == [4, 5, 5, 11]
    for wrong in (0, 26):
        with pytest.raises(ValueError, match="not a score"):
            severity(wrong)


def test_references_follow_each_other() -> None:
    assert next_reference([]) == "R-001"
    assert next_reference(["R-009", "X-100", "R-x", "R-12"]) == "R-013"


def test_a_risk_takes_the_next_reference_even_after_a_deletion(world: World, register: Register) -> None:
    assert [risk.reference for risk in (register.late, register.plain, register.closed)] == [
        "R-001",
        "R-002",
        "R-003",
    ]
    with world.within():
        actions.delete_risk(actor=SYSTEM, risk=register.closed)
        made = actions.create_risk(actor=SYSTEM, project=register.erp, title="Neuf", probability=1, impact=1)
        assert made.reference == "R-004"
        actions.restore_risk(actor=SYSTEM, risk=register.closed)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"probability": 7}, "probability", "va de 1 (très improbable) à 5"),
        ({"impact": 0}, "impact", "va de 1 (négligeable) à 5"),
        ({"impact": None}, "impact", "n’est pas dans cette échelle"),
        ({"title": ""}, "title", "en une phrase"),
        ({"title": "x" * 161}, "title", "160"),
        ({"status": "gone"}, "status", "n’est pas un statut. Choisissez parmi"),
        ({"reference": "R-002"}, "reference", "déjà prise dans ce projet"),
        ({"due_on": "demain"}, "due_on", "demain"),
    ],
)
def test_what_cannot_be_is_refused(
    world: World, register: Register, values: dict[str, Any], field: str, words: str
) -> None:
    with world.within():
        with pytest.raises(ValidationError) as refusal:
            actions.change_risk(actor=SYSTEM, risk=register.late, values=values)
        assert words in refusal.value.message_dict[field][0]
        assert Risk.objects.get(pk=register.late.pk).version == 1


def test_closing_and_reopening_are_said_in_the_journal(world: World, register: Register) -> None:
    with world.within():
        assert actions.close_risk(actor=SYSTEM, risk=register.plain)
        assert not actions.close_risk(actor=SYSTEM, risk=register.plain)
        actions.reopen_risk(actor=SYSTEM, risk=register.plain, status="treated")
        verbs = list(AuditEvent.objects.filter(object_id=register.plain.pk).values_list("verb", flat=True))
        assert verbs == ["risk.reopened", "risk.closed", "risk.created"]


def test_setting_again_changes_and_never_doubles(world: World, register: Register) -> None:
    with world.within():
        entries = [
            RiskEntry("R-001", probability=1),
            RiskEntry("R-050", "Venu du classeur", 2, 2, owner=register.owner, due_on=today()),
        ]
        first = actions.set_risks(actor=SYSTEM, project_risks={register.erp: entries})
        assert (len(first.created), len(first.changed)) == (1, 1)
        again = actions.set_risks(actor=SYSTEM, project_risks={register.erp: entries})
        assert (len(again.created), len(again.changed), len(again.unchanged)) == (0, 0, 2)
        late = Risk.objects.get(pk=register.late.pk)
        assert (late.probability, late.impact, late.owner_id) == (1, 5, register.owner.pk)
        for wrong, words in [
            ([RiskEntry("R-001", probability=9)], "Projet ERP, risque R-001"),
            ([RiskEntry("R-060", title="Sans note")], "n’est pas dans cette échelle"),
            ([entries[1], entries[1]], "donné deux fois"),
        ]:
            with pytest.raises(ValidationError, match=words):
                actions.set_risks(actor=SYSTEM, project_risks={register.erp: wrong})


def test_queries_answer_about_active_risks_only(
    world: World, register: Register, django_assert_num_queries: Any
) -> None:
    with world.within():
        projects = Project.objects.all()
        with django_assert_num_queries(4):
            assert queries.top(projects, 2) == (register.late, register.other)
            assert {risk.pk for risk in queries.top_by_project(projects).values()} == {
                register.late.pk,
                register.other.pk,
            }
            cells = queries.matrix(projects)
            assert queries.overdue_count(projects, today()) == 1
        assert len(cells) == 25
        assert {cell: count for cell, count in cells.items() if count} == {(4, 5): 1, (3, 3): 1, (4, 3): 1}
        assert queries.by_severity(cells) == {
            Severity.LOW: 0,
            Severity.MODERATE: 1,
            Severity.HIGH: 1,
            Severity.CRITICAL: 1,
        }
        assert queries.top([register.site], 5) == (register.other,)
        assert register.late.is_overdue(today())
        assert not register.late.is_overdue(today() - timedelta(days=3))
