"""The simulation against what can be computed on paper, on a calendar that never rests."""

from datetime import datetime, timedelta
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest

from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain.network import Dependency, EffortType, PlanTask, TaskAssignment
from portfolio.planning.domain.schedule import Planner
from portfolio.simulation.domain.draws import Draws, normal_scores
from portfolio.simulation.domain.errors import SimulationError
from portfolio.simulation.domain.estimates import Distribution, Estimate
from portfolio.simulation.domain.outcome import Outcome, RiskEvent, Uncertainty
from portfolio.simulation.domain.simulation import simulate
from tests.portfolio.planning.domain.random_plans import random_plan

ALWAYS = Calendar("Continu", (((0, 1440),),) * 7)
START = datetime(2026, 3, 2)
DAY = 1440


def planner(tasks: list[PlanTask], links: list[Dependency] | None = None) -> Planner:
    return Planner(tasks, links or [], calendar=ALWAYS, project_start=START)


def chain(count: int, minutes: int = 10 * DAY) -> Planner:
    tasks = [PlanTask(str(number), minutes) for number in range(count)]
    return planner(tasks, [Dependency(str(number - 1), str(number)) for number in range(1, count)])


def days(outcome: Outcome, level: float) -> float:
    return (outcome.end.at(level) - START) / timedelta(days=1)


def triangular(level: float, low: float, peak: float, high: float) -> float:
    """The quantile on paper."""
    share = (peak - low) / (high - low)
    if level < share:
        return low + sqrt(level * (high - low) * (peak - low))
    return high - sqrt((1 - level) * (high - low) * (high - peak))


TRIANGLE = Estimate(8 * DAY, 10 * DAY, 18 * DAY, Distribution.TRIANGULAR)


def test_one_triangular_task_has_the_quantiles_of_its_law() -> None:
    outcome = simulate(chain(1), Uncertainty({"0": TRIANGLE}, runs=40_000))
    for level in (0.1, 0.5, 0.8, 0.9):
        assert days(outcome, level) == pytest.approx(triangular(level, 8, 10, 18), abs=0.08)


def test_a_sum_of_triangulars_has_their_mean_and_variance() -> None:
    count = 30
    outcome = simulate(chain(count), Uncertainty({str(number): TRIANGLE for number in range(count)}, runs=20_000))
    law = NormalDist(count * 12, sqrt(count * (8**2 + 10**2 + 18**2 - 80 - 144 - 180) / 18))
    for level in (0.1, 0.5, 0.8, 0.9):
        assert days(outcome, level) == pytest.approx(law.inv_cdf(level), abs=0.5)


def test_the_later_of_two_is_later_than_each() -> None:
    """P(max <= x) = F(x)²: the quantile at p is that of one task at the square root of p."""
    both = planner([PlanTask("A", 10 * DAY), PlanTask("B", 10 * DAY)])
    outcome = simulate(both, Uncertainty({"A": TRIANGLE, "B": TRIANGLE}, runs=40_000))
    for level in (0.1, 0.5, 0.8, 0.9):
        assert days(outcome, level) == pytest.approx(triangular(sqrt(level), 8, 10, 18), abs=0.08)
    assert outcome.criticality["A"] == pytest.approx(0.5, abs=0.02)


def test_pert_has_the_mean_and_variance_of_its_beta() -> None:
    estimate = Estimate(6000, 10_000, 20_000)
    drawn = estimate.table().minutes(np.random.default_rng(1).standard_normal(200_000, np.float32))
    mean = estimate.mean()
    assert drawn.mean() == pytest.approx(mean, rel=0.002)
    # Of a beta of shape 4 between a and b: (mean - a)(b - mean) / 7.
    assert drawn.var() == pytest.approx((mean - 6000) * (20_000 - mean) / 7, rel=0.02)
    assert drawn.min() >= 6000 and drawn.max() <= 20_000


def test_correlated_durations_widen_the_end_and_keep_their_laws() -> None:
    count, shares = 10, {}
    for correlation in (0.0, 0.6):
        asked = Uncertainty(
            {str(number): TRIANGLE for number in range(count)},
            groups={str(number): "dev" for number in range(count)},
            correlation=correlation,
            runs=20_000,
        )
        outcome = simulate(chain(count), asked)
        shares[correlation] = days(outcome, 0.9) - days(outcome, 0.1)
    # Var of a sum of n with correlation r: n (1 + (n - 1) r) times that of one.
    assert shares[0.6] / shares[0.0] == pytest.approx(sqrt(1 + 9 * 0.6), rel=0.08)
    scores, _events = Draws(["a", "a", "b", None], 0.6, [], 3).block(0, 100_000)
    found = np.corrcoef(scores)
    assert found[0, 1] == pytest.approx(0.6, abs=0.01) and abs(found[0, 2]) < 0.02 and abs(found[2, 3]) < 0.02
    assert scores.std(axis=1) == pytest.approx(1, abs=0.01)


def test_a_risk_happens_as_often_as_said_and_delays_by_what_it_says() -> None:
    outcome = simulate(chain(2), Uncertainty({}, (RiskEvent("R", 0.3, 5 * DAY, ("1",)),), runs=20_000))
    assert (days(outcome, 0.5), days(outcome, 0.8)) == (20, 25)
    assert outcome.end.held == pytest.approx(0.7, abs=0.02)
    (driver,) = outcome.drivers
    assert driver.risk and driver.high - driver.low == pytest.approx(5, abs=0.01)


def test_a_risk_of_the_project_delays_its_end_and_what_is_still_to_come() -> None:
    tasks = [PlanTask("A", 10 * DAY), PlanTask("M", 0)]
    plan = planner(tasks, [Dependency("A", "M")])
    outcome = simulate(plan, Uncertainty({}, (RiskEvent("R", 1, 2 * DAY),), runs=200))
    assert outcome.milestones["M"].at(0.1) == START + timedelta(days=12) == outcome.end.at(0.9)


def test_the_driver_of_the_end_is_the_one_that_varies_most() -> None:
    estimates = {"0": Estimate(9 * DAY, 10 * DAY, 11 * DAY), "1": Estimate(5 * DAY, 10 * DAY, 30 * DAY)}
    outcome = simulate(chain(2), Uncertainty(estimates))
    assert [one.key for one in outcome.drivers] == ["1", "0"]
    assert outcome.drivers[0].low < 0 < outcome.drivers[0].high
    assert outcome.drivers[0].correlation > 0.95 > 0.3 > outcome.drivers[1].correlation > 0


@pytest.mark.parametrize("seed", range(60))
def test_three_equal_points_give_the_dates_of_the_engine(seed: int) -> None:
    plan = random_plan(seed, features=frozenset(("lags", "constraints", "calendars", "summaries", "percent")))
    engine = Planner(plan.tasks, plan.links, calendar=plan.calendar, project_start=plan.start)
    parents = {task.parent for task in plan.tasks}
    estimates = {
        task.key: Estimate(task.duration_minutes, task.duration_minutes, task.duration_minutes)
        for task in plan.tasks
        if task.duration_minutes and task.key not in parents
    }
    if not estimates:
        return
    outcome = simulate(engine, Uncertainty(estimates, runs=70))
    dates = engine.schedule().tasks
    assert {moment for _level, moment in outcome.end.dates} == {outcome.end.planned}
    for key, found in outcome.milestones.items():
        assert {moment for _level, moment in found.dates} == {dates[key].finish}
    for key, share in outcome.criticality.items():
        assert share == float(dates[key].critical)


def test_done_work_stays_done_and_what_remains_is_drawn() -> None:
    """Half of ten days is done: only five are uncertain, from the data date on."""
    task = PlanTask("A", 10 * DAY, actual_start=START, percent_complete=0.5)
    plan = Planner([task], [], calendar=ALWAYS, project_start=START, data_date=START + timedelta(days=5))
    outcome = simulate(plan, Uncertainty({"A": Estimate(8 * DAY, 10 * DAY, 20 * DAY)}))
    assert 9 <= days(outcome, 0.1) < days(outcome, 0.9) <= 15
    done = PlanTask("A", 10 * DAY, actual_start=START, actual_finish=START + timedelta(days=9), percent_complete=1)
    plan = planner([done, PlanTask("B", DAY)], [Dependency("A", "B")])
    outcome = simulate(plan, Uncertainty({"A": Estimate(8 * DAY, 10 * DAY, 20 * DAY), "B": Estimate(DAY, DAY, DAY)}))
    assert days(outcome, 0.9) == 10


@pytest.mark.parametrize("estimates", [{}, {"A": Estimate(10 * DAY, 10 * DAY, 10 * DAY)}])
@pytest.mark.parametrize("people", [(), (TaskAssignment(10 * DAY),)])
def test_a_risk_adds_all_its_days_to_what_remains(
    estimates: dict[str, Estimate], people: tuple[TaskAssignment, ...]
) -> None:
    """Six days late are six days late, when half of the task is done too."""
    task = PlanTask(
        "A",
        10 * DAY,
        actual_start=START,
        percent_complete=0.5,
        effort=EffortType.FIXED_UNITS,
        assignments=people,
    )
    plan = Planner([task], [], calendar=ALWAYS, project_start=START, data_date=START + timedelta(days=5))
    outcome = simulate(plan, Uncertainty(estimates, (RiskEvent("R", 1, 6 * DAY, ("A",)),), runs=64))
    assert days(outcome, 0.5) == 16


def test_the_same_seed_gives_the_same_dates() -> None:
    asked = Uncertainty({"0": TRIANGLE, "1": TRIANGLE}, runs=3000, seed=7)
    assert simulate(chain(2), asked) == simulate(chain(2), asked)
    assert simulate(chain(2), asked) != simulate(chain(2), Uncertainty(asked.estimates, runs=3000, seed=8))


def test_it_is_told_how_far_it_is_and_can_be_stopped() -> None:
    seen: list[tuple[int, int]] = []
    simulate(chain(1), Uncertainty({"0": TRIANGLE}, runs=5000), watch=lambda done, runs: seen.append((done, runs)))
    assert seen[-1] == (5000, 5000) and len(seen) > 1

    def stop(_done: int, _runs: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(chain(1), Uncertainty({"0": TRIANGLE}, runs=5000), watch=stop)


def test_a_far_risk_needs_longer_tables() -> None:
    """A delay of twenty years on a plan of ten days: of its task, or of the whole project."""
    for touched in (("0",), ()):
        outcome = simulate(chain(1), Uncertainty({}, (RiskEvent("R", 1, 7300 * DAY, touched),), runs=64))
        assert days(outcome, 0.5) == 7310
    plan = planner([PlanTask("A", 10 * DAY), PlanTask("M", 0)], [Dependency("A", "M")])
    outcome = simulate(plan, Uncertainty({}, (RiskEvent("R", 1, 7300 * DAY),), runs=64))
    assert outcome.milestones["M"].at(0.5) == START + timedelta(days=7310)


def test_what_cannot_be_simulated_says_why() -> None:
    def code(make: object) -> str:
        with pytest.raises(SimulationError) as caught:
            make()  # type: ignore[operator]  # each is a call to refuse
        return caught.value.code

    assert code(lambda: simulate(planner([]), Uncertainty({}))) == "no_tasks"
    assert code(lambda: simulate(chain(2), Uncertainty({}))) == "no_estimates"
    assert code(lambda: simulate(chain(2), Uncertainty({"X": TRIANGLE}))) == "unknown_task"
    assert code(lambda: Estimate(3, 2, 4)) == "bad_estimate"
    assert code(lambda: Estimate(-1, 2, 4)) == "bad_estimate"
    assert code(lambda: RiskEvent("R", 1.5, 10)) == "bad_probability"
    assert code(lambda: RiskEvent("R", float("nan"), 10)) == "bad_probability"
    assert code(lambda: RiskEvent("R", 0.5, -1)) == "bad_effect"
    assert code(lambda: Uncertainty({}, correlation=1)) == "bad_correlation"
    assert code(lambda: Uncertainty({}, runs=0)) == "bad_runs"


def test_normal_scores_rank() -> None:
    scores = normal_scores(np.array([30, 10, 20]))
    assert list(np.argsort(scores)) == [1, 2, 0] and abs(float(scores.sum())) < 1e-6
