"""A contract and an invoice, as pages: what they hold, and when it is to be paid."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from portfolio.finance.domain.budget import ZERO
from portfolio.people.pages import layout
from portfolio.treasury.domain.billing import billings
from portfolio.treasury.domain.cash import horizon
from portfolio.treasury.ledger import load_ledger, trigger_key
from portfolio.treasury.lists import ContractTable, InvoiceTable, PaymentTable
from portfolio.treasury.models import Contract, Invoice, Payment
from portfolio.treasury.queries import with_paid
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tables.pages import TablePage, TableView
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView


class CashTableView(TableView):
    """A list, with what may be added to it."""

    permission = Permission.CASH_VIEW

    def context(self, listed: TablePage) -> dict[str, Any]:
        return {"may_edit": self.request.member.can(Permission.CASH_EDIT)}


class ContractsView(CashTableView):
    """Every contract."""

    table = ContractTable
    template_name = "portfolio/treasury/contracts.html"


class InvoicesView(CashTableView):
    """Every invoice."""

    table = InvoiceTable
    template_name = "portfolio/treasury/invoices.html"


class PaymentsView(CashTableView):
    """Every payment."""

    table = PaymentTable
    template_name = "portfolio/treasury/payments.html"


class ContractView(MemberView):
    """One contract: instalments with the days that the plan gives them, invoices with what is paid of them."""

    permission = Permission.CASH_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        contract = get_object_or_404(Contract.objects.select_related("project", "order"), pk=pk)
        ledger, day = load_ledger(), today()
        coming = [
            one
            for one in billings(ledger.books, day, horizon(day))
            if one.contract.key == str(pk) and not one.invoice and one.due_on >= day
        ]
        invoices = list(with_paid(Invoice.objects.filter(contract=contract)).order_by("-issued_on"))
        context = {
            "layout": layout(request),
            "contract": contract,
            "may_edit": request.member.can(Permission.CASH_EDIT),
            "instalments": [
                {
                    "row": row,
                    "trigger": ledger.triggers.get(trigger_key(row), ""),
                    "url": _trigger_url(row, contract),
                    "gone": row in ledger.undated,
                }
                for row in ledger.instalments.values()
                if row.contract_id == contract.pk
            ],
            "coming": sorted(coming, key=lambda one: one.due_on),
            "names": {key: row.name for key, row in ledger.instalments.items()},
            "invoices": invoices,
            "invoiced": sum((one.gross for one in invoices if one.status != "cancelled"), ZERO),
            "paid": sum((one.paid for one in invoices), ZERO),
            "today": day,
        }
        return render(request, "portfolio/treasury/contract.html", context)


def _trigger_url(row: Any, contract: Contract) -> str:
    if row.task_id:
        return reverse("planning:task", args=[row.task_id])
    return (
        reverse("projects:milestones", args=[contract.project_id]) if row.milestone_id and contract.project_id else ""
    )


class InvoiceView(MemberView):
    """One invoice, and its payments."""

    permission = Permission.CASH_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        rows = with_paid(Invoice.objects.filter(contract__deleted_at=None))
        invoice: Any = get_object_or_404(rows.select_related("contract__project", "instalment"), pk=pk)
        context = {
            "layout": layout(request),
            "invoice": invoice,
            "contract": invoice.contract,
            "late": invoice.status == "open" and invoice.rest and invoice.due_on < today(),
            "payments": Payment.objects.filter(invoice=invoice).select_related("account"),
            "may_edit": request.member.can(Permission.CASH_EDIT),
        }
        return render(request, "portfolio/treasury/invoice.html", context)
