"""Versions of budgets and transfers in the API: `/api/v1/budget-versions/`, `/api/v1/budget-transfers/`."""

from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.finance.domain.budget import ZERO, first_of_month
from portfolio.finance.domain.versions import from_rows, to_rows
from portfolio.finance.models import BudgetLine, BudgetTransfer, BudgetVersion, Category, Nature, VersionState
from portfolio.finance.transfer_actions import transfer, undo_transfer
from portfolio.finance.version_actions import (
    approve_version,
    change_version,
    delete_version,
    propose_version,
    recall_version,
    return_version,
    start_version,
)
from portfolio.finance.versions import plan_of
from portfolio.projects.access import demand
from portfolio.projects.api_fields import VisibleProjectField
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet, ReadViewSet, answered

STAMPS = ("version", "created_at", "updated_at")


class PlannedSerializer(serializers.Serializer[Any]):
    """What a version plans in one month of a category and nature."""

    category = serializers.ChoiceField(choices=Category.choices)
    nature = serializers.ChoiceField(choices=Nature.choices)
    month = serializers.DateField()
    planned = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=Decimal(0))


class PlannedField(serializers.Field[Any, Any, Any, Any]):
    """The amounts of a version, read and sent whole; a place that is left out is zero."""

    def get_attribute(self, instance: BudgetVersion) -> BudgetVersion:
        return instance

    def to_representation(self, value: BudgetVersion) -> Any:
        rows = [
            {"category": category, "nature": nature, "month": month, "planned": amount}
            for (category, nature, month), amount in plan_of(value).items()
        ]
        return PlannedSerializer(rows, many=True).data

    def to_internal_value(self, data: Any) -> Any:
        rows = PlannedSerializer(data=data, many=True)
        rows.is_valid(raise_exception=True)
        plan: dict[Any, Decimal] = {}
        for one in rows.validated_data:
            place = (one["category"], one["nature"], first_of_month(one["month"]))
            plan[place] = plan.get(place, ZERO) + one["planned"]
        return to_rows(plan)


class BudgetVersionSerializer(serializers.ModelSerializer[BudgetVersion]):
    """A version: number 0 is the initial one, which is the budget's lines until it is proposed."""

    project = VisibleProjectField(permission=Permission.BUDGET_VIEW)
    name = serializers.CharField(read_only=True)
    total = serializers.SerializerMethodField()
    lines = extend_schema_field(PlannedSerializer(many=True))(PlannedField)(source="amounts", required=False)

    class Meta:
        model = BudgetVersion
        fields = (
            "id",
            "project",
            "number",
            "name",
            "state",
            "reason",
            "total",
            "lines",
            "proposed_by",
            "proposed_at",
            "decided_by",
            "decided_at",
            "decision",
            *STAMPS,
        )
        read_only_fields = (
            "number",
            "state",
            "proposed_by",
            "proposed_at",
            "decided_by",
            "decided_at",
            "decision",
        )
        validators: list[Any] = []

    @extend_schema_field(serializers.DecimalField(max_digits=16, decimal_places=2))
    def get_total(self, row: BudgetVersion) -> str:
        """What it plans in all, in the organisation's currency."""
        return str(sum(plan_of(row).values(), ZERO))


class BudgetVersionFilter(django_filters.FilterSet):
    """Which versions: of a project, in a state."""

    project = django_filters.UUIDFilter(field_name="project_id")
    state = django_filters.ChoiceFilter(choices=VersionState.choices)

    class Meta:
        model = BudgetVersion
        fields: tuple[str, ...] = ()


class WordsSerializer(serializers.Serializer[Any]):
    """What is said of a version at this step."""

    text = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class BudgetVersionViewSet(EditViewSet):
    """Versions of budgets: begun, changed while in preparation, proposed, approved or returned."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    serializer_class = BudgetVersionSerializer
    filterset_class = BudgetVersionFilter

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        rows: QuerySet[Any] = BudgetVersion.objects.filter(project__in=projects)
        return rows.select_related("project__manager", "project__sponsor")

    def perform_creation(self, data: dict[str, Any]) -> BudgetVersion:
        demand(self.member, Permission.BUDGET_EDIT, data["project"])
        row = start_version(actor=self.actor, project=data["project"], reason=data.get("reason", ""))
        if "amounts" in data:
            change_version(actor=self.actor, version=row, values={"plan": from_rows(data["amounts"])})
        return row

    def perform_change(self, row: BudgetVersion, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.project)
        values = {name: data[name] for name in ("reason",) if name in data}
        if "amounts" in data:
            values["plan"] = from_rows(data["amounts"])
        change_version(actor=self.actor, version=row, values=values, row_version=version)

    def perform_deletion(self, row: BudgetVersion) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.project)
        delete_version(actor=self.actor, version=row)

    @extend_schema(request=WordsSerializer, responses=BudgetVersionSerializer)
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, pk: str) -> Response:
        """Send the version to whoever approves it; `text` says why, for a revision."""
        row = self.held(pk, Permission.BUDGET_EDIT)
        return self.told(propose_version(actor=self.actor, version=row, reason=self.words()))

    @extend_schema(request=None, responses=BudgetVersionSerializer)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, pk: str) -> Response:
        """Take a proposal back."""
        row = self.held(pk, Permission.BUDGET_EDIT)
        return self.told(recall_version(actor=self.actor, version=row))

    @extend_schema(request=WordsSerializer, responses=BudgetVersionSerializer)
    @action(detail=True, methods=["post"], write_permission=Permission.BUDGET_APPROVE)
    def approve(self, request: Request, pk: str) -> Response:
        """Approve a proposal: its amounts become what the budget's lines plan."""
        row = self.held(pk, Permission.BUDGET_APPROVE)
        return self.told(approve_version(actor=self.actor, version=row, decision=self.words()))

    @extend_schema(request=WordsSerializer, responses=BudgetVersionSerializer)
    @action(
        detail=True,
        methods=["post"],
        url_path="return",
        url_name="return",
        write_permission=Permission.BUDGET_APPROVE,
    )
    def send_back(self, request: Request, pk: str) -> Response:
        """Send a proposal back to its project; `text` says why."""
        row = self.held(pk, Permission.BUDGET_APPROVE)
        return self.told(return_version(actor=self.actor, version=row, decision=self.words()))

    def held(self, pk: str, permission: Permission) -> BudgetVersion:
        """The version, on whose project the caller holds `permission`: 404, else 403."""
        row: BudgetVersion = get_object_or_404(self.rows(), pk=pk)
        demand(self.member, permission, row.project)
        return row

    def words(self) -> str:
        """What was said."""
        return str(self.body(WordsSerializer)["text"])

    def told(self, row: BudgetVersion) -> Response:
        """The version as it is now."""
        fresh = self.rows().get(pk=row.pk)
        return answered(Response(self.get_serializer(fresh).data), fresh)


class VisibleLineField(serializers.PrimaryKeyRelatedField):
    """The key of a budget line that the caller may see."""

    def get_queryset(self) -> QuerySet[Any]:
        """The lines of the projects whose budget the caller may see."""
        member = self.context["request"]._request.member
        projects = Project.objects.visible_to(member, Permission.BUDGET_VIEW)
        lines: QuerySet[Any] = BudgetLine.objects.filter(project__in=projects)
        return lines.select_related("project__manager", "project__sponsor")


class BudgetTransferSerializer(serializers.ModelSerializer[BudgetTransfer]):
    """A transfer: from the line `source` to the place that `project`, `category`, `nature` and `month` name, whose
    line is made when it is not there."""

    source: Any = VisibleLineField()  # its name is also an argument of every field
    project = VisibleProjectField(permission=Permission.BUDGET_VIEW, source="target_project")
    category = serializers.ChoiceField(choices=Category.choices, source="target.category")
    nature = serializers.ChoiceField(choices=Nature.choices, source="target.nature")
    month = serializers.DateField(source="target.month")

    class Meta:
        model = BudgetTransfer
        fields = (
            "id",
            "source",
            "target",
            "project",
            "category",
            "nature",
            "month",
            "amount",
            "reason",
            "made_by",
            "made_on",
            *STAMPS,
        )
        read_only_fields = ("target", "made_by", "made_on")


class BudgetTransferFilter(django_filters.FilterSet):
    """Which transfers: from a line, to a line, to a project, within dates."""

    source = django_filters.UUIDFilter(field_name="source_id")
    target = django_filters.UUIDFilter(field_name="target_id")
    project = django_filters.UUIDFilter(field_name="target_project_id")
    made_from = django_filters.DateFilter(field_name="made_on", lookup_expr="gte")
    made_to = django_filters.DateFilter(field_name="made_on", lookup_expr="lte")

    class Meta:
        model = BudgetTransfer
        fields: tuple[str, ...] = ()


class BudgetTransferViewSet(mixins.DestroyModelMixin, ReadViewSet):
    """Transfers between lines: made, and taken back by DELETE."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    http_method_names = ["get", "post", "delete", "head", "options"]
    serializer_class = BudgetTransferSerializer
    filterset_class = BudgetTransferFilter

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        rows: QuerySet[Any] = BudgetTransfer.objects.filter(project__in=projects, target_project__in=projects)
        return rows.select_related("source", "target", "project", "target_project")

    def create(self, request: Request) -> Response:
        """Move an amount of what a line plans to another line."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = dict(serializer.validated_data)
        source, project, place = data["source"], data["target_project"], data["target"]
        demand(self.member, Permission.BUDGET_EDIT, source.project)
        demand(self.member, Permission.BUDGET_EDIT, project)
        row = transfer(
            actor=self.actor, source=source, project=project, amount=data["amount"], reason=data["reason"], **place
        )
        response = Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)
        response.headers["Location"] = request.build_absolute_uri(f"{request.path}{row.pk}/")
        return answered(response, row)

    def perform_destroy(self, instance: BudgetTransfer) -> None:
        """Take the transfer back."""
        demand(self.member, Permission.BUDGET_EDIT, instance.project)
        demand(self.member, Permission.BUDGET_EDIT, instance.target_project)
        undo_transfer(actor=self.actor, transfer=instance)
