"""Every write of benefits and of how they are discounted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.finance.actions import LARGEST
from portfolio.finance.benefits_models import (
    FIRST_YEAR,
    LAST_YEAR,
    Benefit,
    BenefitKind,
    BenefitSource,
    BenefitYear,
    ReturnSettings,
)
from portfolio.finance.benefits_queries import return_settings
from portfolio.finance.domain.budget import to_cents
from portfolio.finance.periods import year_name
from portfolio.people.validation import changed, cleaned, twins, values_of
from portfolio.projects.models import Project
from tech4value.audit import writing
from tech4value.audit.actor import Actor
from tech4value.tenancy.folding import fold

FIELDS: Final = frozenset({"name", "kind", "source", "owner", "measure", "unit"})


@transaction.atomic
def create_benefit(*, actor: Actor, project: Project, **values: Any) -> Benefit:
    """Add a benefit (FIELDS). Raises ValidationError by field."""
    row = Benefit(project=project, **values)
    _check(cleaned(row))
    return writing.create(actor, row)


@transaction.atomic
def change_benefit(*, actor: Actor, benefit: Benefit, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Set some of FIELDS; returns whether anything differed. Raises ValidationError by field, StaleVersionError when
    `version` is no longer the row's."""
    candidate = changed(benefit, {name: value for name, value in values.items() if name in FIELDS})
    _check(candidate)
    # What follows from the kind is written with it.
    wanted = values_of(candidate, (FIELDS & set(values)) | {"source", "unit"})
    return writing.update(actor, benefit, wanted, version=version)


@transaction.atomic
def delete_benefit(*, actor: Actor, benefit: Benefit) -> None:
    """Put a benefit in the bin, with its years."""
    writing.delete(actor, benefit)


@transaction.atomic
def restore_benefit(*, actor: Actor, benefit: Benefit) -> None:
    """Bring a deleted benefit back. Raises ValidationError when another has its name, or follows the contracts."""
    _check(benefit)
    writing.restore(actor, benefit)


def _check(row: Benefit) -> None:
    row.name, row.unit, row.measure = row.name.strip(), row.unit.strip(), row.measure.strip()
    if not row.name:
        raise ValidationError({"name": _("Nommez le bénéfice, par exemple « Heures de saisie évitées ».")})
    namesakes = Benefit.objects.filter(project=row.project_id, sort_name=fold(row.name)).exclude(pk=row.pk)
    if namesakes.exists():
        raise ValidationError({"name": _("Ce projet a déjà un bénéfice de ce nom. Modifiez-le plutôt.")})
    if row.kind == BenefitKind.OTHER and not row.unit:
        raise ValidationError({"unit": _("Dites en quoi ce bénéfice se compte : points, heures, demandes…")})
    if row.is_money:
        row.unit = ""
    if row.source != BenefitSource.CONTRACTS:
        return
    if row.kind != BenefitKind.REVENUE:
        raise ValidationError(
            {"source": _("Les contrats disent ce qui est vendu : choisissez la nature « Chiffre d’affaires ».")}
        )
    if twins(row, "project", "source").exists():
        raise ValidationError({"source": _("Un autre bénéfice de ce projet suit déjà ses contrats.")})


@dataclass(frozen=True, slots=True)
class YearEntry:
    """One year of a benefit to be set; None is what nobody has said. `version` is that of the row which was read, 0
    when there was none, None when it does not matter."""

    benefit: Benefit
    year: int
    expected: Decimal | None
    realised: Decimal | None
    version: int | None = None


@transaction.atomic
def set_benefit_years(*, actor: Actor, entries: Sequence[YearEntry]) -> int:
    """Set years of benefits, whether their rows exist or not; returns how many differed.

    Raises ValidationError (the message names the benefit and the year), StaleVersionError when a row has moved on.
    """
    keys = sorted({entry.benefit.pk for entry in entries})
    # One writer at a time for a benefit, always in one order: a year is never made twice.
    list(Benefit.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    held = {(row.benefit_id, row.year): row for row in BenefitYear.objects.filter(benefit__in=keys)}
    seen: set[tuple[Any, int]] = set()
    differed = 0
    for entry in entries:
        place = (entry.benefit.pk, entry.year)
        if place in seen:
            raise ValidationError(
                _("%(name)s, %(year)s : cet exercice est donné deux fois. Gardez-en un seul.")
                % {"name": entry.benefit.name, "year": year_name(entry.year)}
            )
        seen.add(place)
        differed += _set_year(actor, entry, held.get(place))
    return differed


def _set_year(actor: Actor, entry: YearEntry, row: BenefitYear | None) -> bool:
    values = {"expected": _amount(entry, entry.expected), "realised": _amount(entry, entry.realised)}
    if row is not None:
        row.benefit = entry.benefit
        return writing.update(actor, row, values, version=entry.version)
    if all(value is None for value in values.values()):
        return False
    fresh = BenefitYear(benefit=entry.benefit, year=entry.year, **values)
    _check_year(fresh)
    writing.create(actor, fresh)
    return True


def _amount(entry: YearEntry, amount: Decimal | None) -> Decimal | None:
    if amount is None:
        return None
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValidationError(
            _("%(name)s, %(year)s : le montant dépasse ce qui peut être enregistré. Vérifiez la saisie.")
            % {"name": entry.benefit.name, "year": year_name(entry.year)}
        )
    return to_cents(amount)


def _check_year(row: BenefitYear) -> None:
    if not row.benefit.is_typed:
        raise ValidationError(
            {"benefit": _("Les montants de ce bénéfice suivent les contrats du projet : ils ne se saisissent pas.")}
        )
    if not isinstance(row.year, int) or not FIRST_YEAR <= row.year <= LAST_YEAR:
        raise ValidationError(
            {
                "year": _("L’exercice doit être entre %(first)s et %(last)s.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR}
            }
        )


@transaction.atomic
def create_benefit_year(
    *, actor: Actor, benefit: Benefit, year: int, expected: Decimal | None = None, realised: Decimal | None = None
) -> BenefitYear:
    """Add a year. Raises ValidationError by field; also when it exists."""
    _check_year(BenefitYear(benefit=benefit, year=year))
    if BenefitYear.objects.filter(benefit=benefit, year=year).exists():
        raise ValidationError({"year": _("Cet exercice a déjà des montants. Modifiez-les plutôt.")})
    entry = YearEntry(benefit, year, expected, realised)
    amounts = {"expected": _amount(entry, expected), "realised": _amount(entry, realised)}
    return writing.create(actor, BenefitYear(benefit=benefit, year=year, **amounts))


@transaction.atomic
def change_benefit_year(
    *, actor: Actor, row: BenefitYear, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Set what is expected of a year, or what was realised. Raises ValidationError, StaleVersionError."""
    expected, realised = (values.get(name, getattr(row, name)) for name in ("expected", "realised"))
    return _set_year(actor, YearEntry(row.benefit, row.year, expected, realised, version), row)


@transaction.atomic
def delete_benefit_year(*, actor: Actor, row: BenefitYear) -> None:
    """Put a year in the bin."""
    writing.delete(actor, row)


@transaction.atomic
def restore_benefit_year(*, actor: Actor, row: BenefitYear) -> None:
    """Bring a deleted year back. Raises ValidationError when it was typed again since."""
    if twins(row, "benefit", "year").exists():
        raise ValidationError(_("Cet exercice a été saisi de nouveau depuis."))
    writing.restore(actor, row)


@transaction.atomic
def change_return_settings(*, actor: Actor, values: Mapping[str, Any], version: int | None = None) -> ReturnSettings:
    """Say how money of different years is compared; the first who says it creates the row. Raises ValidationError by
    field, StaleVersionError."""
    row = return_settings()
    if not values:
        return row
    candidate = changed(row, values)
    if row._state.adding:
        return writing.create(actor, candidate)
    writing.update(actor, row, values_of(candidate, values), version=version)
    return row
