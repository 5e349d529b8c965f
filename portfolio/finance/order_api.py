"""Purchase orders in the API: `/api/v1/purchase-orders/` and `/api/v1/purchase-order-lines/`."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portfolio.finance.models import Category, Nature, OrderStatus, PurchaseOrder, PurchaseOrderLine
from portfolio.finance.order_actions import (
    OrderPart,
    add_order_line,
    change_order,
    change_order_line,
    create_order,
    delete_order,
    delete_order_line,
)
from portfolio.projects.access import demand
from portfolio.projects.api_fields import VisibleProjectField
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet

STAMPS = ("version", "created_at", "updated_at")


class OrderPartSerializer(serializers.ModelSerializer[PurchaseOrderLine]):
    """A line of an order as it is read and created with it."""

    class Meta:
        model = PurchaseOrderLine
        fields = ("id", "category", "nature", "month", "amount")
        read_only_fields = ("id",)


class PurchaseOrderSerializer(serializers.ModelSerializer[PurchaseOrder]):
    """An order with its lines: sent when it is created, changed afterwards as lines of their own."""

    project = VisibleProjectField(permission=Permission.BUDGET_VIEW)
    currency = serializers.CharField(max_length=3, required=False)
    lines = OrderPartSerializer(many=True, required=False)

    class Meta:
        model = PurchaseOrder
        fields = (
            "id",
            "project",
            "number",
            "supplier",
            "subject",
            "ordered_on",
            "currency",
            "status",
            "lines",
            *STAMPS,
        )
        validators: list[Any] = []


class PurchaseOrderFilter(django_filters.FilterSet):
    """Which orders: of a project, in a state, within dates."""

    project = django_filters.UUIDFilter(field_name="project_id")
    status = django_filters.ChoiceFilter(choices=OrderStatus.choices)
    ordered_from = django_filters.DateFilter(field_name="ordered_on", lookup_expr="gte")
    ordered_to = django_filters.DateFilter(field_name="ordered_on", lookup_expr="lte")

    class Meta:
        model = PurchaseOrder
        fields: tuple[str, ...] = ()


class PurchaseOrderViewSet(EditViewSet):
    """Orders: what a project has ordered from suppliers; the budget is committed by as much."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    serializer_class = PurchaseOrderSerializer
    filterset_class = PurchaseOrderFilter

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        rows: QuerySet[Any] = PurchaseOrder.objects.filter(project__in=projects)
        return rows.select_related("project__manager", "project__sponsor").prefetch_related(
            Prefetch("lines", queryset=PurchaseOrderLine.objects.all())
        )

    def perform_creation(self, data: dict[str, Any]) -> PurchaseOrder:
        demand(self.member, Permission.BUDGET_EDIT, data["project"])
        parts = [OrderPart(**one) for one in data.pop("lines", [])]
        return create_order(actor=self.actor, order=PurchaseOrder(**data), parts=parts)

    def perform_change(self, row: PurchaseOrder, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.project)
        if data.pop("project", row.project) != row.project:
            raise ValidationError(
                {"project": _("Une commande ne change pas de projet. Supprimez-la et créez-en une autre.")}
            )
        if "lines" in data:
            raise ValidationError({"lines": _("Les lignes se changent une à une, par « purchase-order-lines ».")})
        change_order(actor=self.actor, order=row, values=data, version=version)

    def perform_deletion(self, row: PurchaseOrder) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.project)
        delete_order(actor=self.actor, order=row)


@extend_schema_field(OpenApiTypes.UUID)
class VisibleOrderField(serializers.PrimaryKeyRelatedField):
    """The key of an order that the caller may see."""

    def get_queryset(self) -> QuerySet[Any]:
        """The orders of the projects whose budget the caller may see."""
        member = self.context["request"]._request.member
        projects = Project.objects.visible_to(member, Permission.BUDGET_VIEW)
        rows: QuerySet[Any] = PurchaseOrder.objects.filter(project__in=projects)
        return rows.select_related("project__manager", "project__sponsor")


class PurchaseOrderLineSerializer(serializers.ModelSerializer[PurchaseOrderLine]):
    """A line of an order: its place in the budget and its amount before tax, in the order's currency."""

    order = VisibleOrderField()

    class Meta:
        model = PurchaseOrderLine
        fields = ("id", "order", "category", "nature", "month", "amount", *STAMPS)


class PurchaseOrderLineFilter(django_filters.FilterSet):
    """Which lines: of an order, of a project, of a category or a nature."""

    order = django_filters.UUIDFilter(field_name="order_id")
    project = django_filters.UUIDFilter(field_name="order__project_id")
    category = django_filters.ChoiceFilter(choices=Category.choices)
    nature = django_filters.ChoiceFilter(choices=Nature.choices)

    class Meta:
        model = PurchaseOrderLine
        fields: tuple[str, ...] = ()


class PurchaseOrderLineViewSet(EditViewSet):
    """Lines of orders: what they are for, and the months they are expected in."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    serializer_class = PurchaseOrderLineSerializer
    filterset_class = PurchaseOrderLineFilter

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member, Permission.BUDGET_VIEW)
        rows: QuerySet[Any] = PurchaseOrderLine.objects.filter(order__project__in=projects, order__deleted_at=None)
        return rows.select_related("order__project__manager", "order__project__sponsor")

    def perform_creation(self, data: dict[str, Any]) -> PurchaseOrderLine:
        demand(self.member, Permission.BUDGET_EDIT, data["order"].project)
        return add_order_line(actor=self.actor, line=PurchaseOrderLine(**data))

    def perform_change(self, row: PurchaseOrderLine, data: dict[str, Any], version: int | None) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.order.project)
        if data.pop("order", row.order) != row.order:
            raise ValidationError({"order": _("Une ligne ne change pas de commande. Supprimez-la et créez-en une.")})
        change_order_line(actor=self.actor, line=row, values=data, version=version)

    def perform_deletion(self, row: PurchaseOrderLine) -> None:
        demand(self.member, Permission.BUDGET_EDIT, row.order.project)
        delete_order_line(actor=self.actor, line=row)
