"""How far milestones are from their promise, without a database."""

from datetime import date

import pytest

from portfolio.projects.models import Milestone, Project
from portfolio.projects.queries import elapsed_share, milestone_chart, milestone_status, variance

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("due", "baseline", "actual", "days", "status"),
    [
        (20, 20, None, 0, "not_started"),
        (25, 20, None, 5, "at_risk"),
        (15, 20, None, -5, "not_started"),
        (10, 10, None, 5, "off_track"),  # it is the 15th: five days late already, and counting
        (10, 8, None, 7, "off_track"),
        (10, 8, 9, 1, "closed"),
        (10, 12, 9, -3, "closed"),
        (10, None, 12, 2, "closed"),
    ],
)
def test_a_milestone_against_its_promise(
    due: int, baseline: int | None, actual: int | None, days: int, status: str
) -> None:
    def june(day: int | None) -> date | None:
        return None if day is None else date(2026, 6, day)

    milestone = Milestone(name="Pilote", due_on=june(due), baseline_on=june(baseline), actual_on=june(actual))
    gap = variance(milestone, TODAY)
    assert (gap.days, gap.met, gap.late) == (days, actual is not None, days > 0)
    assert milestone_status(milestone, TODAY) == status


def test_the_time_gone_by_stays_between_none_and_all() -> None:
    project = Project(starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 30))
    assert elapsed_share(project, date(2026, 5, 1)) == 0
    assert elapsed_share(project, TODAY) == 0.5
    assert elapsed_share(project, date(2026, 8, 1)) == 1


def test_no_milestone_no_chart() -> None:
    assert milestone_chart([], TODAY, "") is None
