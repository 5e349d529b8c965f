"""« Pourquoi cette date ? »: the chain that makes a task's dates, and what the plan cannot have, in words.

The chain goes on through other projects, each counted as its own plan is; of one that the reader may not see, only
the dates are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portfolio.people.domain.calendar import CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.explanation import AS_LATE, Rest, Step, why
from portfolio.planning.domain.network import Dependency, LagUnit
from portfolio.planning.models import ConstraintKind, DependencyKind, Task
from portfolio.planning.outside import names_of, seen_by
from portfolio.planning.scheduling import Plan, explained, load_plan, planned
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.figures.formats import date_short, days, duration, quantity, working_days

# A chain of hundreds of tasks is told by those that are closest.
STEPS_SHOWN = 60
RESTS_TOLD = 6
# A plan that waits for a plan that waits for a plan: beyond these, the chain is told by its nearest part.
PLANS_READ = 8


@dataclass(frozen=True, slots=True)
class WhyStep:
    """One task of the chain, with its sentences: why it starts there, then what makes it last. `hidden` for a task of
    a project that the reader may not see: then only its dates are told. `link` is the kind of the dependency that
    makes it wait, `change` what has changed since the baseline, in words."""

    task: Task
    project: Project
    name: str
    hidden: bool
    starts_at: datetime
    ends_at: datetime
    reason: str
    predecessor: Task | None
    sentences: tuple[str, ...]
    link: str = ""
    change: str = ""

    @property
    def one_day(self) -> bool:
        """Whether it begins and ends on the same day."""
        return self.starts_at.date() == self.ends_at.date()


@dataclass(frozen=True, slots=True)
class Why:
    """The answer for a task: the chain from it back to what moves by itself; `left_out` steps are not told. `moved`
    says how far it is from the baseline in use, and which tasks of the chain brought it there."""

    task: Task
    steps: tuple[WhyStep, ...]
    left_out: int
    moved: tuple[str, ...] = ()


def why_this_date(plan: Plan, task: Task, member: Membership | None) -> Why:
    """Why `task` is where the engine puts it, told to `member`. Raises ValidationError for a plan that cannot be
    computed."""
    steps: list[WhyStep] = []
    following: Task | None = task
    for _round in range(PLANS_READ):
        if following is None:
            break
        away = {str(link.predecessor_id): link.predecessor for link in plan.outside}
        names = names_of(plan.tasks, plan.outside, member)
        tasks = {**away, **{str(task.pk): task for task in plan.tasks}}
        telling = Telling(plan.project, day_minutes(plan.calendar), tasks, names)
        chain = _chain(plan, following)
        outside = away.get(chain[-1].task)
        steps += [telling.step(one) for one in (chain if outside is None else chain[:-1])]
        following = outside
        if outside is not None:
            if outside.project_id not in seen_by(member, [outside.project_id]):
                steps.append(telling.hidden(outside))
                break
            plan = load_plan(outside.project)
            following = plan.by_id.get(outside.pk)
    return Why(task, tuple(steps[:STEPS_SHOWN]), max(len(steps) - STEPS_SHOWN, 0))


def _chain(plan: Plan, task: Task) -> tuple[Step, ...]:
    try:
        return why(planned(plan), str(task.pk), language=(get_language() or "fr")[:2])
    except (PlanningError, CalendarError) as error:
        raise ValidationError(explained(error, plan), code="plan") from error


class Telling:
    """The words of the steps in one project, in the reader's language: `tasks` by key are those that the steps speak
    of, `names` those that the reader may read; `day` is a working day in minutes."""

    def __init__(self, project: Project, day: int, tasks: Mapping[str, Task], names: Mapping[UUID, str]) -> None:
        self.language = get_language() or "fr"
        self.project, self.day, self.tasks, self.names = project, day, tasks, names

    def hidden(self, task: Task) -> WhyStep:
        """A task of a project that the reader may not see: where it is."""
        name, sentences = self._name(str(task.pk)), (_("Elle est dans un projet auquel vous n’avez pas accès."),)
        return WhyStep(task, task.project, name, True, task.starts_at, task.ends_at, "outside", None, sentences)

    def step(self, one: Step) -> WhyStep:
        predecessor = self.tasks.get(one.dependency.predecessor) if one.dependency is not None else None
        sentences = [self._reason(one), *self._waits(one), *self._length(one)]
        return WhyStep(
            self.tasks[one.task],
            self.project,
            self._name(one.task),
            False,
            one.start,
            one.finish,
            one.reason,
            predecessor,
            tuple(filter(None, sentences)),
            "" if one.dependency is None else str(one.dependency.type),
        )

    def _at(self, moment: datetime) -> str:
        return date_short(moment, self.language)

    def _name(self, key: str) -> str:
        return self.names[UUID(key)]

    def _reason(self, one: Step) -> str:
        task = self.tasks[one.task]
        said = {"date": self._at(one.asked)}
        match one.reason:
            case "link" if one.dependency is not None:
                return " ".join(filter(None, (self._link(one.dependency, one), self._lag(one.dependency))))
            case "project_start":
                return _("Rien ne la retient : elle commence avec le projet, le %(date)s.") % said
            case "no_earlier":
                return _("Elle ne commence pas avant le %(date)s.") % {"date": self._at(one.start)}
            case "constraint" if task.constraint_at is not None:
                kind = task.get_constraint_kind_display()
                words = {"kind": kind[:1].lower() + kind[1:], "date": self._at(task.constraint_at)}
                return _("Sa contrainte la place : %(kind)s %(date)s.") % words
            case "data_date":
                return _("Elle n’a pas commencé : ce qui reste à faire est après la date d’état, le %(date)s.") % said
            case "actual":
                return _("Elle a commencé le %(date)s : ce qui est fait ne bouge plus.") % said
            case "manual":
                return _("Elle est planifiée à la main : elle reste où elle a été mise, le %(date)s.") % said
        return self._as_late(one) if one.reason == AS_LATE else ""

    def _as_late(self, one: Step) -> str:
        if one.dependency is None:
            return _("Elle se fait le plus tard possible : elle finit avec le projet.")
        name = {"task": self._name(one.dependency.successor)}
        return _("Elle se fait le plus tard possible, sans retarder « %(task)s ».") % name

    def _link(self, link: Dependency, one: Step) -> str:
        before = self._name(link.predecessor)
        if one.through:
            before = _("%(summary)s (%(task)s)") % {"summary": before, "task": self._name(one.through)}
        said = {"task": before}
        match link.type:
            case DependencyKind.FS:
                return _("Elle commence après la fin de « %(task)s ».") % said
            case DependencyKind.SS:
                return _("Elle commence après le début de « %(task)s ».") % said
            case DependencyKind.FF:
                return _("Elle finit après la fin de « %(task)s ».") % said
        return _("Elle finit après le début de « %(task)s ».") % said

    def _lag(self, link: Dependency) -> str:
        if not link.lag:
            return ""
        size = abs(link.lag)
        if link.lag_unit is LagUnit.PERCENT:
            share = {"share": quantity(size / 100, self.language)}
            if link.lag > 0:
                return _("Avec un décalage de %(share)s %% de la durée de ce prédécesseur.") % share
            return _("Avec une avance de %(share)s %% de la durée de ce prédécesseur.") % share
        if link.lag_unit is LagUnit.ELAPSED:
            length = {"length": duration(size, self.language, minutes_per_day=24 * 60)}
            if link.lag > 0:
                return _("Avec un décalage de %(length)s de calendrier, nuits et jours fériés compris.") % length
            return _("Avec une avance de %(length)s de calendrier, nuits et jours fériés compris.") % length
        length = {"length": duration(size, self.language, minutes_per_day=self.day)}
        if link.lag > 0:
            return _("Avec un décalage de %(length)s de travail.") % length
        return _("Avec une avance de %(length)s de travail.") % length

    def _waits(self, one: Step) -> list[str]:
        if not one.waits:
            return []
        said = {"rests": self._rests(one.waits), "date": self._at(one.start)}
        return [_("Le travail reprend le %(date)s, après : %(rests)s.") % said]

    def _length(self, one: Step) -> list[str]:
        found = []
        if one.resumed is not None:
            said = {"date": self._at(one.resumed)}
            found.append(_("Ce qui reste est repris le %(date)s, après la date d’état.") % said)
        if one.duration_minutes:
            said = {"length": days(one.duration_minutes / self.day, self.language), "date": self._at(one.finish)}
            found.append(_("Elle dure %(length)s, jusqu’au %(date)s.") % said)
        if one.crosses:
            found.append(_("Sa durée enjambe : %(rests)s.") % {"rests": self._rests(one.crosses)})
        return found

    def _rests(self, rests: Sequence[Rest]) -> str:
        told = [self._rest(one) for one in rests[:RESTS_TOLD]]
        more = len(rests) - len(told)
        if more:
            told.append(ngettext("%(count)s autre repos", "%(count)s autres repos", more) % {"count": more})
        return ", ".join(told)

    def _rest(self, rest: Rest) -> str:
        first, last = date_short(rest.first, self.language), date_short(rest.last, self.language)
        name = rest.name or (_("jours non travaillés") if rest.closed else _("horaires différents"))
        if rest.first == rest.last:
            return _("%(name)s le %(day)s") % {"name": name, "day": first}
        return _("%(name)s du %(first)s au %(last)s") % {"name": name, "first": first, "last": last}


# --- conflicts


def conflict_sentences(task: Task, names: Mapping[UUID, str], *, day: int) -> list[str]:
    """What the plan asks of a task and cannot have, as the scheduler stored it. `names` of the plan's tasks, by key;
    `day` is a working day in minutes."""
    language = get_language() or "fr"
    found = []
    for code, other, minutes in task.conflicts:
        known = names.get(UUID(other), "") if other else ""
        found.append(_conflict(code, task, known, working_days(minutes / day, language)))
    return [sentence for sentence in found if sentence]


def _conflict(code: str, task: Task, other: str, late: str) -> str:
    said = {"other": other, "late": late, "kind": ConstraintKind(task.constraint_kind).label}
    match code:
        case "manual_before_link":
            return (
                _(
                    "Planifiée à la main, elle commence %(late)s avant ce que permet « %(other)s » : déplacez-la, ou "
                    "repassez-la en automatique."
                )
                % said
            )
        case "constraint_before_link":
            return (
                _(
                    "Sa contrainte « %(kind)s » la fait commencer %(late)s avant ce que permet « %(other)s » : "
                    "changez la contrainte, ou le lien."
                )
                % said
            )
        case "progress_before_link":
            return _("Elle a commencé %(late)s avant ce que permet « %(other)s » : vérifiez le lien.") % said
        case "frozen_before_link":
            return (
                _(
                    "Le projet est clôturé ou en lecture seule : la tâche n’a pas été déplacée, et commence %(late)s "
                    "avant ce que permet « %(other)s »."
                )
                % said
            )
        case "constraint_missed":
            return _("Sa contrainte « %(kind)s » n’est pas tenue, de %(late)s.") % said
        case "deadline_missed":
            return _("Son échéance est dépassée de %(late)s.") % said
        case "constraint_before_data_date":
            return (
                _(
                    "Sa contrainte « %(kind)s » la garde avant la date d’état alors qu’elle n’a pas commencé : "
                    "saisissez l’avancement, ou changez la contrainte."
                )
                % said
            )
        case "finish_link_into_summary":
            return (
                _(
                    "Le lien de « %(other)s » vers la fin de ce récapitulatif est ignoré : liez une des tâches qu’il "
                    "contient."
                )
                % said
            )
    return ""
