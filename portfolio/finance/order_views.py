"""Purchase orders: those of a project, one with its lines and invoices, and the forms that change them."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.domain.budget import ZERO, first_of_month
from portfolio.finance.models import PurchaseOrder, PurchaseOrderLine
from portfolio.finance.order_actions import (
    OrderPart,
    add_order_line,
    change_order,
    change_order_line,
    create_order,
    delete_order,
    delete_order_line,
    restore_order,
    restore_order_line,
)
from portfolio.finance.order_forms import NewOrderForm, OrderForm, OrderLineForm
from portfolio.finance.orders import weighed_orders
from portfolio.finance.queries import place_label
from portfolio.people.forms import initial_of
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, layout
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage, parents_in
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView


class OrdersView(ProjectPage):
    """The orders of a project: what each commits, what is invoiced, what is left."""

    permission = Permission.BUDGET_VIEW
    template_name = "portfolio/finance/orders.html"

    def tab_context(self) -> dict[str, Any]:
        orders = weighed_orders(list(PurchaseOrder.objects.filter(project=self.project)))
        return {
            "orders": orders,
            "sums": {
                "amount": sum((one.amount for one in orders), ZERO),
                "invoiced": sum((one.invoiced for one in orders), ZERO),
                "committed": sum((one.committed for one in orders), ZERO),
            },
            "may_edit": self.may(Permission.BUDGET_EDIT),
            "currency": self.request.tenant.currency,
        }


class OfOrder(OfProject):
    """What a view of one order needs; its route takes `pk`."""

    rows: Any = staticmethod(lambda: PurchaseOrder.objects.all())
    path = "project"

    def fetch(self) -> Any:
        """The row, through the projects whose budget the member may see."""
        projects = Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)
        rows = self.rows().filter(**{f"{self.path}__in": projects}).select_related(self.path)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def project_id(self) -> UUID:
        key: UUID = self.fetch().project_id
        return key


class OfOrderLine(OfOrder):
    """What a view of a line of an order needs."""

    rows: Any = staticmethod(lambda: PurchaseOrderLine.objects.filter(order__deleted_at=None))
    path = "order__project"


class OrderView(OfOrder, MemberView):
    """One order: its lines, its invoices, what it weighs."""

    permission = Permission.BUDGET_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        one = weighed_orders([self.fetch()])[0]
        context = {
            "layout": layout(request),
            "project": self.project,
            "one": one,
            "order": one.order,
            "lines": [(place_label(line.category, line.nature), line) for line in one.lines],
            "may_edit": self.may(Permission.BUDGET_EDIT),
            "may_cash": request.member.can(Permission.CASH_VIEW),
            "currency": request.tenant.currency,
        }
        return render(request, "portfolio/finance/order.html", context)


class OrderForms(OfProject, RowFormView):
    """What the forms of orders share."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.demand(Permission.BUDGET_EDIT)

    def back_url(self) -> str:
        return reverse("finance:orders", args=[self.project.pk])

    def parents(self) -> Any:
        return parents_in(self.project, self.back_url())

    def about(self) -> str:
        return self.project.name


class OrderCreateView(OrderForms):
    """A new order with its first line."""

    heading = gettext_lazy("Ajouter une commande")
    button = gettext_lazy("Ajouter la commande")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        day = today()
        return NewOrderForm(data, initial={"ordered_on": day, "month": first_of_month(day)})

    def save(self, form: Any) -> str:
        values = form.values
        part = OrderPart(*(values.pop(name) for name in ("category", "nature", "month", "amount")))
        row = create_order(
            actor=self.request.member.actor, order=PurchaseOrder(project=self.project, **values), parts=[part]
        )
        toast(self.request, _("Commande « %(order)s » ajoutée : le budget est engagé d’autant.") % {"order": row})
        return reverse("finance:order", args=[row.pk])


class OrderChangeView(OfOrder, OrderForms):
    """Change an order, close it, cancel it."""

    heading = gettext_lazy("Modifier la commande")

    def prepare(self) -> None:
        self.row = self.fetch()
        super().prepare()

    def delete_url(self) -> str:
        return reverse("finance:order_delete", args=[self.row.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return OrderForm(data, initial=initial_of(self.row, OrderForm))

    def save(self, form: Any) -> str:
        change_order(actor=self.request.member.actor, order=self.row, values=form.values, version=form.read_version)
        toast(self.request, _("Commande enregistrée."))
        return reverse("finance:order", args=[self.row.pk])


class OrderDeleteView(OfOrder, RowActionView):
    """Delete an order; the toast takes it back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT

    def act(self, row: PurchaseOrder) -> None:
        self.demand(Permission.BUDGET_EDIT)
        delete_order(actor=self.request.member.actor, order=row)

    def next_url(self, row: PurchaseOrder) -> str:
        return reverse("finance:orders", args=[row.project_id])

    def said(self, row: PurchaseOrder) -> str:
        return _("Commande « %(order)s » supprimée.") % {"order": row}

    def undo_url(self, row: PurchaseOrder) -> str:
        return reverse("finance:order_restore", args=[row.pk])


class OrderRestoreView(OfOrder, RestoreView):
    """Bring a deleted order back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    rows = staticmethod(lambda: PurchaseOrder.everything.exclude(deleted_at=None))

    def act(self, row: PurchaseOrder) -> None:
        self.demand(Permission.BUDGET_EDIT)
        restore_order(actor=self.request.member.actor, order=row)


class OrderLineCreateView(OfOrder, OrderForms):
    """Order something more: the route's `pk` is the order's."""

    heading = gettext_lazy("Ajouter une ligne de commande")
    button = gettext_lazy("Ajouter la ligne")

    def prepare(self) -> None:
        self.order = self.fetch()
        super().prepare()

    def about(self) -> str:
        return str(self.order)

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return OrderLineForm(data, initial={"month": first_of_month(today())})

    def save(self, form: Any) -> str:
        add_order_line(actor=self.request.member.actor, line=PurchaseOrderLine(order=self.order, **form.values))
        toast(self.request, _("Ligne de commande ajoutée."))
        return reverse("finance:order", args=[self.order.pk])


class OrderLineChangeView(OfOrderLine, OrderForms):
    """Change a line of an order."""

    heading = gettext_lazy("Modifier la ligne de commande")

    def prepare(self) -> None:
        self.row = self.fetch()
        super().prepare()

    def about(self) -> str:
        return str(self.row.order)

    def delete_url(self) -> str:
        return reverse("finance:order_line_delete", args=[self.row.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return OrderLineForm(data, initial=initial_of(self.row, OrderLineForm))

    def save(self, form: Any) -> str:
        change_order_line(
            actor=self.request.member.actor, line=self.row, values=form.values, version=form.read_version
        )
        toast(self.request, _("Ligne de commande enregistrée."))
        return reverse("finance:order", args=[self.row.order_id])


class OrderLineDeleteView(OfOrderLine, RowActionView):
    """Take a line off an order; the toast takes it back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT

    def act(self, row: PurchaseOrderLine) -> None:
        self.demand(Permission.BUDGET_EDIT)
        delete_order_line(actor=self.request.member.actor, line=row)

    def next_url(self, row: PurchaseOrderLine) -> str:
        return reverse("finance:order", args=[row.order_id])

    def said(self, row: PurchaseOrderLine) -> str:
        return _("Ligne « %(line)s » supprimée.") % {"line": row}

    def undo_url(self, row: PurchaseOrderLine) -> str:
        return reverse("finance:order_line_restore", args=[row.pk])


class OrderLineRestoreView(OfOrderLine, RestoreView):
    """Bring a deleted line back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    rows = staticmethod(lambda: PurchaseOrderLine.everything.exclude(deleted_at=None).filter(order__deleted_at=None))

    def act(self, row: PurchaseOrderLine) -> None:
        self.demand(Permission.BUDGET_EDIT)
        restore_order_line(actor=self.request.member.actor, line=row)
