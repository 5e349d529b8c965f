"""Estimates at completion in the API: `/api/v1/completion-choices/`."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.finance.completion_actions import choose_estimate, undo_choice
from portfolio.finance.models import CompletionChoice, EstimateMethod
from portfolio.projects.access import demand
from portfolio.projects.api_fields import VisibleProjectField
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.web.api import ReadViewSet


class CompletionChoiceSerializer(serializers.ModelSerializer[CompletionChoice]):
    """An estimate that a project uses from a moment on; `amount` is sent for the manager's own, else computed."""

    project = VisibleProjectField(permission=Permission.BUDGET_VIEW)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, required=False, allow_null=True)

    class Meta:
        model = CompletionChoice
        fields = ("id", "project", "method", "amount", "reason", "chosen_by", "created_at")
        read_only_fields = ("chosen_by", "created_at")


class CompletionChoiceFilter(django_filters.FilterSet):
    """Which choices: of a project, of a method."""

    project = django_filters.UUIDFilter(field_name="project_id")
    method = django_filters.ChoiceFilter(choices=EstimateMethod.choices)

    class Meta:
        model = CompletionChoice
        fields: tuple[str, ...] = ()


class CompletionChoiceViewSet(mixins.CreateModelMixin, mixins.DestroyModelMixin, ReadViewSet):
    """The estimates at completion that projects used; posting one makes it the one in use, DELETE takes it back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    http_method_names = ["get", "post", "delete", "head", "options"]
    serializer_class = CompletionChoiceSerializer
    filterset_class = CompletionChoiceFilter

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        rows: QuerySet[Any] = CompletionChoice.objects.filter(project__in=projects)
        return rows.select_related("project").order_by("-created_at", "-pk")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Use an estimate: `lines`, `earned_value`, or `manager` with its amount and reason."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = dict(serializer.validated_data)
        demand(self.member, Permission.BUDGET_EDIT, data["project"])
        row = choose_estimate(actor=self.actor, **data)
        response = Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)
        response.headers["Location"] = request.build_absolute_uri(f"{request.path}{row.pk}/")
        return response

    def perform_destroy(self, instance: CompletionChoice) -> None:
        """Take the last choice of the project back: the forecasts of lines are again what they were before it."""
        demand(self.member, Permission.BUDGET_EDIT, instance.project)
        undo_choice(actor=self.actor, choice=instance)
