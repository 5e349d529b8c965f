"""Every write of studies: made, changed, deleted, brought back, searched for an answer."""

import copy
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.people.validation import cleaned, refuse_namesake, values_of
from portfolio.scenarios.domain.scoring import HIGHEST_ALIGNMENT
from portfolio.scenarios.optimisation.models import AnswerState, OptimisationStudy, StudyAnswer
from portfolio.scenarios.optimisation.search import EXCLUSIVE, EXPLAIN_SECONDS, REQUIRES, ask, search
from tech4value.accounts.models import Membership
from tech4value.audit import writing
from tech4value.audit.actor import Actor
from tech4value.jobs.actions import OvertakenError, start_job
from tech4value.jobs.models import Job, JobState
from tech4value.jobs.registry import JobError, RunningJob, job

JOB: Final = "scenarios.optimise"
ANSWERED: Final = (AnswerState.PROVED, AnswerState.GAP)
ROLES: Final = ("free", "mandatory", "left_out")
GREATEST: Final = Decimal(10) ** 12
MOST_RULES: Final = 200
FARTHEST: Final = 120
YEARS: Final = frozenset(map(str, range(2000, 2101)))


@transaction.atomic
def create_study(*, actor: Actor, study: OptimisationStudy) -> OptimisationStudy:
    """Add a study. Raises ValidationError by field."""
    check(study)
    return writing.create(actor, study)


@transaction.atomic
def change_study(
    *, actor: Actor, study: OptimisationStudy, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Set some fields of a study; returns whether anything differed. Its answer stays, as that of what it was.

    Raises ValidationError by field, StaleVersionError.
    """
    candidate = copy.copy(study)
    for name, value in values.items():
        setattr(candidate, name, value)
    check(candidate)
    return writing.update(actor, study, values_of(candidate, values), version=version)


@transaction.atomic
def duplicate_study(*, actor: Actor, study: OptimisationStudy) -> OptimisationStudy:
    """The same question under another name, to ask it otherwise."""
    fields = [one.name for one in OptimisationStudy._meta.local_fields if one.editable and not one.generated]
    values = {name: copy.deepcopy(getattr(study, name)) for name in fields if name not in {"id", "tenant"}}
    taken = set(OptimisationStudy.objects.values_list("name", flat=True))
    base, number = _("%(name)s (copie)") % {"name": study.name[:100]}, 2
    name = base
    while name in taken:
        name, number = f"{base} {number}", number + 1
    return create_study(actor=actor, study=OptimisationStudy(**{**values, "name": name}))


@transaction.atomic
def delete_study(*, actor: Actor, study: OptimisationStudy) -> None:
    """Put a study in the bin, with its answer."""
    writing.delete(actor, study)


@transaction.atomic
def restore_study(*, actor: Actor, study: OptimisationStudy) -> None:
    """Bring a deleted study back. Raises ValidationError when another has its name now."""
    check(study)
    writing.restore(actor, study)


@transaction.atomic
def add_rule(*, actor: Actor, study: OptimisationStudy, rule: list[Any], version: int | None = None) -> bool:
    """Say that two projects exclude each other, or that one needs the other. Raises ValidationError."""
    if any(_same(rule, told) for told in study.rules):
        raise ValidationError({"other": _("Cette règle est déjà dans l’étude.")})
    return change_study(actor=actor, study=study, values={"rules": [*study.rules, rule]}, version=version)


@transaction.atomic
def remove_rule(*, actor: Actor, study: OptimisationStudy, number: int, version: int | None = None) -> bool:
    """Take away the rule of that number (from 0). Raises ValidationError when there is none."""
    if not 0 <= number < len(study.rules):
        raise ValidationError(_("Cette règle n’est plus dans l’étude."))
    kept = [told for at, told in enumerate(study.rules) if at != number]
    return change_study(actor=actor, study=study, values={"rules": kept}, version=version)


# --- what a study cannot say


def check(study: OptimisationStudy) -> None:
    """Raise ValidationError, by field, for what a study cannot say."""
    study.name = " ".join(study.name.split())
    if study.first_month is not None:
        study.first_month = study.first_month.replace(day=1)
    cleaned(study)
    refuse_namesake(study, _("Une autre étude porte déjà ce nom : choisissez-en un autre."))
    errors: dict[str, list[str]] = {}
    if str(study.first_month.year) not in YEARS:
        errors["first_month"] = [_("Choisissez un mois entre 2000 et 2100.")]
    if not (study.weight_alignment or study.weight_npv or study.weight_risk):
        errors.setdefault("weight_alignment", []).append(_("Donnez du poids à un critère au moins."))
    wrong = next((text for text in map(_wrong_budget, study.budgets.items()) if text), "")
    if wrong:
        errors.setdefault("budgets", []).append(wrong)
    for name, told in (
        ("projects", map(_wrong_project, study.projects.values())),
        ("rules", map(_wrong_rule, study.rules)),
    ):
        wrong = next((text for text in told if text), "")
        if wrong:
            errors[name] = [wrong]
    if "rules" not in errors and any(_same(*pair) for pair in combinations(study.rules, 2)):
        errors["rules"] = [_("Deux règles disent la même chose des mêmes projets : gardez-en une.")]
    if len(study.rules) > MOST_RULES:
        errors["rules"] = [_("Une étude tient %(count)s règles au plus.") % {"count": MOST_RULES}]
    if errors:
        raise ValidationError(errors)


def _same(rule: list[Any], other: list[Any]) -> bool:
    """Whether two rules say the same of the same projects."""
    if rule[0] == EXCLUSIVE:
        return other[0] == EXCLUSIVE and set(rule[1:3]) == set(other[1:3])
    return rule[:3] == other[:3]


def _number(text: Any) -> Decimal | None:
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < GREATEST else None


def _wrong_budget(item: tuple[Any, Any]) -> str:
    year, text = item
    amount = _number(text)
    if str(year) not in YEARS:
        return _("Un budget est celui d’un exercice, par son année : 2027.")
    if amount is None:
        return _("Le budget de %(year)s n’est pas un montant.") % {"year": year}
    return _("Le budget de %(year)s est négatif : écrivez zéro ou plus.") % {"year": year} if amount < 0 else ""


def _wrong_project(told: Any) -> str:
    if not isinstance(told, dict) or told.get("role", "free") not in ROLES:
        return _("Un projet est libre, obligatoire ou écarté.")
    if told.get("alignment"):
        alignment = _number(told["alignment"])
        if alignment is None or not 0 <= alignment <= HIGHEST_ALIGNMENT:
            return _("L’alignement se note de 0 à 10.")
    if told.get("npv") and _number(told["npv"]) is None:
        return _("La VAN est un montant.")
    try:
        date.fromisoformat(told.get("not_before") or "2000-01-01")
    except (TypeError, ValueError):
        return _("« Pas avant » est un mois, par exemple 2027-03.")
    return ""


def _wrong_rule(rule: Any) -> str:
    if not isinstance(rule, list) or len(rule) != 4 or rule[0] not in (EXCLUSIVE, REQUIRES):
        return _("Une règle dit que deux projets s’excluent, ou que l’un a besoin de l’autre.")
    if rule[1] == rule[2]:
        return _("Une règle lie deux projets différents : choisissez-en un autre.")
    if not isinstance(rule[3], int) or abs(rule[3]) > FARTHEST:
        return _("Le délai d’une règle est de %(count)s mois au plus.") % {"count": FARTHEST}
    return ""


# --- the answer


def answer_of(study: OptimisationStudy) -> StudyAnswer | None:
    """What is known of the study's answer, with the job that looks for it."""
    return StudyAnswer.objects.select_related("job", "study").filter(study=study).first()


@transaction.atomic
def start_search(*, study: OptimisationStudy, member: Membership) -> Job:
    """The job that looks for the answer of a study; the one that is already at it, if any. Raises ValidationError
    when there is nothing to choose from."""
    OptimisationStudy.objects.select_for_update(no_key=True).filter(pk=study.pk).first()
    answer = answer_of(study)
    if answer is None:
        answer = StudyAnswer(study=study)
        answer.save(force_insert=True)
    if answer.job is not None and not answer.job.is_over:
        return answer.job
    ask(member, study)
    answer.job = start_job(
        kind=JOB,
        label=_("Optimisation « %(name)s »") % {"name": study.name},
        member=member,
        params={"study": str(study.pk)},
    )
    answer.save(update_fields=["job"])
    return answer.job


def cancel_search(*, actor: Actor, study: OptimisationStudy) -> bool:
    """Stop the search under way; the last answer stays. Returns whether there was one."""
    answer = answer_of(study)
    if answer is None or answer.job is None or answer.job.is_over:
        return False
    stopped = Job.objects.filter(pk=answer.job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.FAILED, message=_("Recherche annulée."), finished_at=timezone.now()
    )
    if stopped:
        writing.record(actor, "job.cancelled", answer.job)
    return bool(stopped)


@job(JOB)
def run_search(running: RunningJob) -> None:
    """Look for the answer, and keep it; run again it replaces it."""
    study = OptimisationStudy.objects.filter(pk=UUID(running.params["study"])).first()
    if study is None:
        raise JobError(_("Cette étude n’existe plus."))
    if running.member is None:
        raise JobError(_("Ce compte n’est plus membre : la recherche n’a plus de lecteur."))
    whole = study.seconds + EXPLAIN_SECONDS
    running.progress(0, whole, _("Recherche du meilleur choix"))
    begun = timezone.now()

    def stopped() -> bool:  # asked by another thread, which has no connection of its own: progress alone
        running.progress(min(int((timezone.now() - begun).total_seconds()) + 1, whole))
        return False

    keep_answer(member=running.member, study=study, stopped=stopped)
    if Job.objects.filter(pk=running.id, state=JobState.FAILED).exists():
        raise OvertakenError  # cancelled meanwhile: what was just written is undone


def keep_answer(*, member: Membership, study: OptimisationStudy, stopped: Callable[[], bool] = lambda: False) -> None:
    """Search the answer of a study among what `member` may see, and keep it instead of the last one. Raises
    ValidationError in words."""
    found = search(ask(member, study), stopped=stopped)
    StudyAnswer.objects.update_or_create(
        study=study,
        defaults={
            "state": found.state,
            "made_of": study.version,
            "made_at": timezone.now(),
            "chosen": found.chosen,
            "candidates": found.candidates,
            "value": found.value,
            "bound": found.bound,
            "data": found.data,
        },
    )
    writing.record(member.actor, "study.answered", study)
