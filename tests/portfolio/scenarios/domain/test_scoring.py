"""What projects are worth, against sums done by hand."""

from decimal import Decimal

import pytest

from portfolio.scenarios.domain.scoring import Criteria, Points, Weights, by_start, points

THIRDS = Weights(Decimal(50), Decimal(30), Decimal(20))


def test_points_are_the_weighted_mean_of_three_scales() -> None:
    found = points(
        {
            "ERP": Criteria(Decimal(8), Decimal(200_000), 12),
            "CRM": Criteria(Decimal(4), Decimal(-50_000), 0),
            "BI": Criteria(None, None, 6),
        },
        THIRDS,
    )
    # 80 x 0.5 + 100 x 0.3 + 0 x 0.2; 40 x 0.5 - 25 x 0.3 + 100 x 0.2; 50 x 0.5 + 0 + 50 x 0.2.
    assert found["ERP"] == Points(Decimal(80), Decimal(100), Decimal(0), Decimal(70))
    assert found["CRM"] == Points(Decimal(40), Decimal(-25), Decimal(100), Decimal("32.5"))
    assert found["BI"] == Points(Decimal(50), Decimal(0), Decimal(50), Decimal(35))


def test_without_any_value_or_risk_nothing_is_divided_by_nothing() -> None:
    found = points({"A": Criteria(), "B": Criteria(npv=Decimal(0))}, Weights(Decimal(0), Decimal(0), Decimal(0)))
    assert found["A"] == found["B"] == Points(Decimal(50), Decimal(0), Decimal(100), Decimal(50))
    assert points({}, THIRDS) == {}


@pytest.mark.parametrize("total", [Decimal(80), Decimal(-80), Decimal(0)])
def test_each_month_of_waiting_takes_its_share_of_what_is_left(total: Decimal) -> None:
    values = by_start(total, 3, Decimal("0.1"))
    assert values == (total, total * Decimal("0.9"), total * Decimal("0.81"))
    assert by_start(total, 2, Decimal(0)) == (total, total)
