"""What operations do and why they cannot be done, in sentences."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import singledispatch
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from portfolio.capacity.words import refused
from portfolio.finance.models import Category, Nature
from portfolio.people.models import Person
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import (
    AddProject,
    Allocate,
    ChangeBudget,
    ChangeRate,
    Hire,
    MoveContract,
    MoveMilestone,
    Operation,
    Reassign,
    ReduceTask,
    ResizeProject,
    ShiftProject,
    ShiftTask,
    SplitTask,
    StopProject,
)
from portfolio.scenarios.naming import Naming
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant

KIND_LABELS: Mapping[str, str | Promise] = {
    ShiftProject.kind: gettext_lazy("Décaler un projet"),
    ShiftTask.kind: gettext_lazy("Décaler une tâche"),
    MoveMilestone.kind: gettext_lazy("Déplacer un jalon"),
    StopProject.kind: gettext_lazy("Arrêter un projet"),
    AddProject.kind: gettext_lazy("Ajouter un projet"),
    ResizeProject.kind: gettext_lazy("Redimensionner un projet"),
    ChangeRate.kind: gettext_lazy("Changer un taux journalier"),
    Hire.kind: gettext_lazy("Recruter"),
    MoveContract.kind: gettext_lazy("Décaler un contrat"),
    Reassign.kind: gettext_lazy("Réaffecter une tâche"),
    SplitTask.kind: gettext_lazy("Couper une tâche en deux"),
    ReduceTask.kind: gettext_lazy("Réduire une tâche"),
    Allocate.kind: gettext_lazy("Allouer du temps"),
    ChangeBudget.kind: gettext_lazy("Changer une prévision de budget"),
}


def language() -> str:
    """The reader's."""
    return get_language() or "fr"


def day(value: date | None) -> str:
    """A date, short."""
    return formats.date_short(value, language())


def share(value: Decimal) -> str:
    """A share or a factor, in percent."""
    whole = (value * 100) % 1 == 0
    return formats.percent(value, language(), decimals=0 if whole else 1)


def amount(value: Decimal) -> str:
    """Money in the organisation's currency."""
    return formats.in_unit(value, f"money:{current_tenant().currency}", language())


def working_days(count: int) -> str:
    """« 30 jours ouvrés »."""
    return ngettext("%(n)s jour ouvré", "%(n)s jours ouvrés", count) % {"n": formats.number(count, language())}


def calendar_days(count: int) -> str:
    """« six semaines » is 42 days; weeks are said as weeks."""
    if count % 7 == 0:
        weeks = count // 7
        return ngettext("%(n)s semaine", "%(n)s semaines", weeks) % {"n": formats.number(weeks, language())}
    return ngettext("%(n)s jour", "%(n)s jours", count) % {"n": formats.number(count, language())}


@singledispatch
def sentence(operation: Operation, names: Naming) -> str:
    """What an operation does, in a sentence without its full stop."""
    raise NotImplementedError(type(operation).__name__)


@sentence.register
def _shift_project(operation: ShiftProject, names: Naming) -> str:
    words = {"name": names.of(operation.project), "days": working_days(abs(operation.days))}
    if operation.days > 0:
        return _("Décaler le projet « %(name)s » de %(days)s plus tard") % words
    return _("Avancer le projet « %(name)s » de %(days)s") % words


@sentence.register
def _shift_task(operation: ShiftTask, names: Naming) -> str:
    words = {"name": names.of(operation.task), "days": working_days(abs(operation.days))}
    if operation.days > 0:
        return _("Décaler la tâche « %(name)s » de %(days)s plus tard") % words
    return _("Avancer la tâche « %(name)s » de %(days)s") % words


@sentence.register
def _move_milestone(operation: MoveMilestone, names: Naming) -> str:
    words = {"name": names.of(operation.milestone), "days": calendar_days(abs(operation.days))}
    if operation.days > 0:
        return _("Reporter le jalon « %(name)s » de %(days)s") % words
    return _("Avancer le jalon « %(name)s » de %(days)s") % words


@sentence.register
def _stop_project(operation: StopProject, names: Naming) -> str:
    return _("Arrêter le projet « %(name)s » le %(day)s") % {
        "name": names.of(operation.project),
        "day": day(operation.on),
    }


@sentence.register
def _add_project(operation: AddProject, names: Naming) -> str:
    words = {
        "name": f"{operation.code} {operation.name}",
        "first": day(operation.starts_on),
        "last": day(operation.ends_on),
        "amount": amount(sum((one.amount for one in operation.budget), Decimal(0))),
    }
    base = _("Ajouter le projet « %(name)s » du %(first)s au %(last)s, pour %(amount)s") % words
    if not operation.demand:
        return base
    parts = ", ".join(
        _("%(fte)s %(profile)s") % {"fte": formats.fte(one.fte, language()), "profile": names.of(one.profile)}
        for one in operation.demand
    )
    return _("%(base)s, avec %(demand)s") % {"base": base, "demand": parts}


@sentence.register
def _resize_project(operation: ResizeProject, names: Naming) -> str:
    return _("Ramener ce qui reste du projet « %(name)s » à %(share)s") % {
        "name": names.of(operation.project),
        "share": share(operation.factor),
    }


@sentence.register
def _change_rate(operation: ChangeRate, names: Naming) -> str:
    words = {
        "name": names.of(operation.person or operation.profile),
        "rate": amount(operation.daily_rate),
        "day": day(operation.from_on),
    }
    if operation.person:
        return _("Porter le taux journalier de %(name)s à %(rate)s à partir du %(day)s") % words
    return _("Porter le taux journalier du profil « %(name)s » à %(rate)s à partir du %(day)s") % words


@sentence.register
def _hire(operation: Hire, names: Naming) -> str:
    words = {
        "name": operation.name,
        "profile": names.of(operation.profile),
        "share": share(operation.share),
        "first": day(operation.starts_on),
        "last": day(operation.ends_on),
    }
    if operation.ends_on is None:
        return _("Recruter %(name)s, %(profile)s à %(share)s, à partir du %(first)s") % words
    return _("Recruter %(name)s, %(profile)s à %(share)s, du %(first)s au %(last)s") % words


@sentence.register
def _move_contract(operation: MoveContract, names: Naming) -> str:
    words = {"name": names.of(operation.contract), "days": calendar_days(abs(operation.days))}
    if operation.days > 0:
        return _("Décaler les dates du contrat « %(name)s » de %(days)s plus tard") % words
    return _("Avancer les dates du contrat « %(name)s » de %(days)s") % words


@sentence.register
def _reassign(operation: Reassign, names: Naming) -> str:
    words = {
        "name": names.of(operation.task),
        "giver": names.of(operation.from_person),
        "taker": names.of(operation.to_person),
        "share": share(operation.share),
    }
    if operation.share == 1:
        return _("Confier « %(name)s » à %(taker)s, à la place de %(giver)s") % words
    return _("Confier à %(taker)s %(share)s de ce qui reste à %(giver)s sur « %(name)s »") % words


@sentence.register
def _split_task(operation: SplitTask, names: Naming) -> str:
    return _("Interrompre « %(name)s » le %(at)s et la reprendre le %(resumes)s") % {
        "name": names.of(operation.task),
        "at": day(operation.at),
        "resumes": day(operation.resumes_on),
    }


@sentence.register
def _reduce_task(operation: ReduceTask, names: Naming) -> str:
    return _("Ramener la charge restante de « %(name)s » à %(share)s") % {
        "name": names.of(operation.task),
        "share": share(operation.factor),
    }


@sentence.register
def _allocate(operation: Allocate, names: Naming) -> str:
    return _("Allouer %(who)s à %(share)s au projet « %(name)s » du %(first)s au %(last)s") % {
        "who": names.of(operation.person or operation.profile),
        "share": share(operation.share),
        "name": names.of(operation.project),
        "first": day(operation.starts_on),
        "last": day(operation.ends_on),
    }


@sentence.register
def _change_budget(operation: ChangeBudget, names: Naming) -> str:
    return _("Porter la prévision %(line)s de %(month)s du projet « %(name)s » à %(amount)s") % {
        "line": f"{_label(Category, operation.category)} ({_label(Nature, operation.nature)})",
        "month": formats.month(operation.month, language()),
        "name": names.of(operation.project),
        "amount": amount(operation.forecast),
    }


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def error_sentence(error: ScenarioError) -> str:
    """Why an operation cannot be, in a sentence that says what to do."""
    facts = error.facts
    match error.code:
        case "unknown_kind":
            return _("Cette opération n’existe pas.")
        case "missing_field" | "unknown_field" | "malformed":
            return _("Le champ « %(field)s » manque ou n’est pas lisible : corrigez-le.") % {"field": error.field}
        case "nothing":
            return _("Cette opération ne change rien : donnez un écart, ou un autre pourcentage que 100 %.")
        case "too_far":
            return _("Un décalage est de dix ans au plus.")
        case "no_name":
            return _("Donnez un nom.")
        case "no_subject":
            return _("Choisissez ce qui change.")
        case "two_subjects":
            return _("Choisissez une personne, ou un profil : l’un des deux.")
        case "twice":
            return _("La même ligne est donnée deux fois : gardez-en une seule.")
        case "same_person":
            return _("Choisissez une autre personne : celle-ci a déjà la tâche.")
        case "negative_rate":
            return _("Un taux journalier ne peut pas être négatif.")
        case "bad_factor":
            return _("Donnez un pourcentage entre 0 %% et %(most)s.") % {"most": share(Decimal(str(facts["most"])))}
        case "bad_share":
            return _("Donnez une part de plus de 0 %%, et de %(most)s au plus.") % {
                "most": share(Decimal(str(facts["most"])))
            }
        case "bad_amount":
            return _("Donnez un montant positif, de moins de mille milliards.")
        case "disorder":
            return _("La fin précède le début : corrigez l’une des deux dates.")
        case "out_of_range":
            return _("Choisissez une date entre 2000 et 2100.")
        case "past":
            return _("Ce jour est passé : choisissez aujourd’hui ou un jour à venir.")
    return _against_plan(error)


def _against_plan(error: ScenarioError) -> str:
    facts: Any = error.facts
    match error.code:
        case "unknown_subject":
            return _("Ce que l’opération change n’est plus dans le plan, ou n’est pas ouvert : retirez-la.")
        case "closed_project":
            return _("« %(project)s » est clôturé ou en lecture seule : rien ne peut y bouger.") % facts
        case "stopped_before":
            return _("Une opération précédente arrête déjà « %(project)s » : retirez l’une des deux.") % facts
        case "split_before":
            return _("Une opération précédente coupe déjà « %(task)s » : retirez l’une des deux.") % facts
        case "summary_task":
            return _("« %(task)s » contient d’autres tâches : choisissez l’une d’elles.") % facts
        case "point_task":
            return _("« %(task)s » est un jalon : il n’a pas de durée à couper.") % facts
        case "task_done":
            return _("« %(task)s » est terminée : rien n’en reste à changer.") % facts
        case "task_begun":
            return _("« %(task)s » a commencé : on peut la couper ou la réduire, non la décaler.") % facts
        case "nothing_left":
            return _("Il n’en reste rien à changer : tout est commencé, fait ou dépensé.")
        case "nobody_assigned":
            return _("%(person)s ne travaille pas sur « %(task)s » : choisissez quelqu’un qui y est.") % facts
        case "absent":
            return _("%(person)s ne travaille aucun jour de « %(task)s » : choisissez quelqu’un d’autre.") % facts
        case "outside_task":
            return _("Coupez « %(task)s » entre le %(first)s et le %(last)s, et pas avant aujourd’hui.") % {
                "task": facts["task"],
                "first": day(facts["first"].date()),
                "last": day(facts["last"].date()),
            }
        case "milestone_met":
            return _("Le jalon « %(name)s » est atteint depuis le %(day)s.") % {
                "name": facts["milestone"],
                "day": day(facts["day"]),
            }
        case "refused":
            person = Person.objects.filter(pk=facts["key"]).first()
            said = refused(facts["refusals"], by_share=True, person=person)
            return " ".join(text for texts in said.values() for text in texts)
        case "no_schedule":
            names = " → ".join(_("« %(text)s »") % {"text": name} for name in facts.get("tasks", ()))
            return _("Le plan ne peut plus être daté ainsi : %(path)s.") % {"path": names or facts.get("reason", "")}
        case "duplicate_key" | "code_taken":
            return _("Ce code est déjà celui d’un projet : choisissez-en un autre.")
        case "no_cash":
            return _("Vous ne voyez pas la trésorerie : demandez à qui la tient d’ajouter cette opération.")
        case "no_rates":
            return _("Vous ne voyez pas les taux journaliers : demandez à qui les voit d’ajouter cette opération.")
        case "nothing_moves":
            return _("Ce contrat n’a aucune date à lui qui puisse bouger : tout est facturé, ou suit le plan.")
    return _("L’opération ne peut pas se faire (%(code)s).") % {"code": error.code}


def as_validation(error: ScenarioError) -> ValidationError:
    """What a form shows beside the field concerned."""
    text = error_sentence(error)
    place = error.field.partition(".")[0]
    return ValidationError({place: text}) if place else ValidationError(text)
