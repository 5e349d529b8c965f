"""What the three proposals say: what they do, what they change, why one cannot be made."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.people.models import SkillLevel
from portfolio.scenarios.domain.operations import Operation, Reassign, ReduceTask, SplitTask
from portfolio.scenarios.domain.proposals import Nature, Proposal, Why
from portfolio.scenarios.domain.proposals_swap import known_by
from portfolio.scenarios.domain.world import SECOND
from portfolio.scenarios.naming import Naming
from portfolio.scenarios.proposals import Answer
from portfolio.scenarios.proposals_effect import CashMove, DateMove, Effect
from portfolio.scenarios.words import amount, day, language, sentence
from tech4value.figures import formats

TITLES: Final[Mapping[Nature, str | Promise]] = {
    Nature.SHIFT: gettext_lazy("Décaler des tâches"),
    Nature.SWAP: gettext_lazy("Confier à d’autres"),
    Nature.RELIEF: gettext_lazy("Fractionner ou réduire"),
}
HINTS: Final[Mapping[Nature, str | Promise]] = {
    Nature.SHIFT: gettext_lazy("Le travail reste le même, aux mêmes personnes : il passe après la surcharge."),
    Nature.SWAP: gettext_lazy("Les dates restent les mêmes : d’autres, qui savent faire, en prennent une part."),
    Nature.RELIEF: gettext_lazy("Une tâche s’interrompt le temps de la surcharge, ou son reste à faire diminue."),
}
ICONS: Final[Mapping[Nature, str]] = {
    Nature.SHIFT: "calendar-days",
    Nature.SWAP: "arrows-right-left",
    Nature.RELIEF: "scissors",
}
MOST_NAMED: Final = 3


def scenario_name(name: str, nature: Nature | None) -> str:
    """What a scenario made of a proposal is called: whose overload, and what is done of it."""
    title = TITLES[nature] if nature is not None else _("Proposition")
    return _("%(name)s : %(title)s") % {"name": name[:80], "title": str(title).lower()}


def percent(value: Decimal | None) -> str:
    """A load, in whole percents."""
    return _("sans capacité") if value is None else formats.percent(value, language())


def operation_lines(answer: Answer, operations: Sequence[Operation], names: Naming) -> list[str]:
    """Each operation in a sentence; a cut that only serves what follows is told with it."""
    cuts = {one.task + SECOND: one.resumes_on for one in operations if isinstance(one, SplitTask)}
    used = {one.task for one in operations if isinstance(one, Reassign | ReduceTask)}
    said = []
    for one in operations:
        if isinstance(one, SplitTask) and one.task + SECOND in used:
            continue
        if not isinstance(one, Reassign | ReduceTask):
            said.append(sentence(one, names))
            continue
        text = sentence(replace(one, task=one.task.removesuffix(SECOND)), names)
        if one.task in cuts:
            text = _("%(what)s, à partir du %(day)s") % {"what": text, "day": day(cuts[one.task])}
        said.append(_with_skill(answer, one, text) if isinstance(one, Reassign) else text)
    return said


def _with_skill(answer: Answer, one: Reassign, text: str) -> str:
    skill, level = known_by(answer.board, one.task, one.from_person, one.to_person)
    name = answer.live.world.names.skills.get(skill)
    if not name:
        return text
    return _("%(what)s (%(skill)s, %(level)s)") % {
        "what": text,
        "skill": name,
        "level": str(SkillLevel(level).label).lower(),
    }


def why_not(answer: Answer, proposal: Proposal) -> str:
    """Why a proposal cannot be made, and what could be done about it."""
    facts, names = proposal.facts, answer.live.world
    match proposal.why:
        case Why.OVER:
            return _("Aucune semaine à venir n’est en surcharge dans cette période.")
        case Why.GONE:
            return _("Le plan a changé depuis la recherche : cherchez de nouveau.")
        case Why.NO_TASK:
            return _("Aucune tâche ne fait cette charge : elle vient d’allocations. Réduisez-les, ou déplacez-les.")
        case Why.HELD if proposal.nature is Nature.SHIFT:
            return _("Rien ne peut être décalé : %(reasons)s.") % {"reasons": _held(facts)}
        case Why.HELD:
            return _("Les projets concernés sont clôturés ou en lecture seule : rien ne peut y changer.")
        case Why.NOT_ENOUGH if proposal.nature is Nature.SHIFT:
            return _(
                "Décaler tout ce qui peut l’être laisserait la charge à %(ratio)s. Le reste tient : %(reasons)s."
            ) % {
                "ratio": percent(_decimal(facts.get("ratio"))),
                "reasons": _held(facts) or _("les semaines suivantes sont pleines"),
            }
        case Why.NOT_ENOUGH:
            return _("Réduire de moitié tout ce qui peut l’être laisserait la charge à %(ratio)s.") % {
                "ratio": percent(_decimal(facts.get("ratio")))
            }
        case Why.ELSEWHERE:
            person = names.people.get(str(facts.get("person", "")))
            return _("Ce qui suffirait ferait une autre surcharge : %(who)s, la semaine du %(week)s.") % {
                "who": person.name if person is not None else answer.overload.name,
                "week": day(_date(facts.get("week"))),
            }
        case Why.NO_SKILL:
            return _no_skill(answer, facts)
        case Why.NO_ROOM:
            return _no_room(facts)
    return ""


def _held(facts: Mapping[str, object]) -> str:
    counts = {name: int(str(facts.get(name, 0))) for name in ("begun", "fixed", "closed", "due")}
    words = {
        "begun": ngettext("%(n)s tâche a commencé", "%(n)s tâches ont commencé", counts["begun"]),
        "fixed": ngettext("%(n)s tâche a une date imposée", "%(n)s tâches ont une date imposée", counts["fixed"]),
        "closed": ngettext(
            "%(n)s tâche est d’un projet clôturé ou en lecture seule",
            "%(n)s tâches sont de projets clôturés ou en lecture seule",
            counts["closed"],
        ),
        "due": ngettext(
            "%(n)s tâche porte une échéance qui serait manquée",
            "%(n)s tâches portent une échéance qui serait manquée",
            counts["due"],
        ),
    }
    return ", ".join(words[name] % {"n": count} for name, count in counts.items() if count)


def _no_skill(answer: Answer, facts: Mapping[str, Any]) -> str:
    world = answer.live.world
    people = [world.people[key].name for key in facts.get("persons", ()) if key in world.people]
    who = ", ".join(people[:MOST_NAMED]) + ("…" if len(people) > MOST_NAMED else "")
    skills = [world.names.skills[key] for key in facts.get("skills", ()) if key in world.names.skills]
    if not skills:
        text = _(
            "Les compétences de %(who)s ne sont pas renseignées : dites-les pour trouver qui peut les remplacer."
        )
        return text % {"who": who}
    return _("Personne d’autre ne sait faire, au même niveau, ce que fait %(who)s : %(skills)s.") % {
        "who": who,
        "skills": ", ".join(skills[:6]),
    }


def _no_room(facts: Mapping[str, Any]) -> str:
    count = facts["count"]
    before = facts.get("before")
    words = {"n": count, "ratio": percent(_decimal(facts.get("ratio"))), "day": day(_date(before))}
    if before is None:
        return (
            ngettext(
                "%(n)s personne sait faire, mais n’a pas le temps qu’il faut dans l’année : au mieux %(ratio)s.",
                "%(n)s personnes savent faire, mais n’ont pas le temps qu’il faut dans l’année : au mieux %(ratio)s.",
                count,
            )
            % words
        )
    return (
        ngettext(
            "%(n)s personne sait faire, mais n’a pas le temps qu’il faut avant le %(day)s : au mieux %(ratio)s.",
            "%(n)s personnes savent faire, mais n’ont pas le temps qu’il faut avant le %(day)s : au mieux %(ratio)s.",
            count,
        )
        % words
    )


def _decimal(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None


# --- effects


def date_lines(effect: Effect) -> list[str]:
    """The ends of projects that move, then how many tasks."""
    said = [_project_line(one) for one in effect.projects] or [_("Aucune fin de projet ne bouge.")]
    if effect.tasks:
        moved = ngettext("%(n)s tâche bouge", "%(n)s tâches bougent", effect.tasks) % {"n": effect.tasks}
        if effect.critical_tasks:
            said.append(
                _("%(moved)s, dont %(n)s sur un chemin critique.") % {"moved": moved, "n": effect.critical_tasks}
            )
        else:
            said.append(_("%(moved)s, aucune sur un chemin critique.") % {"moved": moved})
    return said


def _project_line(one: DateMove) -> str:
    words = {
        "name": one.name,
        "day": day(one.after),
        "delta": formats.calendar_days(one.days, language(), signed=True),
    }
    return _("%(name)s finit le %(day)s (%(delta)s).") % words


def milestone_lines(effect: Effect) -> list[str]:
    """The milestones that move."""
    return [
        _("Jalon « %(name)s » (%(project)s) : %(day)s (%(delta)s).")
        % {
            "name": one.name,
            "project": one.project,
            "day": day(one.after),
            "delta": formats.calendar_days(one.days, language(), signed=True),
        }
        for one in effect.milestones
    ]


def cost_line(cost: Decimal | None) -> str:
    """What the projects cost more, or less."""
    if cost is None:
        return _("Vous ne voyez pas les coûts.")
    if not cost:
        return _("Sans effet sur le coût prévu.")
    if cost > 0:
        return _("%(amount)s de plus au coût prévu.") % {"amount": amount(cost)}
    return _("%(amount)s de moins au coût prévu.") % {"amount": amount(-cost)}


def cash_lines(cash: CashMove | None) -> list[str]:
    """The lowest balance, the months that end otherwise, the threshold."""
    if cash is None:
        return [_("La trésorerie n’est pas tenue ici, ou vous ne la voyez pas.")]
    said = []
    if (cash.lowest_before, cash.lowest_before_on) == (cash.lowest_after, cash.lowest_after_on):
        words = {"amount": amount(cash.lowest_after), "day": day(cash.lowest_after_on)}
        said.append(_("Solde le plus bas inchangé : %(amount)s le %(day)s.") % words)
    else:
        said.append(
            _("Solde le plus bas : %(after)s le %(day)s, au lieu de %(before)s.")
            % {
                "after": amount(cash.lowest_after),
                "day": day(cash.lowest_after_on),
                "before": amount(cash.lowest_before),
            }
        )
    if cash.months:
        parts = [
            _("%(month)s %(delta)s") % {"month": formats.month(month, language()), "delta": _signed(delta)}
            for month, delta in cash.months[:MOST_NAMED]
        ]
        more = len(cash.months) > MOST_NAMED
        text = _("Fins de mois : %(months)s, et ainsi de suite.") if more else _("Fins de mois : %(months)s.")
        said.append(text % {"months": ", ".join(parts)})
    else:
        said.append(_("Aucune fin de mois ne change."))
    if cash.breaches_after > cash.breaches_before and cash.breach_month is not None:
        said.append(
            _("Le solde passerait sous le seuil en %(month)s.")
            % {"month": formats.month(cash.breach_month, language())}
        )
    return said


def _signed(delta: Decimal) -> str:
    return f"+{amount(delta)}" if delta > 0 else amount(delta)
