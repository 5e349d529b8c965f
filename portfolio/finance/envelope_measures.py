"""What the key of an envelope measures of each project, and what is wrong with it, in words."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.domain.allocation_keys import AllocationError, check
from portfolio.finance.domain.budget import to_cents
from portfolio.finance.envelope_models import AllocationKey, EnvelopeShare
from portfolio.finance.models import BudgetLine, BudgetVersion, VersionState
from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.projects.models import Phase, Project, ProjectMember
from tech4value.figures import formats

Weights = dict[UUID, Decimal]
ONE: Final = Decimal(1)
# What a key counts: shown after each project's number.
UNITS: Final = {AllocationKey.HOURS: "hours", AllocationKey.BUDGET: "money", AllocationKey.PEOPLE: "people"}


def measured(key: str, shares: Sequence[EnvelopeShare]) -> Weights:
    """What `key` counts today of each project of `shares`, in their order: percents, 1, hours, money or persons. At
    most three statements."""
    keys = [share.project_id for share in shares]
    if key == AllocationKey.FIXED:
        return {share.project_id: share.percent for share in shares}
    if key == AllocationKey.EQUAL:
        return dict.fromkeys(keys, ONE)
    found = {AllocationKey.HOURS: _hours, AllocationKey.BUDGET: _budgets, AllocationKey.PEOPLE: _people}[
        AllocationKey(key)
    ](keys)
    return {one: found.get(one, Decimal(0)) for one in keys}


def _hours(projects: Sequence[UUID]) -> Weights:
    """The work planned for the tasks, in hours: what those who are assigned do, where that is more than the task
    says (a plan from a file says it of them alone)."""
    assigned = Assignment.objects.filter(task=OuterRef("pk")).order_by().values("task")
    work = Coalesce(Subquery(assigned.annotate(sum=Sum("work_minutes")).values("sum")), 0)
    rows = Task.objects.filter(project__in=projects).exclude(kind=TaskKind.SUMMARY).order_by()
    sums = rows.annotate(work=Greatest("work_minutes", work)).values_list("project").annotate(minutes=Sum("work"))
    return {project: to_cents(Decimal(minutes) / 60) for project, minutes in sums}


def _budgets(projects: Sequence[UUID]) -> Weights:
    """The initial version of the budget; what the project's own lines plan while there is none approved."""
    lines = BudgetLine.objects.filter(project__in=projects, envelope=None).order_by()
    found = dict(lines.values_list("project").annotate(planned=Sum("planned")))
    initial = BudgetVersion.objects.filter(project__in=projects, number=0, state=VersionState.APPROVED)
    found.update({version.project_id: version.total for version in initial})
    return found


def _people(projects: Sequence[UUID]) -> Weights:
    """The persons of the team or assigned to a task, each counted once in a project."""
    pairs = set(ProjectMember.objects.filter(project__in=projects).order_by().values_list("project", "person"))
    pairs |= set(Assignment.objects.filter(project__in=projects).order_by().values_list("project", "person"))
    found: Weights = {}
    for project, _person in pairs:
        found[project] = found.get(project, Decimal(0)) + 1
    return found


def demand_shareable(shares: Sequence[EnvelopeShare]) -> None:
    """Raise ValidationError, naming the first, when a project can no longer carry a part."""
    for share in shares:
        words = refusal(share.project)
        if words:
            raise ValidationError(words)


def refusal(project: Project) -> str:
    """Why a project cannot carry a part of an envelope; empty when it can."""
    if project.deleted_at is not None:
        return _("Le projet « %(project)s » est supprimé : retirez-le de l’enveloppe.") % {"project": project.name}
    if project.phase == Phase.CLOSED:
        return _("Le projet « %(project)s » est clôturé : il ne porte plus de part. Choisissez un autre projet.") % {
            "project": project.name
        }
    return ""


def demand_weights(key: str, weights: Mapping[UUID, Decimal]) -> None:
    """Raise ValidationError in words when `weights` share nothing, or fixed parts do not make 100 %."""
    try:
        check(weights, percents=key == AllocationKey.FIXED)
    except AllocationError as error:
        raise ValidationError(allocation_words(key, error)) from error


def allocation_words(key: str, error: AllocationError) -> str:
    """What is wrong with a key, and what to do."""
    language = get_language() or "fr"
    if error.code == "nobody":
        return _("L’enveloppe n’a encore aucun projet : ajoutez ceux qui la portent.")
    if error.code == "not_whole":
        gap = Decimal(100) - error.value
        words = (
            _("Les parts font %(sum)s %% : il manque %(gap)s %%. Corrigez-les pour qu’elles fassent 100 %%.")
            if gap > 0
            else _(
                "Les parts font %(sum)s %% : il y a %(gap)s %% de trop. Corrigez-les pour qu’elles fassent 100 %%."
            )
        )
        return words % {
            "sum": formats.number(error.value, language, decimals=2),
            "gap": formats.number(abs(gap), language, decimals=2),
        }
    if error.code == "negative":
        return _("Une part ne peut pas être négative. Corrigez-la.")
    return {
        AllocationKey.HOURS.value: _(
            "Aucun projet de l’enveloppe n’a d’heures prévues : chiffrez leurs plans, ou choisissez une autre clé."
        ),
        AllocationKey.BUDGET.value: _(
            "Aucun projet de l’enveloppe n’a de budget initial : saisissez leurs budgets, ou choisissez une autre "
            "clé."
        ),
        AllocationKey.PEOPLE.value: _(
            "Aucun projet de l’enveloppe n’a d’équipe : composez leurs équipes, ou choisissez une autre clé."
        ),
    }.get(key, _("Toutes les parts sont à zéro : indiquez-en au moins une."))
