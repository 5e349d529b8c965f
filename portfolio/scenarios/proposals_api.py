"""The three proposals for an overload in the API: `/api/v1/proposals/`, asked, read, opened or applied.

What is applied is undone as any scenario is: `/api/v1/scenarios/{id}/undo/`.
"""

from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.capacity.domain.load import Grain
from portfolio.capacity.forms import asked_period
from portfolio.scenarios.api import ScenarioSerializer
from portfolio.scenarios.domain.operations import to_json
from portfolio.scenarios.domain.proposals import Nature
from portfolio.scenarios.models import Scenario
from portfolio.scenarios.proposals import Overload, Subject, overload_of
from portfolio.scenarios.proposals_actions import (
    PROPOSED,
    StaleProposalError,
    apply_proposal,
    made,
    open_as_scenario,
)
from portfolio.scenarios.proposals_columns import Column, columns_of
from portfolio.scenarios.proposals_effect import DateMove, Effect
from portfolio.scenarios.proposals_job import Looked, look, start_search
from portfolio.scenarios.proposals_words import scenario_name
from tech4value.accounts.permissions import Permission
from tech4value.jobs.models import JobState
from tech4value.web.api import MemberViewSet, answered
from tech4value.web.api_bodies import refuse_unknown
from tech4value.web.api_filters import OF_THE_API

MOST_OPERATIONS: Final = 60
PERIOD: Final = r"^([0-9]{4}-(0[1-9]|1[0-2]|W[0-5][0-9]))?$"
PERIOD_REFUSAL: Final = _("Écrivez un mois (2027-03) ou une semaine (2027-W12).")


def is_period(text: str) -> bool:
    """Whether a month or a week that is written well is one: `asked_period` takes the day that is otherwise given."""
    grain = Grain.WEEK if "W" in text else Grain.MONTH
    days = (date(2010, 6, 15), date(2020, 6, 15))
    return len({asked_period(text, grain, day) for day in days}) == 1


class OverloadQuery(serializers.Serializer[Any]):
    """Whose overload: of a person, a pole or a skill, by its `key`. `period` is a month (2027-03) or a week
    (2027-W12); without it, the overload that is seen coming."""

    subject = serializers.ChoiceField(choices=[(one.value, one.value) for one in Subject])
    key = serializers.UUIDField()
    period = serializers.RegexField(
        PERIOD,
        required=False,
        allow_blank=True,
        max_length=8,
        error_messages={"invalid": PERIOD_REFUSAL},
    )

    def validate_period(self, value: str) -> str:
        """Neither a week that its year does not have, nor a year that no plan has: this month would be answered."""
        if value and not is_period(value):
            raise serializers.ValidationError(PERIOD_REFUSAL)
        return value


class ProposedOperationSerializer(serializers.Serializer[Any]):
    """An operation of a scenario."""

    kind = serializers.ChoiceField(choices=[(one.kind, one.kind) for one in PROPOSED])
    params = serializers.DictField()


class ProposalQuery(OverloadQuery):
    """A proposal as it was read."""

    way = serializers.ChoiceField(choices=[(one.value, one.value) for one in Nature])
    operations = ProposedOperationSerializer(  # type: ignore[call-arg]  # max_length is of the list, which `many` makes
        many=True, allow_empty=False, max_length=MOST_OPERATIONS
    )


class ApplyQuery(ProposalQuery):
    """A proposal as it was read, with its `stamp`: the plan may not have moved since."""

    stamp = serializers.CharField(max_length=64)


def _ratio() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)


def _money() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=22, decimal_places=2)


class MovedDateSerializer(serializers.Serializer[Any]):
    """A project or milestone that ends on another day; `days` later, of the calendar."""

    name = serializers.CharField()
    project = serializers.CharField()
    before = serializers.DateField()
    after = serializers.DateField()
    days = serializers.IntegerField()


class MovedLoadSerializer(serializers.Serializer[Any]):
    """A load over capacity (1 is full, null without capacity) in the weeks of the overload."""

    person = serializers.CharField(source="key")
    name = serializers.CharField()
    before = _ratio()
    after = _ratio()


class MovedWeekSerializer(serializers.Serializer[Any]):
    """The load of the people of the overload in a week; `is_target` for a week of the overload."""

    week = serializers.DateField()
    is_target = serializers.BooleanField()
    before = _ratio()
    after = _ratio()


class MovedBalanceSerializer(serializers.Serializer[Any]):
    """The lowest balance to come."""

    before = _money()
    before_on = serializers.DateField()
    after = _money()
    after_on = serializers.DateField()


class ProposalEffectSerializer(serializers.Serializer[Any]):
    """What a proposal changes, against the live plan; `cost` and `lowest_balance` are null where they may not be
    seen."""

    projects = MovedDateSerializer(many=True)
    milestones = MovedDateSerializer(many=True)
    tasks = serializers.IntegerField()
    critical_tasks = serializers.IntegerField()
    cost = serializers.DecimalField(max_digits=22, decimal_places=2, allow_null=True)
    people = MovedLoadSerializer(many=True)
    weeks = MovedWeekSerializer(many=True)
    lowest_balance = MovedBalanceSerializer(allow_null=True)


class ProposalSerializer(serializers.Serializer[Any]):
    """A way out. `sentences` say what it does; `why` why there is none (it has no operations then). `stamp` goes back
    with what is applied."""

    way = serializers.ChoiceField(choices=[(one.value, one.value) for one in Nature])
    title = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField())
    why = serializers.CharField()
    operations = ProposedOperationSerializer(many=True)
    stamp = serializers.CharField()
    may_apply = serializers.BooleanField()
    effect = ProposalEffectSerializer(allow_null=True)


class ProposalsSerializer(serializers.Serializer[Any]):
    """The overload and the ways out of it. `state`: ready; to_search, searching or failed for large plans, whose
    search is the job `job`. `peak` is the load over capacity at its most, beyond `threshold`; without `weeks`, there
    is no overload to come."""

    subject = serializers.CharField()
    key = serializers.UUIDField()
    name = serializers.CharField()
    period = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=["ready", "to_search", "searching", "failed"])
    job = serializers.UUIDField(allow_null=True)
    threshold = _ratio()
    peak = _ratio()
    weeks = serializers.ListField(child=serializers.DateField())
    proposals = ProposalSerializer(many=True)


class MovedPlanError(exceptions.APIException):
    """409: the plan has moved since the proposal was read."""

    status_code = status.HTTP_409_CONFLICT


class ProposalViewSet(MemberViewSet):
    """The three ways out of an overload."""

    permission = Permission.SCENARIO_VIEW
    serializer_class = ProposalsSerializer
    pagination_class = None
    filterset_class = None
    http_method_names = ["get", "post", "head", "options"]

    @extend_schema(
        parameters=[
            OpenApiParameter("subject", str, enum=[one.value for one in Subject], required=True),
            OpenApiParameter("key", str, description="UUID", required=True),
            OpenApiParameter("period", str, description="2027-03, 2027-W12", required=False),
        ],
        responses=ProposalsSerializer(many=False),
        filters=False,
    )
    def list(self, request: Request) -> Response:
        """What can be done about it, on the plan of the moment."""
        query = {name: text for name, text in request.query_params.items() if name not in OF_THE_API}
        asked = OverloadQuery(data=query)
        refuse_unknown(asked, query)
        asked.is_valid(raise_exception=True)
        overload = self._overload(dict(asked.validated_data))
        return Response(self._told(overload, look(self.member, overload)))

    @extend_schema(request=OverloadQuery, responses={200: ProposalsSerializer, 202: ProposalsSerializer})
    def create(self, request: Request) -> Response:
        """Have them sought: at once, or by a job for large plans."""
        overload = self._overload(self.body(OverloadQuery))
        found = look(self.member, overload)
        if not found.large:
            return Response(self._told(overload, found))
        if not self.member.can(Permission.JOB_VIEW):
            raise PermissionDenied(self.member.refusal(Permission.JOB_VIEW))
        search = start_search(self.member, overload)
        return Response(self._told(overload, Looked(True, search, None)), status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=ProposalQuery, responses={201: ScenarioSerializer})
    @action(detail=False, methods=["post"])
    def open(self, request: Request) -> Response:
        """A scenario of one's own that holds it."""
        sent = self.body(ProposalQuery)
        overload = self._overload(sent)
        self._demand_edit()
        scenario = open_as_scenario(
            actor=self.actor,
            member=self.member,
            name=scenario_name(overload.name, Nature(sent["way"])),
            operations=_operations(sent),
        )
        return self._scenario(scenario)

    @extend_schema(request=ApplyQuery, responses={201: ScenarioSerializer})
    @action(detail=False, methods=["post"])
    def apply(self, request: Request) -> Response:
        """Write it to the live plan, in one batch."""
        sent = self.body(ApplyQuery)
        overload = self._overload(sent)
        self._demand_edit()
        try:
            scenario, _batch = apply_proposal(
                actor=self.actor,
                member=self.member,
                name=scenario_name(overload.name, Nature(sent["way"])),
                operations=_operations(sent),
                stamp=sent["stamp"],
            )
        except StaleProposalError as error:
            raise MovedPlanError(" ".join(error.messages)) from error
        return self._scenario(scenario)

    def _overload(self, sent: dict[str, Any]) -> Overload:
        if not self.member.can(Permission.CAPACITY_VIEW):
            raise PermissionDenied(self.member.refusal(Permission.CAPACITY_VIEW))
        return overload_of(Subject(sent["subject"]), sent["key"], sent.get("period", ""))

    def _demand_edit(self) -> None:
        if not self.member.can(Permission.SCENARIO_EDIT):
            raise PermissionDenied(self.member.refusal(Permission.SCENARIO_EDIT))

    def _scenario(self, scenario: Scenario) -> Response:
        shown = ScenarioSerializer(scenario, context=self.get_serializer_context()).data
        return answered(Response(shown, status=status.HTTP_201_CREATED), scenario)

    def _told(self, overload: Overload, found: Looked) -> dict[str, Any]:
        answer = found.answer
        over = answer is not None and answer.is_over
        said = {
            "subject": overload.subject.value,
            "key": overload.row.pk,
            "name": overload.name,
            "period": overload.period,
            "state": _state(found),
            "job": None if found.search is None else found.search.pk,
            "threshold": None if answer is None else answer.board.target.threshold,
            "peak": answer.board.ratio(answer.board.base) if answer is not None and over else None,
            "weeks": [] if answer is None else list(answer.board.target.weeks),
            "proposals": [] if answer is None else [_column(one) for one in columns_of(self.member, answer)],
        }
        return dict(ProposalsSerializer(said).data)


def _state(found: Looked) -> str:
    if found.answer is not None:
        return "ready"
    if found.search is None:
        return "to_search"
    return "failed" if found.search.state == JobState.FAILED else "to_search" if found.search.is_over else "searching"


def _operations(sent: dict[str, Any]) -> Any:
    return made([(one["kind"], one["params"]) for one in sent["operations"]])


def _column(one: Column) -> dict[str, Any]:
    operations = one.proposal.operations
    return {
        "way": one.proposal.nature.value,
        "title": one.title,
        "sentences": list(one.lines),
        "why": one.why,
        "operations": [{"kind": each.kind, "params": to_json(each)} for each in operations],
        "stamp": one.stamp if operations else "",
        "may_apply": one.may_apply,
        "effect": None if one.effect is None else _effect(one.effect.effect),
    }


def _effect(one: Effect) -> dict[str, Any]:
    cash = one.cash
    return {
        "projects": [_date(each) for each in one.projects],
        "milestones": [_date(each) for each in one.milestones],
        "tasks": one.tasks,
        "critical_tasks": one.critical_tasks,
        "cost": one.cost,
        "people": one.people,
        "weeks": one.weeks,
        "lowest_balance": None
        if cash is None
        else {
            "before": cash.lowest_before,
            "before_on": cash.lowest_before_on,
            "after": cash.lowest_after,
            "after_on": cash.lowest_after_on,
        },
    }


def _date(one: DateMove) -> dict[str, Any]:
    return {
        "name": one.name,
        "project": one.project,
        "before": one.before,
        "after": one.after,
        "days": one.days,
    }
