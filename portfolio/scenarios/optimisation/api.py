"""Studies in the API: `/api/v1/optimisations/`, each with the answer of its last search."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from portfolio.scenarios.optimisation.lists import state_of
from portfolio.scenarios.optimisation.models import AnswerState, OptimisationStudy
from tech4value.accounts.permissions import Permission
from tech4value.web.api import ReadViewSet


class OptimisationSerializer(serializers.ModelSerializer[OptimisationStudy]):
    """A question and its answer. `value` and `bound` are points: no choice is worth more than `bound`; `state` is
    proved, gap (the best may be up to `bound`), infeasible or none; `answer` holds what was chosen, from which month,
    and why the others were not, as it was when it was found (`answered_version` is the study's version then)."""

    state = serializers.SerializerMethodField()
    value = serializers.SerializerMethodField(method_name="points")
    bound = serializers.SerializerMethodField()
    answered_at = serializers.SerializerMethodField()
    answered_version = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()

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
            "budgets",
            "projects",
            "rules",
            "state",
            "value",
            "bound",
            "answered_at",
            "answered_version",
            "answer",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

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


class OptimisationViewSet(ReadViewSet):
    """Which projects to do and when: the studies of the organisation."""

    permission = Permission.SCENARIO_EDIT
    serializer_class = OptimisationSerializer
    filterset_class = OptimisationFilter

    def rows(self) -> QuerySet[Any]:
        found: QuerySet[Any] = OptimisationStudy.objects.select_related("answer").order_by("-id")
        return found
