"""When a milestone is late: the same on a project's pages, the roadmap and the dashboard."""

from datetime import date

import pytest

from portfolio.projects.models import Milestone
from portfolio.projects.queries import milestone_status, variance

TODAY = date(2026, 11, 22)
PAST, COMING = date(2026, 11, 5), date(2026, 12, 3)


@pytest.mark.parametrize(
    ("promised", "due", "actual", "status", "days"),
    [
        (PAST, COMING, None, "off_track", 28),  # the promise is broken, the new date still to come
        (PAST, PAST, None, "off_track", 17),
        (COMING, PAST, None, "off_track", -11),
        (COMING, date(2026, 12, 10), None, "at_risk", 7),
        (COMING, COMING, None, "not_started", 0),
        (None, COMING, None, "not_started", 0),
        (PAST, COMING, date(2026, 11, 20), "closed", 15),
    ],
)
def test_a_milestone_is_late_once_its_promised_or_due_date_is_past(
    promised: date | None, due: date, actual: date | None, status: str, days: int
) -> None:
    milestone = Milestone(name="Recette", baseline_on=promised, due_on=due, actual_on=actual)
    assert milestone_status(milestone, TODAY) == status
    assert variance(milestone, TODAY).days == days
