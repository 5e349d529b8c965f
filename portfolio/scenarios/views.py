"""The list of scenarios, one scenario with its effect, and several side by side."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from portfolio.scenarios.actions import own_refusal_of
from portfolio.scenarios.applying import may_apply
from portfolio.scenarios.comparison import Comparison, Shown, compare
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.evaluation import evaluate
from portfolio.scenarios.domain.operations import AddProject, Operation
from portfolio.scenarios.lists import TONES, ScenarioTable
from portfolio.scenarios.live import Live, cash_of, projects_of, read_live
from portfolio.scenarios.models import OperationResult, Scenario, ScenarioOperation, ScenarioStatus
from portfolio.scenarios.naming import naming_of
from portfolio.scenarios.words import error_sentence, sentence
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Scope
from tech4value.tables.pages import TablePage, TableView
from tech4value.web.views import MemberView, asked_uuid

MOST_COMPARED: Final = 4


def may_edit(member: Membership, scenario: Scenario) -> bool:
    """Whether the member may change it: everybody who edits all of them, its author."""
    scope = member.scope(Permission.SCENARIO_EDIT)
    return scope is Scope.ALL or (scope is not None and scenario.owner_id == member.pk)


def demand_edit(member: Membership, scenario: Scenario) -> None:
    """Raise PermissionDenied (403) unless the member may change it."""
    if not may_edit(member, scenario):
        raise PermissionDenied(member.refusal(Permission.SCENARIO_EDIT))


def fetched(request: MemberRequest, pk: UUID) -> Scenario:
    """A scenario that the member may see (404)."""
    rows = Scenario.objects.visible_to(request.member).select_related("owner__user")
    found: Scenario = get_object_or_404(rows, pk=pk)
    return found


class ScenariosView(TableView):
    """Every scenario that one may see."""

    permission = Permission.SCENARIO_VIEW
    table = ScenarioTable
    template_name = "portfolio/scenarios/list.html"

    def context(self, listed: TablePage) -> dict[str, Any]:
        return {"may_create": self.request.member.can(Permission.SCENARIO_EDIT)}


class Row:
    """An operation of the list, as it is read."""

    def __init__(self, row: ScenarioOperation, operation: Operation | None, text: str) -> None:
        self.row, self.operation, self.text = row, operation, text

    @property
    def result(self) -> str:
        """What became of it when the scenario was applied."""
        return str(OperationResult(self.row.result).label) if self.row.result else ""


def rows_of(scenario: Scenario) -> list[Row]:
    """The operations in words; what no longer can be read says so."""
    rows = list(scenario.operations.all())
    texts = texts_of(rows)
    return [Row(row, _said(row), texts[row.pk]) for row in rows]


def _said(row: ScenarioOperation) -> Operation | None:
    try:
        return row.operation
    except ScenarioError:
        return None


def texts_of(rows: Sequence[ScenarioOperation]) -> dict[UUID, str]:
    """Each operation in a sentence, whatever scenarios they are of. Nine statements at most."""
    read: dict[UUID, Operation | ScenarioError] = {}
    for row in rows:
        try:
            read[row.pk] = row.operation
        except ScenarioError as error:
            read[row.pk] = error
    known = [one for one in read.values() if isinstance(one, Operation)]
    # A project that another operation of the scenario adds has its name there.
    adding = ScenarioOperation.objects.filter(kind=AddProject.kind, scenario__in={row.scenario_id for row in rows})
    added = [one for one in map(_said, adding.exclude(pk__in=read)) if one is not None]
    names = naming_of([*known, *added])
    return {
        key: error_sentence(one) if isinstance(one, ScenarioError) else sentence(one, names)
        for key, one in read.items()
    }


def shown(live: Live, name: str, operations: Sequence[Operation]) -> Shown:
    """A plan to compare. Raises ScenarioError."""
    outcome = evaluate(live.world, operations)
    return Shown(name, outcome, cash_of(live, outcome))


class ScenarioView(MemberView):
    """One scenario: its operations, and what they change beside the live plan."""

    permission = Permission.SCENARIO_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        scenario = fetched(request, pk)
        rows = rows_of(scenario)
        operations = [one.operation for one in rows if one.operation is not None]
        comparison, refusal, refused = self._effect(scenario, operations)
        refused_row = next((one.row.pk for one in rows if refused is not None and one.operation is refused), None)
        member = request.member
        context = {
            "scenario": scenario,
            "tone": TONES[ScenarioStatus(scenario.status)],
            "rows": rows,
            "comparison": comparison,
            "refusal": refusal,
            "refused_row": refused_row,
            "sees_cash": member.can(Permission.CASH_VIEW),
            "may_edit": may_edit(member, scenario),
            "may_change": may_edit(member, scenario) and scenario.is_open,
            "may_approve": member.can(Permission.SCENARIO_APPROVE),
            "own_refusal": self._own_refusal(scenario),
            "may_apply": scenario.status == ScenarioStatus.APPROVED
            and member.can(Permission.SCENARIO_EDIT)
            and may_apply(member, operations),
        }
        return render(request, "portfolio/scenarios/detail.html", context)

    def _own_refusal(self, scenario: Scenario) -> str:
        """Why the reader, who could approve it, does not: they propose it, and others may."""
        member = self.request.member
        waits = scenario.status == ScenarioStatus.SUBMITTED and member.can(Permission.SCENARIO_APPROVE)
        return own_refusal_of(scenario, member.user_id) if waits else ""

    def _effect(
        self, scenario: Scenario, operations: Sequence[Operation]
    ) -> tuple[Comparison | None, str, Operation | None]:
        """The comparison, or why an operation cannot be done and which. An applied scenario is the live plan."""
        if not operations or scenario.status == ScenarioStatus.APPLIED:
            return None, "", None
        live = read_live(self.request.member, projects_of(operations))
        try:
            plans = [shown(live, _("Plan en cours"), []), shown(live, scenario.name, operations)]
        except ScenarioError as error:
            index = error.facts.get("index", 0)
            return None, error_sentence(error), operations[index if isinstance(index, int) else 0]
        return compare(plans), "", None


class CompareView(MemberView):
    """Two to four scenarios beside the live plan."""

    permission = Permission.SCENARIO_VIEW

    @cached_property
    def asked(self) -> list[UUID]:
        keys = [asked_uuid(text) for text in self.request.GET.getlist("with")]
        return list(dict.fromkeys(key for key in keys if key is not None))[:MOST_COMPARED]

    def get(self, request: MemberRequest) -> HttpResponse:
        visible = Scenario.objects.visible_to(request.member)
        found = {row.pk: row for row in visible.filter(pk__in=self.asked)}
        chosen = [found[key] for key in self.asked if key in found]
        lists = {row.pk: rows_of(row) for row in chosen}
        operations = {row.pk: [one.operation for one in lists[row.pk] if one.operation is not None] for row in chosen}
        comparison, refused = None, []
        if chosen:
            live = read_live(request.member, projects_of([one for ones in operations.values() for one in ones]))
            plans = [shown(live, _("Plan en cours"), [])]
            for row in chosen:
                try:
                    plans.append(shown(live, row.name, operations[row.pk]))
                except ScenarioError as error:
                    refused.append((row, error_sentence(error)))
            comparison = compare(plans) if len(plans) > 1 else None
        context = {
            "choices": [(row, row.pk in found) for row in visible[:100]],
            "chosen": chosen,
            "most": MOST_COMPARED,
            "comparison": comparison,
            "refused": refused,
            "sees_cash": request.member.can(Permission.CASH_VIEW),
        }
        return render(request, "portfolio/scenarios/compare.html", context)
