"""Planned money goes from a line to another: the sum does not change by a cent, and who moved it and why is kept."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.actions import LARGEST, line_name, lock, normalise, refuse_shared
from portfolio.finance.domain.budget import available, to_cents
from portfolio.finance.models import OPEN_STATES, BudgetLine, BudgetTransfer, BudgetVersion, VersionState
from portfolio.projects.models import Project
from tech4value.audit import writing
from tech4value.audit.actor import Actor
from tech4value.figures import formats
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant

VERB = "budgetline.transferred"


def available_on(line: BudgetLine) -> Decimal:
    """What may leave a line: what it plans, less what is spent or committed."""
    return available(line.planned, line.committed, line.actual, line.ordered, line.invoiced)


@transaction.atomic
def transfer(
    *,
    actor: Actor,
    source: BudgetLine,
    project: Project,
    category: str,
    nature: str,
    month: date,
    amount: Decimal,
    reason: str,
) -> BudgetTransfer:
    """Move `amount` of what `source` plans to the line of `project` at a category, nature and month, which is made
    when it is not there. Forecasts do not move: they are what is expected, not what is allowed.

    Raises ValidationError by field: an amount beyond what is left, a budget under revision, no reason.
    """
    lock(source.project, project)
    source = _locked(source)
    if not reason.strip():
        raise ValidationError({"reason": _("Dites pourquoi ce montant change de ligne.")})
    decimals = min(formats.currency_decimals(current_tenant().currency), 2)
    if not amount.is_finite() or not 0 < amount <= LARGEST or not to_cents(amount, decimals):
        raise ValidationError({"amount": _("Indiquez un montant supérieur à zéro.")})
    amount = to_cents(amount, decimals)
    _refuse_open(source.project, project)
    _refuse_beyond(source, amount)
    place = BudgetLine(
        project=project, category=category, nature=nature, month=month, currency=current_tenant().currency
    )
    normalise(place)
    target = (
        BudgetLine.objects.filter(project=project, envelope=None, category=category, nature=nature, month=place.month)
        .select_for_update(no_key=True)
        .first()
    )
    if target is None:
        target = writing.create(actor, place)
    if target.pk == source.pk:
        raise ValidationError({"month": _("C’est la ligne de départ : choisissez une autre ligne.")})
    _move(actor, source, target, amount)
    row = BudgetTransfer(
        project=source.project,
        source=source,
        target=target,
        target_project=project,
        amount=amount,
        reason=reason.strip(),
        made_by=actor.label[:200],
        made_on=actor.effective_on or today(),
    )
    return writing.create(actor, row)


@transaction.atomic
def undo_transfer(*, actor: Actor, transfer: BudgetTransfer) -> None:
    """Take a transfer back: the amount returns to its line. Raises ValidationError when it is spent or committed
    since, or when a budget is under revision."""
    lock(transfer.project, transfer.target_project)
    _refuse_open(transfer.project, transfer.target_project)
    kept = BudgetTransfer.objects.select_for_update().filter(pk=transfer.pk).first()
    if kept is None:
        raise ValidationError(_("Ce virement est déjà repris : rechargez la page."))
    source, target = _locked(kept.source), _locked(kept.target)
    _refuse_beyond(target, kept.amount)
    _move(actor, target, source, kept.amount)
    writing.update(actor, kept, {"undone_by": actor.label[:200]}, verb="budgettransfer.undone")
    writing.delete(actor, kept)


def _locked(line: BudgetLine) -> BudgetLine:
    """The line as it is now, locked. Raises ValidationError when it is gone."""
    rows = BudgetLine.objects.select_for_update(of=("self",), no_key=True).select_related("project")
    found: BudgetLine | None = rows.filter(pk=line.pk).first()
    if found is None:
        raise ValidationError(
            _("La ligne %(line)s n’est plus dans le budget : rechargez la page.") % {"line": line_name(line)}
        )
    refuse_shared(found)
    return found


def _move(actor: Actor, source: BudgetLine, target: BudgetLine, amount: Decimal) -> None:
    changes = [
        (source, {"planned": source.planned - amount}),
        (target, {"planned": target.planned + amount}),
    ]
    writing.update_many(actor, changes, verb=VERB)


def _refuse_beyond(line: BudgetLine, amount: Decimal) -> None:
    left = available_on(line)
    if amount > left:
        language = get_language() or "fr"
        raise ValidationError(
            {
                "amount": _("Il reste %(left)s sur la ligne %(line)s : le reste est dépensé ou engagé.")
                % {"left": formats.money(left, line.currency, language), "line": line_name(line)}
            }
        )


def _refuse_open(*projects: Project) -> None:
    """Raise ValidationError when a version of one of the budgets is in preparation or proposed: it was made from
    amounts that would no longer be."""
    keys = [project.pk for project in projects]
    rows = BudgetVersion.objects.filter(project__in=keys, state__in=OPEN_STATES).select_related("project")
    # The initial version in preparation is the lines themselves.
    row = rows.exclude(number=0, state=VersionState.DRAFT).first()
    if row is not None:
        raise ValidationError(
            _(
                "La version « %(version)s » du budget de %(project)s est à l’état « %(state)s » : terminez-la ou "
                "abandonnez-la avant de virer un montant."
            )
            % {"version": row.name, "project": row.project.code, "state": row.get_state_display()}
        )
