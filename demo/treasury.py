"""The contracts of a company, three months of what was invoiced and paid, and a threshold near enough to matter."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Final

from demo.organisation import Company
from demo.story import Anchor, CashStory, ContractStory
from portfolio.planning.models import Task
from portfolio.projects.models import Milestone
from portfolio.treasury.actions import change_row, create_row
from portfolio.treasury.domain.billing import billings
from portfolio.treasury.domain.books import PaymentKind
from portfolio.treasury.domain.cash import Flow, FlowKind, forecast
from portfolio.treasury.ledger import MILESTONE, Ledger, load_ledger
from portfolio.treasury.models import (
    BankAccount,
    Contract,
    ContractInstalment,
    ExchangeRate,
    Invoice,
    Payment,
    PayrollRule,
    TriggerKind,
    VatRate,
)
from portfolio.treasury.queries import cash_plan
from tech4value.audit.actor import Actor

MONTHS_KEPT: Final = 3
# What was paid is seldom what had been foreseen, to the euro.
OF_FORESEEN: Final = Decimal("1.0065")
ROUNDED_TO: Final = Decimal(10_000)
PASSES: Final = 6


def load_cash(company: Company, anchor: Anchor) -> None:
    """Nothing for a company without a story of its cash."""
    story = company.story.cash
    if story is None:
        return
    actor = company.actor(story.keeper)
    opening = anchor.month(1 - MONTHS_KEPT) - timedelta(days=1)
    begun = actor.on(opening)
    for currency, rate in story.rates:
        create_row(actor=begun, row=ExchangeRate(currency=currency, starts_on=opening, rate=Decimal(rate)))
    # As the law has it: what the organisation may change is there to be seen.
    reduced = VatRate(kind="reduced", starts_on=date(2014, 1, 1), rate=Decimal("0.055"))
    create_row(actor=begun, row=reduced)
    for account in story.accounts:
        create_row(
            actor=begun,
            row=BankAccount(
                name=account.name,
                opening_on=opening,
                opening_balance=Decimal(account.balance),
                threshold=Decimal(account.threshold),
            ),
        )
    for pay in story.payrolls:
        create_row(
            actor=begun,
            row=PayrollRule(
                name=pay.name,
                net_amount=Decimal(pay.net),
                charges_amount=Decimal(pay.charges),
                pay_day=pay.pay_day,
                charges_day=pay.charges_day,
                starts_on=anchor.month(-MONTHS_KEPT),
            ),
        )
    for contract in story.contracts:
        _load_contract(begun, company, contract, anchor)
    _load_past(actor, anchor.day)
    _set_threshold(actor, company, story, anchor.day)


def _load_contract(actor: Actor, company: Company, story: ContractStory, anchor: Anchor) -> None:
    contract = create_row(
        actor=actor,
        row=Contract(
            name=story.name,
            direction=story.direction,
            counterparty=story.counterparty,
            project=company.projects[story.project] if story.project else None,
            currency=story.currency,
            net_amount=Decimal(story.net) if story.net else None,
            term_kind=story.terms,
            term_days=story.days,
            vat_kind=story.vat,
            vat_basis=story.basis,
        ),
    )
    for one in story.instalments:
        row = ContractInstalment(contract=contract, name=one.name)
        row.amount = Decimal(one.amount) if one.amount else None
        row.share = Decimal(one.share) if one.share else None
        if one.milestone:
            row.trigger_kind = TriggerKind.PLAN
            row.milestone = Milestone.objects.get(project=contract.project, name=one.milestone)
        elif one.task:
            row.trigger_kind = TriggerKind.PLAN
            row.task = Task.objects.get(project=contract.project, name=one.task)
        else:
            row.trigger_kind, row.every = TriggerKind.RECURRENCE, one.every
            row.starts_on, row.in_arrears = anchor.month(one.month), one.in_arrears
        create_row(actor=actor, row=row)


def _load_past(actor: Actor, day: date) -> None:
    """What was due before today was invoiced and paid on its day. What pays VAT moves with what was paid: as many
    passes as it takes."""
    numbers = count(2001)
    account = BankAccount.objects.earliest("pk")
    for _pass in range(PASSES):
        ledger = load_ledger()
        late = [flow for flow in forecast(ledger.books, day).flows if flow.late]
        if not late:
            return
        for flow in late:
            _settle(actor.on(flow.due_on), account, flow, ledger, numbers)


def _settle(actor: Actor, account: BankAccount, flow: Flow, ledger: Ledger, numbers: "count[int]") -> None:
    payment = Payment(account=account, paid_on=flow.due_on, month=flow.month, amount=-flow.amount)
    if flow.kind is FlowKind.VAT:
        payment.kind = PaymentKind.VAT.value
    elif flow.kind is FlowKind.PAYROLL:
        payment.kind = (PaymentKind.CHARGES if flow.charges else PaymentKind.NET_PAY).value
        payment.payroll = ledger.payrolls[flow.payroll]
        payment.amount = (payment.amount * OF_FORESEEN).quantize(Decimal("0.01"))
    else:
        contract, instalment = ledger.contracts[flow.contract], ledger.instalments[flow.instalment]
        known = billings(ledger.books, flow.day, flow.day)
        place = (flow.instalment, flow.period_on)
        invoiced = next(one.invoiced_on for one in known if (one.instalment, one.period_on) == place)
        invoice = create_row(
            actor=actor,
            row=Invoice(
                contract=contract,
                instalment=instalment,
                period_on=flow.period_on,
                number=f"F-{next(numbers)}",
                issued_on=invoiced,
                due_on=flow.due_on,
                net_amount=instalment.amount,
            ),
        )
        payment.kind, payment.invoice, payment.amount = PaymentKind.INVOICE.value, invoice, invoice.gross_amount
    create_row(actor=actor, row=payment)


def _set_threshold(actor: Actor, company: Company, story: CashStory, day: date) -> None:
    """Between the lowest balance of the plan and that of the plan with the slip: rounded, as people set it."""
    code, name, weeks = story.slips
    milestone = Milestone.objects.get(project=company.projects[code], name=name)
    plan = cash_plan(day)
    if plan is None:
        return
    key = f"{MILESTONE}{milestone.pk}"
    later = plan.moved({key: plan.ledger.books.triggers[key].on + timedelta(weeks=weeks)})
    held, slipped = plan.balances[plan.lowest_on], later.balances[later.lowest_on]
    if slipped >= held:
        return
    total = ((held + slipped) / 2 // ROUNDED_TO) * ROUNDED_TO
    first, *others = BankAccount.objects.order_by("pk")
    share = total - sum((one.threshold for one in others), Decimal(0))
    change_row(actor=actor, row=first, values={"threshold": max(share, Decimal(0))})
