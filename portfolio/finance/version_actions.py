"""A version of a budget goes from its manager to whoever approves it, and back: prepared, proposed, approved or
returned.

The approved version is written on the lines: what every sum, list, pack and earned value reads as planned.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portfolio.finance.actions import LARGEST, YEARS, line_name, lock
from portfolio.finance.domain.budget import ZERO, first_of_month, to_cents
from portfolio.finance.domain.versions import Place, Plan, from_rows, to_rows
from portfolio.finance.models import OPEN_STATES, BudgetLine, BudgetVersion, Category, Nature, VersionState
from portfolio.finance.versions import lines_plan, proposer_of
from portfolio.projects.models import Project
from tech4value.accounts.approval import refuse_own
from tech4value.accounts.permissions import Permission
from tech4value.audit import writing
from tech4value.audit.actor import Actor
from tech4value.figures.formats import currency_decimals
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant

# A budget of more places (categories x natures x months) is a typing error.
MOST_PLACES = 5_000


@transaction.atomic
def propose_initial(*, actor: Actor, project: Project, reason: str = "") -> BudgetVersion:
    """Propose the lines of a project as its initial version. Raises ValidationError when there is none to propose,
    or when a version is already there."""
    lock(project)
    held = BudgetVersion.objects.filter(project=project).order_by("number").first()
    if held is not None:
        if held.number == 0 and held.state == VersionState.DRAFT:
            propose_version(actor=actor, version=held, reason=reason)
            return held
        raise ValidationError(
            _("Le budget de %(project)s a déjà une version initiale : préparez une révision.")
            % {"project": project.code}
        )
    row = BudgetVersion(project=project, number=0, **_proposal(actor, reason, lines_plan(project)))
    return writing.create(actor, row, verb="budgetversion.proposed")


@transaction.atomic
def start_version(*, actor: Actor, project: Project, reason: str = "") -> BudgetVersion:
    """Begin the next version, one at a time: the initial one, which is the lines themselves, or a revision of the
    approved budget, from what is planned today."""
    lock(project)
    versions = BudgetVersion.objects.filter(project=project)
    _refuse_other(versions.filter(state__in=OPEN_STATES).first())
    last = versions.aggregate(last=Max("number"))["last"]
    row = BudgetVersion(
        project=project,
        number=0 if last is None else last + 1,
        reason=reason.strip(),
        amounts=[] if last is None else to_rows(lines_plan(project)),
    )
    return writing.create(actor, row)


@transaction.atomic
def change_version(
    *, actor: Actor, version: BudgetVersion, values: Mapping[str, Any], row_version: int | None = None
) -> bool:
    """Set what a revision in preparation plans (`plan`, by place) and why (`reason`); returns whether anything
    differed. Raises ValidationError, StaleVersionError when `row_version` is no longer the row's."""
    _demand_state(version, VersionState.DRAFT)
    wanted: dict[str, Any] = {}
    if "reason" in values:
        wanted["reason"] = str(values["reason"]).strip()
    if "plan" in values:
        if version.number == 0:
            raise ValidationError(
                _("La version initiale suit les lignes du budget : modifiez-les, puis proposez-la.")
            )
        wanted["amounts"] = to_rows(_checked(version.project, values["plan"]))
    return writing.update(actor, version, wanted, version=row_version)


@transaction.atomic
def propose_version(
    *, actor: Actor, version: BudgetVersion, reason: str = "", row_version: int | None = None
) -> BudgetVersion:
    """Send a version to whoever approves it. A revision says why and changes something."""
    lock(version.project)
    version.refresh_from_db(fields=["state"])
    _demand_state(version, VersionState.DRAFT)
    reason = reason.strip() or version.reason
    planned = lines_plan(version.project)
    plan: Plan = planned if version.number == 0 else from_rows(version.amounts)
    if version.number and not reason:
        raise ValidationError({"reason": _("Dites pourquoi le budget est révisé : ceux qui décident le liront.")})
    if version.number and dict(plan) == planned:
        raise ValidationError(
            _("Cette révision ne change rien au budget approuvé : modifiez un montant avant de la proposer.")
        )
    values = _proposal(actor, reason, plan)
    writing.update(actor, version, values, version=row_version, verb="budgetversion.proposed")
    return version


@transaction.atomic
def recall_version(*, actor: Actor, version: BudgetVersion) -> BudgetVersion:
    """Take a proposal back, to change it."""
    lock(version.project)
    version.refresh_from_db(fields=["state"])
    _demand_state(version, VersionState.PROPOSED)
    values = {"state": VersionState.DRAFT, "proposed_by": "", "proposed_at": None}
    writing.update(actor, version, values, verb="budgetversion.recalled")
    return version


@transaction.atomic
def return_version(*, actor: Actor, version: BudgetVersion, decision: str) -> BudgetVersion:
    """Send a proposal back to its project, with why."""
    lock(version.project)
    version.refresh_from_db(fields=["state"])
    _demand_state(version, VersionState.PROPOSED)
    if not decision.strip():
        raise ValidationError({"decision": _("Dites pourquoi : le projet lira ce motif.")})
    values = {"state": VersionState.DRAFT, **_decided(actor, decision)}
    writing.update(actor, version, values, verb="budgetversion.returned")
    return version


@transaction.atomic
def approve_version(*, actor: Actor, version: BudgetVersion, decision: str = "") -> BudgetVersion:
    """Approve a proposal: its amounts become what the lines plan, to the cent.

    A forecast that was the planned amount of a month without spending follows it; any other is left alone. Raises
    ValidationError when the version is no longer proposed, when the lines have moved since it was, or for who
    proposed it while somebody else may approve it.
    """
    lock(version.project)
    version.refresh_from_db()
    _demand_state(version, VersionState.PROPOSED)
    refuse_own(actor, proposer_of(version), Permission.BUDGET_APPROVE)
    plan = from_rows(version.amounts)
    if version.number == 0 and plan != lines_plan(version.project):
        raise ValidationError(
            _(
                "Les lignes du budget de %(project)s ont changé depuis la proposition : retirez-la et proposez de "
                "nouveau."
            )
            % {"project": version.project.code}
        )
    _write_plan(actor, version.project, plan)
    values = {"state": VersionState.APPROVED, **_decided(actor, decision)}
    writing.update(actor, version, values, verb="budgetversion.approved")
    return version


@transaction.atomic
def delete_version(*, actor: Actor, version: BudgetVersion) -> None:
    """Give up a version in preparation."""
    lock(version.project)
    version.refresh_from_db(fields=["state"])
    _demand_state(version, VersionState.DRAFT)
    writing.delete(actor, version)


@transaction.atomic
def restore_version(*, actor: Actor, version: BudgetVersion) -> None:
    """Bring a version in preparation back. Raises ValidationError when another has begun since."""
    lock(version.project)
    versions = BudgetVersion.objects.filter(project_id=version.project_id)
    _refuse_other(
        versions.filter(state__in=OPEN_STATES).first() or versions.filter(number__gte=version.number).last()
    )
    writing.restore(actor, version)


def _proposal(actor: Actor, reason: str, plan: Plan) -> dict[str, Any]:
    if not any(plan.values()):
        raise ValidationError(
            _("Rien n’est prévu : saisissez les montants prévus du budget avant de proposer une version.")
        )
    return {
        "state": VersionState.PROPOSED,
        "reason": reason.strip(),
        "amounts": to_rows(plan),
        "proposed_by": actor.label[:200],
        "proposed_at": now(),
        "decided_by": "",
        "decided_at": None,
        "decision": "",
    }


def _decided(actor: Actor, decision: str) -> dict[str, Any]:
    return {"decided_by": actor.label[:200], "decided_at": now(), "decision": decision.strip()}


def _demand_state(version: BudgetVersion, state: VersionState) -> None:
    """Raise ValidationError unless `version` is in `state`."""
    if version.state != state:
        raise ValidationError(
            _("La version « %(version)s » est à l’état « %(state)s » : rechargez la page pour voir la suite.")
            % {"version": version.name, "state": version.get_state_display()}
        )


def _refuse_other(other: BudgetVersion | None) -> None:
    if other is not None:
        raise ValidationError(
            _("La version « %(version)s » est déjà là (%(state)s) : terminez-la ou abandonnez-la d’abord.")
            % {"version": other.name, "state": str(other.get_state_display()).lower()}
        )


def _checked(project: Project, plan: Plan) -> dict[Place, Decimal]:
    """The plan with amounts to the cent. Raises ValidationError that names the first wrong place."""
    if len(plan) > MOST_PLACES:
        raise ValidationError(_("Une version tient au plus %(most)s montants.") % {"most": MOST_PLACES})
    decimals = min(currency_decimals(current_tenant().currency), 2)
    clean: dict[Place, Decimal] = {}
    for (category, nature, month), amount in plan.items():
        named = line_name(BudgetLine(project=project, category=category, nature=nature, month=month))
        if category not in Category.values or nature not in Nature.values or not YEARS[0] <= month.year <= YEARS[1]:
            raise ValidationError(
                {"plan": _("%(line)s : catégorie, nature ou mois inconnu du budget.") % {"line": named}}
            )
        if not amount.is_finite() or not 0 <= amount <= LARGEST:
            raise ValidationError(
                {"plan": _("%(line)s : un montant prévu est zéro ou plus. Vérifiez la saisie.") % {"line": named}}
            )
        clean[category, nature, first_of_month(month)] = to_cents(amount, decimals)
    return clean


def _write_plan(actor: Actor, project: Project, plan: Plan) -> None:
    """Make the lines plan what `plan` says, in a few statements; a place without a line gets one."""
    lines = BudgetLine.objects.filter(project=project, envelope=None).select_for_update(no_key=True).order_by("pk")
    held = {(line.category, line.nature, line.month): line for line in lines}
    changes = [(line, _planned(line, plan.get(place, ZERO))) for place, line in held.items()]
    writing.update_many(actor, changes, verb="budgetline.replanned")
    currency = current_tenant().currency
    fresh = [
        BudgetLine(
            project=project,
            category=category,
            nature=nature,
            month=month,
            currency=currency,
            planned=amount,
            forecast=amount,
        )
        for (category, nature, month), amount in plan.items()
        if amount and (category, nature, month) not in held
    ]
    writing.create_many(actor, fresh)


def _planned(line: BudgetLine, amount: Decimal) -> dict[str, Decimal]:
    if line.forecast == line.planned and not line.actual:
        return {"planned": amount, "forecast": amount}
    return {"planned": amount}
