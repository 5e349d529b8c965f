"""What orders weigh on budgets: shares, order of months, credit notes; to the cent."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portfolio.finance.domain.budget import available
from portfolio.finance.domain.orders import InvoicedPart, OrderedPart, Weight, together, weigh

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)
LICENCES, SERVICES = ("licences", "opex"), ("services", "capex")


def part(name: tuple[str, str], month: date, amount: str) -> OrderedPart:
    return OrderedPart((*name, month), Decimal(amount))


def test_an_invoice_ends_the_commitment_of_the_earliest_month_first() -> None:
    parts = [part(LICENCES, MARCH, "500"), part(LICENCES, JANUARY, "300")]
    weights = weigh(parts, [InvoicedPart(date(2026, 2, 14), Decimal(400))], is_open=True)
    assert weights == {
        (*LICENCES, date(2026, 2, 1)): Weight(invoiced=Decimal(400)),
        (*LICENCES, MARCH): Weight(ordered=Decimal(400)),
    }


def test_an_invoice_is_shared_between_the_categories_and_the_largest_takes_the_cent() -> None:
    parts = [part(LICENCES, JANUARY, "200"), part(SERVICES, JANUARY, "100")]
    weights = weigh(parts, [InvoicedPart(JANUARY, Decimal("100.00"))], is_open=True)
    assert weights[*LICENCES, JANUARY] == Weight(Decimal("133.33"), Decimal("66.67"))
    assert weights[*SERVICES, JANUARY] == Weight(Decimal("66.67"), Decimal("33.33"))


def test_a_credit_note_commits_again_and_a_closed_order_commits_nothing() -> None:
    parts = [part(LICENCES, JANUARY, "100")]
    invoices = [InvoicedPart(JANUARY, Decimal(100)), InvoicedPart(MARCH, Decimal(-40))]
    weights = weigh(parts, invoices, is_open=True)
    assert weights[*LICENCES, JANUARY] == Weight(Decimal(40), Decimal(100))
    assert weights[*LICENCES, MARCH] == Weight(invoiced=Decimal(-40))
    closed = weigh(parts, [InvoicedPart(JANUARY, Decimal(70))], is_open=False)
    assert closed == {(*LICENCES, JANUARY): Weight(invoiced=Decimal(70))}
    assert weigh([], invoices, is_open=True) == {}


cents = st.integers(1, 10_000_000).map(lambda value: Decimal(value) / 100)
months = st.integers(1, 12).map(lambda month: date(2026, month, 1))
categories = st.sampled_from(["staff", "licences", "services"])


def _part(values: tuple[str, date, Decimal]) -> OrderedPart:
    category, month, amount = values
    return OrderedPart((category, "opex", month), amount)


@given(
    st.lists(st.tuples(categories, months, cents).map(_part), min_size=1, max_size=6),
    st.lists(st.tuples(months, cents).map(lambda values: InvoicedPart(*values)), max_size=4),
)
def test_committed_and_invoiced_add_up_to_the_cent(parts: list[OrderedPart], invoices: list[InvoicedPart]) -> None:
    weights = weigh(parts, invoices, is_open=True)
    ordered = sum((one.amount for one in parts), Decimal(0))
    invoiced = sum((one.amount for one in invoices), Decimal(0))
    assert sum(weight.invoiced for weight in weights.values()) == invoiced
    committed = sum(weight.ordered for weight in weights.values())
    assert all(weight.ordered >= 0 for weight in weights.values())
    # Shares are rounded: a category may be ended a cent before another.
    slack = Decimal("0.01") * len(invoices) * 3
    assert abs(committed - max(ordered - invoiced, Decimal(0))) <= slack
    assert (
        together([weights, weights])[next(iter(weights))]
        == weights[next(iter(weights))] + weights[next(iter(weights))]
    )


def test_what_is_left_of_a_line() -> None:
    def left(*amounts: int) -> Decimal:
        return available(*(Decimal(one) for one in amounts))

    assert left(100, 95, 95) == 5, "what is typed as committed is signed in all, spent or not"
    assert left(1000, 500, 300, 500, 300) == 200, "an order's commitment ends as it is invoiced"
    assert left(1000, 600, 340, 500, 300) == 100, "both: 500 + 300 of orders, 100 typed"
    assert left(100, 0, 120) == 0
