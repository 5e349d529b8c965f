"""The rows of the treasury in the API: accounts, contracts, instalments, invoices, payments, payroll, rates."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Model, QuerySet
from rest_framework import serializers

from portfolio.finance.models import PurchaseOrder
from portfolio.planning.models import Task
from portfolio.projects.api_fields import VisibleProjectField
from portfolio.projects.models import Milestone
from portfolio.treasury.actions import change_row, create_row, delete_row
from portfolio.treasury.models import (
    DIRECTIONS,
    PAYMENT_KINDS,
    BankAccount,
    Contract,
    ContractInstalment,
    ExchangeRate,
    Invoice,
    InvoiceStatus,
    Payment,
    PayrollRule,
    VatRate,
)
from portfolio.treasury.queries import with_paid
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.models import EditableModel
from tech4value.web.api import EditViewSet

STAMPS = ("version", "created_at", "updated_at")


class TreasuryField(serializers.PrimaryKeyRelatedField):
    """The key of a live row of the organisation; `of_contract` ones follow their contract to the bin."""

    def __init__(self, model: Any = None, **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        """Read at each request: a class body has no tenant."""
        rows: QuerySet[Any] = self.model.objects.all()
        if self.model in {ContractInstalment, Invoice}:
            return rows.filter(contract__deleted_at=None).select_related("contract")
        return rows.filter(project__deleted_at=None) if self.model in {Milestone, Task} else rows


class RowSerializer(serializers.ModelSerializer[Any]):
    """What is common: the rules of `rules.check` say what is wrong, in a sentence."""

    def get_validators(self) -> list[Any]:
        """None: the database's uniqueness is said by the action."""
        return []


class RowViewSet(EditViewSet):
    """Rows of one kind: a subclass gives its serializer and filters."""

    permission = Permission.CASH_VIEW
    write_permission = Permission.CASH_EDIT
    model: ClassVar[type[EditableModel]]

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.all()
        return rows

    def perform_creation(self, data: dict[str, Any]) -> Model:
        return create_row(actor=self.actor, row=self.model(**data))

    def perform_change(self, row: EditableModel, data: dict[str, Any], version: int | None) -> None:
        change_row(actor=self.actor, row=row, values=data, version=version)

    def perform_deletion(self, row: EditableModel) -> None:
        delete_row(actor=self.actor, row=row)


class BankAccountSerializer(RowSerializer):
    """An account: what it held at the end of `opening_on`, and its part of the threshold."""

    currency = serializers.CharField(max_length=3, required=False)

    class Meta:
        model = BankAccount
        fields = ("id", "name", "currency", "opening_on", "opening_balance", "threshold", *STAMPS)


class BankAccountViewSet(RowViewSet):
    """Accounts that the cash plan starts from."""

    model = BankAccount
    serializer_class = BankAccountSerializer


class ContractSerializer(RowSerializer):
    """A contract. `term_kind`: net, days_eom (days, then the end of the month), eom_days (the other way round)."""

    project = VisibleProjectField(permission=Permission.CASH_VIEW, required=False, allow_null=True)
    order = TreasuryField(PurchaseOrder, required=False, allow_null=True)
    currency = serializers.CharField(max_length=3, required=False)

    class Meta:
        model = Contract
        fields = (
            "id",
            "name",
            "reference",
            "direction",
            "counterparty",
            "project",
            "order",
            "currency",
            "net_amount",
            "term_kind",
            "term_days",
            "term_day",
            "vat_kind",
            "vat_basis",
            *STAMPS,
        )


class ContractFilter(django_filters.FilterSet):
    """Which contracts: of a project, of customers or suppliers."""

    project = django_filters.UUIDFilter(field_name="project_id")
    direction = django_filters.ChoiceFilter(choices=DIRECTIONS)

    class Meta:
        model = Contract
        fields: tuple[str, ...] = ()


class ContractViewSet(RowViewSet):
    """Contracts with customers and suppliers."""

    model = Contract
    serializer_class = ContractSerializer
    filterset_class = ContractFilter

    def rows(self) -> QuerySet[Any]:
        return super().rows().select_related("project")


class ContractInstalmentSerializer(RowSerializer):
    """What a contract invoices: an `amount` or a `share` (0-1), triggered by a milestone or a task, a date, or a
    recurrence."""

    contract = TreasuryField(Contract)
    milestone = TreasuryField(Milestone, required=False, allow_null=True)
    task = TreasuryField(Task, required=False, allow_null=True)

    class Meta:
        model = ContractInstalment
        fields = (
            "id",
            "contract",
            "name",
            "amount",
            "share",
            "trigger_kind",
            "milestone",
            "task",
            "offset_days",
            "starts_on",
            "ends_on",
            "every",
            "in_arrears",
            *STAMPS,
        )


class OfContractFilter(django_filters.FilterSet):
    """Which rows: of a contract."""

    contract = django_filters.UUIDFilter(field_name="contract_id")


class ContractInstalmentViewSet(RowViewSet):
    """What contracts invoice, and when."""

    model = ContractInstalment
    serializer_class = ContractInstalmentSerializer
    filterset_class = OfContractFilter

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(contract__deleted_at=None).select_related("contract")


class InvoiceSerializer(RowSerializer):
    """An invoice. Without `vat_amount` and `due_on`, they follow from its contract. `rest`: what is left to pay."""

    contract = TreasuryField(Contract)
    instalment = TreasuryField(ContractInstalment, required=False, allow_null=True)
    vat_amount = serializers.DecimalField(max_digits=14, decimal_places=2, required=False)
    due_on = serializers.DateField(required=False)
    rest = serializers.SerializerMethodField()

    class Meta:
        model = Invoice
        fields = (
            "id",
            "contract",
            "instalment",
            "period_on",
            "number",
            "issued_on",
            "delivered_on",
            "due_on",
            "net_amount",
            "vat_amount",
            "rest",
            "status",
            *STAMPS,
        )

    def get_rest(self, row: Invoice) -> str | None:
        """Null on the answer that creates it."""
        rest = getattr(row, "rest", None)
        return None if rest is None else f"{rest:.2f}"


class InvoiceFilter(OfContractFilter):
    """Which invoices: of a contract, a project, a state, due from and to a day."""

    project = django_filters.UUIDFilter(field_name="contract__project_id")
    status = django_filters.ChoiceFilter(choices=InvoiceStatus.choices)
    due_from = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")


class InvoiceViewSet(RowViewSet):
    """Invoices sent and received."""

    model = Invoice
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter

    def rows(self) -> QuerySet[Any]:
        return with_paid(super().rows().filter(contract__deleted_at=None).select_related("contract", "instalment"))


class PaymentSerializer(RowSerializer):
    """A payment: of an invoice in its currency, of pay, charges or VAT for a `month`, or another signed movement."""

    account = TreasuryField(BankAccount)
    invoice = TreasuryField(Invoice, required=False, allow_null=True)
    payroll = TreasuryField(PayrollRule, required=False, allow_null=True)

    class Meta:
        model = Payment
        fields = ("id", "account", "kind", "invoice", "payroll", "month", "paid_on", "amount", "label", *STAMPS)


class PaymentFilter(django_filters.FilterSet):
    """Which payments: of an account, an invoice, a kind, from and to a day."""

    account = django_filters.UUIDFilter(field_name="account_id")
    invoice = django_filters.UUIDFilter(field_name="invoice_id")
    kind = django_filters.ChoiceFilter(choices=PAYMENT_KINDS)
    paid_from = django_filters.DateFilter(field_name="paid_on", lookup_expr="gte")
    paid_to = django_filters.DateFilter(field_name="paid_on", lookup_expr="lte")

    class Meta:
        model = Payment
        fields: tuple[str, ...] = ()


class PaymentViewSet(RowViewSet):
    """What has moved on the accounts."""

    model = Payment
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter

    def rows(self) -> QuerySet[Any]:
        return (
            super().rows().filter(account__deleted_at=None).select_related("account", "invoice__contract", "payroll")
        )


class PayrollRuleSerializer(RowSerializer):
    """What a team is paid each month, and its charges."""

    class Meta:
        model = PayrollRule
        fields = (
            "id",
            "name",
            "net_amount",
            "charges_amount",
            "pay_day",
            "charges_day",
            "starts_on",
            "ends_on",
            *STAMPS,
        )


class PayrollRuleViewSet(RowViewSet):
    """Payrolls of the cash plan."""

    model = PayrollRule
    serializer_class = PayrollRuleSerializer


class ExchangeRateSerializer(RowSerializer):
    """How many units of `currency` one unit of the organisation's buys, from a day on."""

    class Meta:
        model = ExchangeRate
        fields = ("id", "currency", "starts_on", "rate", *STAMPS)


class ExchangeRateViewSet(RowViewSet):
    """Rates of exchange, by date."""

    model = ExchangeRate
    serializer_class = ExchangeRateSerializer


class VatRateSerializer(RowSerializer):
    """What a rate of VAT is worth (0-1) from a day on."""

    class Meta:
        model = VatRate
        fields = ("id", "kind", "starts_on", "rate", *STAMPS)


class VatRateViewSet(RowViewSet):
    """Rates of VAT that the organisation has set over those of the law."""

    model = VatRate
    serializer_class = VatRateSerializer
