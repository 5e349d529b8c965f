"""Every write of envelopes. The lines of the projects that carry them follow in the same transaction (see
`envelopes`)."""

import copy
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.actions import YEARS, line_name, normalise
from portfolio.finance.domain.budget import MEASURES, first_of_month
from portfolio.finance.envelope_measures import demand_shareable, demand_weights, measured, refusal
from portfolio.finance.envelope_models import Envelope, EnvelopeLine, EnvelopeShare, EnvelopeState
from portfolio.finance.envelopes import periods_from
from portfolio.finance.models import BudgetLine
from portfolio.people.validation import changed, cleaned, refuse_namesake, refuse_twin, twins, values_of
from tech4value.audit import writing
from tech4value.audit.actor import Actor
from tech4value.figures import formats
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant

# What people write of an envelope; the rest follows from sharing it.
FIELDS = frozenset({"name", "purpose", "key"})


@transaction.atomic
def create_envelope(
    *,
    actor: Actor,
    envelope: Envelope,
    lines: Sequence[EnvelopeLine] = (),
    shares: Sequence[EnvelopeShare] = (),
) -> Envelope:
    """Add an envelope, with its lines and its projects when given. Raises ValidationError by field."""
    _check(envelope)
    writing.create(actor, envelope)
    for line in lines:
        line.envelope = envelope
        add_envelope_line(actor=actor, line=line)
    for share in shares:
        share.envelope = envelope
        add_envelope_share(actor=actor, share=share)
    return envelope


@transaction.atomic
def change_envelope(
    *, actor: Actor, envelope: Envelope, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Set the name, the purpose or the key; returns whether anything differed. The key changes while the envelope is
    prepared only."""
    wanted = {name: value for name, value in values.items() if name in FIELDS}
    candidate = changed(envelope, wanted)
    _check(candidate)
    if candidate.key != envelope.key:
        _refuse_shared(envelope, "key")
    return writing.update(actor, envelope, values_of(candidate, wanted), version=version)


@transaction.atomic
def share_envelope(
    *, actor: Actor, envelope: Envelope, since: date | None = None, version: int | None = None
) -> Envelope:
    """Measure the key and give each project its part, from the month of `since` on: the months before keep the parts
    that they had. Without it, all months when the envelope was never shared, else this one and the coming ones.

    Raises ValidationError: nothing to share, no project, a project that is closed, a key that measures nothing, fixed
    parts that are not 100 %, a first time that would leave months without parts.
    """
    envelope = _locked(envelope, version)
    _refuse_shared(envelope)
    shares = list(EnvelopeShare.objects.filter(envelope=envelope).select_related("project"))
    lines = [
        line
        for line in EnvelopeLine.objects.filter(envelope=envelope)
        if any(getattr(line, name) for name in MEASURES)
    ]
    if not lines:
        raise ValidationError(_("L’enveloppe n’a encore aucun montant : ajoutez une ligne avant de la répartir."))
    demand_shareable(shares)
    weights = measured(envelope.key, shares)
    demand_weights(envelope.key, weights)
    if since is not None and not YEARS[0] <= since.year <= YEARS[1]:
        raise ValidationError(
            {"since": _("Le mois doit être entre %(first)s et %(last)s.") % {"first": YEARS[0], "last": YEARS[1]}}
        )
    first = min(line.month for line in lines)
    if since is not None and not envelope.periods and first_of_month(since) > first:
        words = _(
            "L’enveloppe n’a jamais été répartie : tous ses montants le sont cette fois. Choisissez %(month)s, son "
            "premier mois, ou supprimez les montants d’avant."
        )
        raise ValidationError({"since": words % {"month": formats.month(first, get_language() or "fr")}})
    values = {
        "state": EnvelopeState.SHARED,
        "periods": [one.to_json() for one in periods_from(envelope, weights, lines, since)],
        "shared_by": actor.label[:200],
        "shared_at": now(),
    }
    writing.update(actor, envelope, values, verb="envelope.shared")
    return envelope


@transaction.atomic
def reopen_envelope(*, actor: Actor, envelope: Envelope, version: int | None = None) -> Envelope:
    """Prepare an envelope again: the projects keep the parts that they have until it is shared anew."""
    envelope = _locked(envelope, version)
    if envelope.state != EnvelopeState.SHARED:
        raise ValidationError(_("L’enveloppe « %(name)s » est déjà en préparation.") % {"name": envelope.name})
    writing.update(actor, envelope, {"state": EnvelopeState.DRAFT}, verb="envelope.reopened")
    return envelope


@transaction.atomic
def delete_envelope(*, actor: Actor, envelope: Envelope) -> None:
    """Put an envelope in the bin: its parts leave the budgets of the projects."""
    writing.delete(actor, envelope)


@transaction.atomic
def restore_envelope(*, actor: Actor, envelope: Envelope) -> None:
    """Bring an envelope back, and its parts. Raises ValidationError when its name is taken since."""
    _check(envelope)
    writing.restore(actor, envelope)


@transaction.atomic
def add_envelope_line(*, actor: Actor, line: EnvelopeLine) -> EnvelopeLine:
    """Add an amount of a month. Raises ValidationError by field."""
    envelope = _locked(line.envelope)
    _check_line(line)
    if line.planned:
        _refuse_shared(envelope, "planned")
    _refuse_line_twin(line)
    return writing.create(actor, line)


@transaction.atomic
def change_envelope_line(
    *, actor: Actor, line: EnvelopeLine, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Set some fields of a line; returns whether anything differed. Once the envelope is shared, what it plans and
    where no longer changes; what is committed, spent and expected does."""
    wanted = {name: value for name, value in values.items() if name != "envelope"}
    envelope = _locked(line.envelope)
    candidate = copy.copy(line)
    for name, value in wanted.items():
        setattr(candidate, name, value)
    _check_line(candidate)
    if candidate.planned != line.planned or (line.planned and candidate.place != line.place):
        _refuse_shared(envelope, "planned")
    _refuse_line_twin(candidate)
    return writing.update(actor, line, values_of(candidate, wanted), version=version)


@transaction.atomic
def delete_envelope_line(*, actor: Actor, line: EnvelopeLine) -> None:
    """Put a line in the bin."""
    envelope = _locked(line.envelope)
    if line.planned:
        _refuse_shared(envelope)
    writing.delete(actor, line)


@transaction.atomic
def restore_envelope_line(*, actor: Actor, line: EnvelopeLine) -> None:
    """Bring a deleted line back. Raises ValidationError when another has taken its place since."""
    envelope = _locked(line.envelope)
    if line.planned:
        _refuse_shared(envelope)
    _refuse_line_twin(line)
    writing.restore(actor, line)


@transaction.atomic
def add_envelope_share(*, actor: Actor, share: EnvelopeShare) -> EnvelopeShare:
    """Let a project carry a part. Raises ValidationError by field: closed, already there, a part beyond 0 to 100."""
    _refuse_shared(_locked(share.envelope))
    cleaned(share)
    if words := refusal(share.project):
        raise ValidationError({"project": words})
    refuse_twin(share, _("Ce projet porte déjà une part de l’enveloppe."), "envelope", "project")
    return writing.create(actor, share)


@transaction.atomic
def change_envelope_share(
    *, actor: Actor, share: EnvelopeShare, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Set the fixed part of a project; returns whether anything differed."""
    wanted = {name: value for name, value in values.items() if name == "percent"}
    _refuse_shared(_locked(share.envelope))
    candidate = changed(share, wanted)
    return writing.update(actor, share, values_of(candidate, wanted), version=version)


@transaction.atomic
def delete_envelope_share(*, actor: Actor, share: EnvelopeShare) -> None:
    """Take a project off the envelope."""
    _refuse_shared(_locked(share.envelope))
    writing.delete(actor, share)


@transaction.atomic
def restore_envelope_share(*, actor: Actor, share: EnvelopeShare) -> None:
    """Bring a project back. Raises ValidationError when it is there again since."""
    _refuse_shared(_locked(share.envelope))
    refuse_twin(share, _("Ce projet porte déjà une part de l’enveloppe."), "envelope", "project")
    writing.restore(actor, share)


def _locked(envelope: Envelope, version: int | None = None) -> Envelope:
    """The envelope as it is now, one writer at a time. Raises ValidationError when it is gone, StaleVersionError when
    `version` is no longer its own."""
    found = Envelope.objects.select_for_update(no_key=True).filter(pk=envelope.pk).first()
    if found is None:
        raise ValidationError(_("L’enveloppe « %(name)s » est supprimée.") % {"name": envelope.name})
    if version is not None and version != found.version:
        raise writing.stale_error(found, version)
    return found


def _check(envelope: Envelope) -> None:
    envelope.name, envelope.purpose = envelope.name.strip(), envelope.purpose.strip()
    cleaned(envelope)
    refuse_namesake(envelope, _("Une enveloppe porte déjà ce nom. Choisissez-en un autre."))


def _check_line(line: EnvelopeLine) -> None:
    """Month to its first day, amounts to the cent, as on any budget line."""
    amounts = {name: Decimal(getattr(line, name)) for name in MEASURES}
    place = _as_budget_line(line, amounts)
    normalise(place)
    for name in ("month", *MEASURES):
        setattr(line, name, getattr(place, name))


def _as_budget_line(line: EnvelopeLine, amounts: Mapping[str, Decimal]) -> BudgetLine:
    return BudgetLine(
        category=line.category,
        nature=line.nature,
        month=line.month,
        currency=current_tenant().currency,
        **amounts,
    )


def _refuse_line_twin(line: EnvelopeLine) -> None:
    if twins(line, "envelope", "category", "nature", "month").exists():
        name = line_name(_as_budget_line(line, {}))
        raise ValidationError({"month": _("La ligne %(line)s existe déjà. Modifiez-la plutôt.") % {"line": name}})


def _refuse_shared(envelope: Envelope, on: str = "") -> None:
    """Raise ValidationError (on the field `on`, when given) once the envelope is shared."""
    if envelope.state == EnvelopeState.SHARED:
        words = _(
            "L’enveloppe « %(name)s » est répartie : son prévu, sa clé et ses projets ne changent plus. Rouvrez-la "
            "pour les modifier ; les projets gardent leurs parts jusqu’à la nouvelle répartition."
        ) % {"name": envelope.name}
        raise ValidationError({on: words} if on else words)
