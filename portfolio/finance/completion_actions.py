"""The estimate at completion that a project uses is chosen, and its lines foresee it, to the cent; and taken back."""

from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.actions import LARGEST, line_name, lock
from portfolio.finance.completion import estimates_of
from portfolio.finance.domain.budget import ZERO, first_of_month, to_cents
from portfolio.finance.domain.completion import CompletionError, MonthLine, spread
from portfolio.finance.envelopes import received_by
from portfolio.finance.models import BudgetLine, CompletionChoice, EstimateMethod
from portfolio.projects.models import Project
from tech4value.audit import writing
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.figures import formats
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant

FORESEEN: Final = "budgetline.foreseen"


@transaction.atomic
def choose_estimate(
    *, actor: Actor, project: Project, method: str, amount: Decimal | None = None, reason: str = ""
) -> CompletionChoice:
    """Use an estimate at completion: of the lines as they are, of earned value as it is today, or `amount`, of the
    manager. The forecasts of this month and the coming ones then add up to it with what was spent.

    Raises ValidationError by field: no such estimate yet, less than what is spent, no month left.
    """
    if method not in EstimateMethod.values:
        raise ValidationError({"method": _("Choisissez les lignes, la valeur acquise ou votre estimation.")})
    lock(project)
    if method == EstimateMethod.MANAGER:
        wanted = _typed(amount)
        if not reason.strip():
            raise ValidationError({"reason": _("Dites sur quoi cette estimation repose.")})
    else:
        found = next(one for one in estimates_of(project, today())[0] if one.method == method)
        if found.amount is None:
            raise ValidationError({"method": found.why})
        wanted = found.amount
    row = CompletionChoice(
        project=project, method=method, amount=wanted, reason=reason.strip(), chosen_by=actor.label[:200]
    )
    if actor.batch_id is None:  # what undoes it finds the forecasts that it changed
        actor = actor.within(row.pk)
    if method != EstimateMethod.LINES:
        _foresee(actor, project, wanted)
    return writing.create(actor, row)


@transaction.atomic
def undo_choice(*, actor: Actor, choice: CompletionChoice) -> None:
    """Take the last choice back: the forecasts of lines are again what they were before it.

    Raises ValidationError: it is taken back already, another was made since, a forecast has changed since.
    """
    lock(choice.project)
    last = CompletionChoice.objects.filter(project=choice.project_id).order_by("-created_at", "-pk").first()
    if not CompletionChoice.objects.filter(pk=choice.pk).exists():
        raise ValidationError(_("Cette prévision est déjà annulée : rechargez la page."))
    if last is None or last.pk != choice.pk:
        raise ValidationError(_("Une autre prévision a été retenue depuis : annulez-la d’abord."))
    events = AuditEvent.objects.filter(batch_id=choice.pk)
    if not events.filter(object_id=choice.pk).exists():
        raise ValidationError(_("Cette prévision ne s’annule plus : retenez-en une autre."))
    before = {event.object_id: event.changes["forecast"] for event in events.filter(verb=FORESEEN)}
    lines = BudgetLine.objects.filter(pk__in=before).select_for_update(no_key=True).order_by("pk")
    changes = [(line, {"forecast": _forecast_before(line, *before[line.pk])}) for line in lines]
    if len(changes) < len(before):
        raise ValidationError(
            _("Une ligne du budget a été supprimée depuis : restaurez-la, ou retenez une autre prévision.")
        )
    writing.update_many(actor, changes, verb="budgetline.forecast_restored")
    writing.delete(actor, last)


def _forecast_before(line: BudgetLine, before: Any, after: Any) -> Decimal:
    if line.forecast != Decimal(str(after)):
        raise ValidationError(
            _("La prévision de la ligne %(line)s a changé depuis : retenez une autre prévision plutôt.")
            % {"line": line_name(line)}
        )
    return Decimal(str(before))


def _typed(amount: Decimal | None) -> Decimal:
    if amount is None or not amount.is_finite() or not 0 < amount <= LARGEST:
        raise ValidationError({"amount": _("Indiquez le montant attendu en tout, supérieur à zéro.")})
    return to_cents(amount, min(formats.currency_decimals(current_tenant().currency), 2))


def _foresee(actor: Actor, project: Project, estimate: Decimal) -> None:
    found = BudgetLine.objects.filter(project=project).select_for_update(no_key=True).order_by("month", "pk")
    lines = [line for line in found if line.envelope_id is None]
    # What the project receives from envelopes is expected there: the rest of the estimate is its own lines'.
    shared = sum((line.forecast for line in found if line.envelope_id is not None), ZERO)
    language, currency = get_language() or "fr", current_tenant().currency
    try:
        forecasts = spread(
            estimate - shared,
            [MonthLine(line.month, line.planned, line.actual, line.forecast) for line in lines],
            first_of_month(today()),
            min(formats.currency_decimals(currency), 2),
        )
    except CompletionError as error:
        words = {
            "spent": _("%(spent)s sont déjà dépensés : l’estimation ne peut pas être moindre."),
            "no_month": _(
                "Aucune ligne n’est à venir : ajoutez au budget les mois qui restent (%(spent)s sont dépensés)."
            ),
        }
        if shared:
            words = {
                "spent": _(
                    "%(spent)s sont déjà dépensés ou reçus d’enveloppes (%(envelopes)s) : l’estimation ne peut pas "
                    "être moindre."
                ),
                "no_month": _(
                    "Aucune ligne n’est à venir : ajoutez au budget les mois qui restent (%(spent)s sont dépensés ou "
                    "reçus d’enveloppes : %(envelopes)s)."
                ),
            }
        facts = {
            "spent": formats.money(error.amount + shared, currency, language),
            "envelopes": ", ".join(one.envelope.name for one in received_by(project)),
        }
        raise ValidationError({"amount": words[error.code] % facts}) from error
    changes = [(line, {"forecast": amount}) for line, amount in zip(lines, forecasts, strict=True)]
    writing.update_many(actor, changes, verb=FORESEEN)
