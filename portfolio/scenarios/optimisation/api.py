"""Studies in the API: `/api/v1/optimisations/`, asked, searched, read and opened as a scenario."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.people.api import STAMPS
from portfolio.people.queries import working_calendar, working_day_minutes
from portfolio.scenarios.api import ScenarioSerializer
from portfolio.scenarios.optimisation.actions import (
    ANSWERED,
    FARTHEST,
    MOST_RULES,
    ROLES,
    answer_of,
    cancel_search,
    change_study,
    create_study,
    delete_study,
    start_search,
)
from portfolio.scenarios.optimisation.candidates import named_candidates
from portfolio.scenarios.optimisation.forms import numeric_fields
from portfolio.scenarios.optimisation.lists import state_of
from portfolio.scenarios.optimisation.models import AnswerState, OptimisationStudy
from portfolio.scenarios.optimisation.opening import open_as_scenario
from portfolio.scenarios.optimisation.pages import names_of
from portfolio.scenarios.optimisation.search import EXCLUSIVE, REQUIRES
from portfolio.scenarios.optimisation.words import clash, holds, lets_in, why
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet, answered
from tech4value.web.api_bodies import refuse_unknown


class StudyCandidateSerializer(serializers.Serializer[Any]):
    """What a study says of a candidate: its `role` (free, mandatory, left_out: it stays planned as it is), its
    `alignment` (0-10), its net present value (`npv`) and the month before which it does not begin."""

    role = serializers.ChoiceField(choices=[(one, one) for one in ROLES], default="free")
    alignment = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=10, required=False, allow_null=True
    )
    npv = serializers.DecimalField(max_digits=14, decimal_places=2, required=False, allow_null=True)
    not_before = serializers.DateField(required=False, allow_null=True)


class CandidatesField(serializers.DictField):
    """By the candidate's key; a field that no candidate has is refused."""

    child = StudyCandidateSerializer()

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        for row in data.values():
            refuse_unknown(self.child, row)
        return found


class StudyRuleSerializer(serializers.Serializer[Any]):
    """Of two candidates: `exclusive`, or `project` requires `other`, and begins so many `months` after its end
    (negative: before)."""

    kind = serializers.ChoiceField(choices=[(EXCLUSIVE, EXCLUSIVE), (REQUIRES, REQUIRES)])
    project = serializers.UUIDField()
    other = serializers.UUIDField()
    months = serializers.IntegerField(default=0, min_value=-FARTHEST, max_value=FARTHEST)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Of a rule as the study keeps it."""
        return dict(zip(("kind", "project", "other", "months"), instance, strict=True))


class LeftOutSerializer(serializers.Serializer[Any]):
    """Why a candidate is left out, what would let it in, and what holding it all the same would cost, in the
    caller's language."""

    key = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField())
    lets_in = serializers.CharField(allow_blank=True)
    holds = serializers.CharField(allow_blank=True)


class AnswerWordsSerializer(serializers.Serializer[Any]):
    """What an answer says in words: `clash` where nothing can be chosen, `left_out` else."""

    clash = serializers.ListField(child=serializers.CharField())
    left_out = LeftOutSerializer(many=True)


class OptimisationSerializer(serializers.ModelSerializer[OptimisationStudy]):
    """A question and its answer. `value` and `bound` are points: no choice is worth more than `bound`; `state` is
    proved, gap (the best may be up to `bound`), infeasible or none; `answer` holds what was chosen, from which month,
    and why the others were not, as it was when it was found (`answered_version` is the study's version then)."""

    budgets = serializers.DictField(
        child=serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0), required=False
    )
    projects = CandidatesField(required=False)
    rules = StudyRuleSerializer(  # type: ignore[call-arg]  # max_length is of the list, which `many` makes
        many=True, required=False, max_length=MOST_RULES
    )
    state = serializers.SerializerMethodField()
    value = serializers.SerializerMethodField(method_name="points")
    bound = serializers.SerializerMethodField()
    answered_at = serializers.SerializerMethodField()
    answered_version = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()
    job = serializers.SerializerMethodField()

    class Meta:
        model = OptimisationStudy
        fields = (
            "id",
            "name",
            "first_month",
            "months",
            "grouping",
            "capacity_share",
            "weight_alignment",
            "weight_npv",
            "weight_risk",
            "delay_cost",
            "alignment_field",
            "seconds",
            "budgets",
            "projects",
            "rules",
            "state",
            "value",
            "bound",
            "answered_at",
            "answered_version",
            "answer",
            "words",
            "job",
            *STAMPS,
        )
        validators: list[Any] = []

    def get_state(self, row: OptimisationStudy) -> str:
        return str(state_of(row))

    def points(self, row: OptimisationStudy) -> str | None:
        return self._of(row, "value")

    def get_bound(self, row: OptimisationStudy) -> str | None:
        return self._of(row, "bound")

    def get_answered_at(self, row: OptimisationStudy) -> str | None:
        return self._of(row, "made_at")

    def get_answered_version(self, row: OptimisationStudy) -> int | None:
        answer = getattr(row, "answer", None)
        return None if answer is None else answer.made_of

    def get_answer(self, row: OptimisationStudy) -> dict[str, Any]:
        answer = getattr(row, "answer", None)
        return {} if answer is None else answer.data

    @extend_schema_field(AnswerWordsSerializer)
    def get_words(self, row: OptimisationStudy) -> dict[str, Any]:
        data = self.get_answer(row)
        if not data:
            return {"clash": [], "left_out": []}
        known: Any = self.context
        if "day_minutes" not in known:
            known["day_minutes"] = working_day_minutes(working_calendar(None))
        names = names_of(data, known["day_minutes"])
        left_out = [
            {
                "key": one["key"],
                "why": [why(reason, names) for reason in one["reasons"]],
                "lets_in": lets_in(one, names),
                "holds": holds(one, names),
            }
            for one in data.get("excluded", [])
        ]
        return {"clash": clash(data["clash"], names) if "clash" in data else [], "left_out": left_out}

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_job(self, row: OptimisationStudy) -> str | None:
        """The search under way, or the last one."""
        answer = getattr(row, "answer", None)
        return None if answer is None or answer.job_id is None else str(answer.job_id)

    @staticmethod
    def _of(row: OptimisationStudy, name: str) -> str | None:
        value = getattr(getattr(row, "answer", None), name, None)
        if value is None:
            return None
        return value.isoformat() if name == "made_at" else str(value)


class OptimisationFilter(django_filters.FilterSet):
    """Which: by how the last search ended."""

    state = django_filters.ChoiceFilter(field_name="answer__state", choices=AnswerState.choices)

    class Meta:
        model = OptimisationStudy
        fields: tuple[str, ...] = ()


class OptimisationViewSet(EditViewSet):
    """Which projects to do and when: the studies of the organisation."""

    permission = Permission.SCENARIO_EDIT
    serializer_class = OptimisationSerializer
    filterset_class = OptimisationFilter

    def rows(self) -> QuerySet[Any]:
        found: QuerySet[Any] = OptimisationStudy.objects.select_related("answer").order_by("-id")
        return found

    def perform_creation(self, data: dict[str, Any]) -> OptimisationStudy:
        return create_study(actor=self.actor, study=OptimisationStudy(**self._kept(data)))

    def perform_change(self, row: OptimisationStudy, data: dict[str, Any], version: int | None) -> None:
        change_study(actor=self.actor, study=row, values=self._kept(data, row), version=version)

    def perform_deletion(self, row: OptimisationStudy) -> None:
        delete_study(actor=self.actor, study=row)

    @extend_schema(request=None, responses={202: OptimisationSerializer})
    @action(detail=True, methods=["post"])
    def run(self, request: Request, pk: str) -> Response:
        """Look for the best choice; the search that is already at it, if any."""
        start_search(study=self.get_object(), member=self.member)
        return self._told(pk, status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses={200: OptimisationSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop the search under way; the last answer stays."""
        cancel_search(actor=self.actor, study=self.get_object())
        return self._told(pk, status.HTTP_200_OK)

    @extend_schema(request=None, responses={201: ScenarioSerializer})
    @action(detail=True, methods=["post"])
    def scenario(self, request: Request, pk: str) -> Response:
        """A scenario of one's own that does what was chosen."""
        answer = answer_of(self.get_object())
        if answer is None or answer.state not in ANSWERED:
            raise ValidationError(_("Cette étude n’a pas de choix à ouvrir : lancez d’abord la recherche."))
        scenario = open_as_scenario(actor=self.actor, member=self.member, answer=answer)
        shown = ScenarioSerializer(scenario, context=self.get_serializer_context()).data
        return answered(Response(shown, status=status.HTTP_201_CREATED), scenario)

    def _told(self, pk: str, code: int) -> Response:
        row = self.rows().get(pk=pk)
        return answered(Response(self.get_serializer(row).data, status=code), row)

    def _kept(self, data: dict[str, Any], row: OptimisationStudy | None = None) -> dict[str, Any]:
        """What was sent, as a study keeps it. Raises ValidationError for what is no candidate."""
        kept = dict(data)
        named: dict[str, set[str]] = {}
        if "budgets" in kept:
            kept["budgets"] = {year: str(amount) for year, amount in kept["budgets"].items()}
        if "projects" in kept:
            kept["projects"] = {key: _note(told) for key, told in kept["projects"].items()}
            named["projects"] = set(kept["projects"])
        if "rules" in kept:
            kept["rules"] = [
                [one["kind"], str(one["project"]), str(one["other"]), _months(one)] for one in kept["rules"]
            ]
            named["rules"] = {key for told in kept["rules"] for key in told[1:3]}
        if (field := kept.get("alignment_field")) and field not in numeric_fields():
            sentence = _("Aucun champ numérique des projets ne s’appelle « %(field)s ».") % {"field": field}
            raise ValidationError({"alignment_field": sentence})
        known = {key for key, _name in named_candidates(self.member)} if named else set()
        if row is not None:
            known |= {*row.projects, *(key for told in row.rules for key in told[1:3])}
        for field, keys in named.items():
            if keys - known:
                sentence = _(
                    "Aucun candidat n’a cette clé : %(keys)s. Un candidat est un projet en idée ou en cadrage."
                )
                raise ValidationError({field: sentence % {"keys": ", ".join(sorted(keys - known)[:5])}})
        return kept


def _months(rule: Mapping[str, Any]) -> int:
    return int(rule["months"]) if rule["kind"] == REQUIRES else 0


def _note(told: Mapping[str, Any]) -> dict[str, str]:
    """As a study keeps it: what is said, in texts."""
    found = {"role": str(told["role"])}
    found |= {name: str(told[name]) for name in ("alignment", "npv") if told.get(name) is not None}
    if told.get("not_before"):
        found["not_before"] = told["not_before"].replace(day=1).isoformat()
    return found
