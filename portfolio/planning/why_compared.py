"""Why a task has moved: the chain that makes its date, against the baseline in use of each plan that it goes through.

The gap of each task of the chain is what it received from the one before it, and what it added itself: those that
added are the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.planning.domain.durations import day_minutes, in_days
from portfolio.planning.domain.variance import Dated, Variance, variance
from portfolio.planning.models import Baseline, BaselineTask, DependencyKind
from portfolio.planning.why import Why, WhyStep
from tech4value.figures.formats import date_short, days, working_days

NAMED = 3
"""How many tasks the answer names as those that moved the date."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """What a task has moved by, in working minutes: its finish and its start against its baseline, its duration, and
    what of its finish it has not received. `variance` is None for one that the baseline does not hold."""

    step: WhyStep
    then: BaselineTask | None
    variance: Variance | None
    added: int


def compared(answer: Why, calendar: Calendar) -> Why:
    """The answer with what has changed since the baselines in use (the latest of each project). Two statements."""
    told = [step for step in answer.steps if not step.hidden]
    baselines = _in_use({step.project.pk for step in told})
    own = baselines.get(answer.task.project_id)
    if own is None or not told:
        return answer
    rows = BaselineTask.objects.filter(baseline__in=baselines.values(), task__in=[step.task.pk for step in told])
    frozen = {row.task_id: row for row in rows}
    try:
        gaps = _gaps(told, frozen, baselines, calendar)
    except CalendarError:  # dates out of the reach of the calendar have no distance
        return answer
    telling = _Telling(day_minutes(calendar))
    changes = {gap.step.task.pk: telling.change(gap) for gap in gaps}
    steps = tuple(
        step if step.hidden else replace(step, change=changes.get(step.task.pk, "")) for step in answer.steps
    )
    return replace(answer, steps=steps, moved=telling.moved(gaps, own))


def _in_use(projects: set[UUID]) -> dict[UUID, Baseline]:
    """The latest baseline of each project."""
    found: dict[UUID, Baseline] = {}
    for one in Baseline.objects.filter(project__in=projects):
        found.setdefault(one.project_id, one)
    return found


def _gaps(
    steps: Sequence[WhyStep],
    frozen: dict[UUID, BaselineTask],
    baselines: dict[UUID, Baseline],
    calendar: Calendar,
) -> list[_Gap]:
    """From the end of the chain, where nothing is received, to the task that was asked about."""
    found: list[_Gap] = []
    received = 0
    for index in range(len(steps) - 1, -1, -1):
        step, then = steps[index], frozen.get(steps[index].task.pk)
        after = steps[index - 1] if index else None
        gap = None if then is None else variance(_dated(step), _dated(then), calendar)
        if gap is not None:
            added, passed = gap.finish - received, gap.start if _from_start(after) else gap.finish
        elif step.project.pk in baselines and (following := _start_gap(after, frozen, calendar)) is not None:
            # New since: what follows it has moved by what it brings.
            added, passed = following - received, following
        else:
            added, passed = 0, received
        found.append(_Gap(step, then, gap, added))
        received = passed
    return found[::-1]


def _from_start(after: WhyStep | None) -> bool:
    """Whether what follows waits for the start of the task."""
    return after is not None and after.link in {DependencyKind.SS, DependencyKind.SF}


def _start_gap(after: WhyStep | None, frozen: dict[UUID, BaselineTask], calendar: Calendar) -> int | None:
    then = None if after is None else frozen.get(after.task.pk)
    if after is None or then is None:
        return None
    return variance(_dated(after), _dated(then), calendar).start


def _dated(row: WhyStep | BaselineTask) -> Dated:
    if isinstance(row, WhyStep):
        return Dated(row.starts_at, row.ends_at, row.task.duration_minutes, row.task.work_minutes)
    return Dated(row.starts_at, row.ends_at, row.duration_minutes, row.work_minutes)


class _Telling:
    """The words, in the reader's language; `day` is a working day in minutes."""

    def __init__(self, day: int) -> None:
        self.language, self.day = get_language() or "fr", day

    def _days(self, minutes: int, *, signed: bool = False) -> str:
        return working_days(in_days(minutes, self.day), self.language, signed=signed)

    def change(self, gap: _Gap) -> str:
        """What is longer, later or new in one task."""
        if gap.then is None or gap.variance is None:
            return _("Elle n’est pas dans la référence.")
        said = []
        if gap.variance.duration:
            said.append(self._length(gap))
        own = gap.added - gap.variance.duration
        if own:
            # Later by itself: a constraint, a lag, rests that its dates now cross.
            words = (
                _("Elle glisse d’elle-même (contrainte, décalage ou repos) : %(gap)s.")
                if own > 0
                else _("Elle rattrape %(gap)s.")
            )
            said.append(words % {"gap": self._days(own, signed=True) if own > 0 else self._days(-own)})
        if gap.variance.finish:
            then = {"date": date_short(gap.then.ends_at, self.language)}
            gap_words = {"gap": self._days(gap.variance.finish, signed=True)}
            said.append(_("Elle finissait le %(date)s dans la référence : %(gap)s.") % {**then, **gap_words})
        return " ".join(said)

    def _length(self, gap: _Gap) -> str:
        if gap.then is None or gap.variance is None:
            return ""
        return _("Elle dure %(now)s, %(then)s dans la référence : %(gap)s.") % {
            "now": days(in_days(gap.step.task.duration_minutes, self.day), self.language),
            "then": days(in_days(gap.then.duration_minutes, self.day), self.language),
            "gap": self._days(gap.variance.duration, signed=True),
        }

    def moved(self, gaps: Sequence[_Gap], baseline: Baseline) -> tuple[str, ...]:
        """How far the task is from its baseline, and the tasks of the chain that brought it there, the most first."""
        first = gaps[0]
        names = {"task": first.step.name, "baseline": baseline.name}
        if first.then is None or first.variance is None:
            return (_("« %(task)s » n’est pas dans la référence « %(baseline)s ».") % names,)
        late = first.variance.finish
        dates = {
            "now": date_short(first.step.ends_at, self.language),
            "then": date_short(first.then.ends_at, self.language),
            "gap": self._days(abs(late)),
        }
        if not late:
            return (
                _("« %(task)s » finit le %(now)s, comme dans la référence « %(baseline)s ».") % {**names, **dates},
            )
        if late > 0:
            head = _(
                "« %(task)s » finit le %(now)s au lieu du %(then)s dans la référence « %(baseline)s » : %(gap)s "
                "plus tard."
            )
        else:
            head = _(
                "« %(task)s » finit le %(now)s au lieu du %(then)s dans la référence « %(baseline)s » : %(gap)s "
                "plus tôt."
            )
        reasons = sorted((gap for gap in gaps if gap.added * late > 0), key=lambda gap: -abs(gap.added))[:NAMED]
        return (head % {**names, **dates}, *(self._reason(gap) for gap in reasons))

    def _reason(self, gap: _Gap) -> str:
        said = {"task": gap.step.name, "gap": self._days(gap.added, signed=True)}
        if gap.then is None or gap.variance is None:
            return _("« %(task)s » : %(gap)s, ajoutée depuis la référence.") % said
        if gap.variance.duration * gap.added > 0:
            now = days(in_days(gap.step.task.duration_minutes, self.day), self.language)
            then = days(in_days(gap.then.duration_minutes, self.day), self.language)
            return _("« %(task)s » : %(gap)s. Elle dure %(now)s, %(then)s dans la référence.") % {
                **said,
                "now": now,
                "then": then,
            }
        if gap.step.reason == "constraint":
            return _("« %(task)s » : %(gap)s, par sa contrainte.") % said
        return _("« %(task)s » : %(gap)s, d’elle-même (contrainte, décalage ou repos).") % said
