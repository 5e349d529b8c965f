"""Every write of budgets. Amounts are rounded to the cent at the line; there is one line for each project, category,
nature and month.

Planned and committed amounts are zero or more. Actual and forecast ones may be negative: a credit note can be all
that a month holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance import foreign
from portfolio.finance.domain.budget import MEASURES, ZERO, first_of_month, to_cents
from portfolio.finance.exchange import Converter
from portfolio.finance.foreign import convert
from portfolio.finance.freeze import refuse_frozen
from portfolio.finance.models import BudgetLine, Category, Nature
from portfolio.finance.staff_costs import follows_time
from portfolio.projects.models import Project
from tech4value.audit import writing
from tech4value.audit.actor import Actor
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant

# An amount or a date outside these is a typing error; the column holds twelve digits before the point.
LARGEST: Final = foreign.LARGEST
YEARS: Final = (2000, 2100)
FIELDS: Final = frozenset({"category", "nature", "month", "currency", *MEASURES})


@dataclass(frozen=True, slots=True)
class BudgetEntry:
    """One line to be set: its place (category, nature, month) and its amounts; an amount of None is left as it is."""

    category: str
    nature: str
    month: date
    planned: Decimal | None = None
    committed: Decimal | None = None
    actual: Decimal | None = None
    forecast: Decimal | None = None

    @property
    def amounts(self) -> dict[str, Decimal]:
        """What is given."""
        given = ((name, getattr(self, name)) for name in MEASURES)
        return {name: value for name, value in given if value is not None}


@dataclass(frozen=True, slots=True)
class BudgetChanges:
    """What a bulk write did: lines created, lines changed, and those that already said so."""

    created: tuple[BudgetLine, ...] = ()
    changed: tuple[BudgetLine, ...] = ()
    unchanged: tuple[BudgetLine, ...] = ()

    @property
    def lines(self) -> tuple[BudgetLine, ...]:
        """Every line that was given, whatever became of it."""
        return (*self.created, *self.changed, *self.unchanged)


def create_budget_line(
    *,
    actor: Actor,
    project: Project,
    category: str,
    nature: str,
    month: date,
    planned: Decimal = Decimal(0),
    committed: Decimal = Decimal(0),
    actual: Decimal = Decimal(0),
    forecast: Decimal = Decimal(0),
    currency: str | None = None,
) -> BudgetLine:
    """Add a line. `month` is any day of the month; amounts are in `currency`, converted at the rate of its first day
    when it is another than the organisation's. Raises ValidationError by field; also when the line exists."""
    line = BudgetLine(
        project=project,
        category=category,
        nature=nature,
        month=month,
        currency=currency or current_tenant().currency,
        planned=planned,
        committed=committed,
        actual=actual,
        forecast=forecast,
    )
    convert(line)
    normalise(line)
    _refuse_typed(line, ZERO)
    lock(project)
    if line.planned:
        refuse_frozen([project.pk])
    _refuse_twin(line)
    return writing.create(actor, line)


def create_budget_lines(*, actor: Actor, values: Sequence[Mapping[str, Any]]) -> list[BudgetLine]:
    """Add many lines, of one project or several, in a few statements; the same rules as for one."""
    projects = {one["project"].pk: one["project"] for one in values}
    lock(*projects.values())
    places = ("project", "category", "nature", "month")
    taken: set[Any] = set(BudgetLine.objects.filter(project__in=projects, envelope=None).values_list(*places))
    converter = Converter()
    rows = []
    for one in values:
        line = BudgetLine(**{**one, "currency": one.get("currency") or converter.base})
        convert(line, converter=converter)
        normalise(line)
        _refuse_typed(line, ZERO)
        if _place(line) in taken:
            raise _twin(line)
        taken.add(_place(line))
        rows.append(line)
    refuse_frozen({line.project_id for line in rows if line.planned})
    return writing.create_many(actor, rows)


def change_budget_line(
    *, actor: Actor, line: BudgetLine, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Set some of a line's fields (its project excepted); returns whether anything differed. With a `currency`, the
    amounts beside it are in that one, else in the organisation's.

    Raises ValidationError by field, StaleVersionError when `version` is no longer the line's.
    """
    refuse_shared(line)
    wanted = {name: value for name, value in values.items() if name in FIELDS}
    candidate = BudgetLine(
        pk=line.pk,
        project=line.project,
        **({name: getattr(line, name) for name in (*FIELDS, *foreign.FIELDS)} | wanted),
    )
    if "currency" in wanted:
        convert(candidate, [name for name in MEASURES if name in wanted])
        wanted |= {name: getattr(candidate, name) for name in foreign.FIELDS}
    normalise(candidate)
    _refuse_typed(candidate, line.actual)
    _refuse_below_orders(candidate.committed, line)
    moved = _place(candidate) != _place(line)
    if moved or candidate.planned != line.planned:
        lock(line.project)
    if candidate.planned != line.planned or (moved and line.planned):
        refuse_frozen([line.project_id])
    if moved:
        _refuse_followed(line)
        _refuse_twin(candidate)
    clean = {name: getattr(candidate, name) for name in wanted}
    return writing.update(actor, line, clean, version=version)


def delete_budget_line(*, actor: Actor, line: BudgetLine) -> None:
    """Put a line in the bin. Raises ValidationError when an approved budget, an order or an envelope holds it."""
    refuse_shared(line)
    lock(line.project)
    if line.planned:
        refuse_frozen([line.project_id])
    _refuse_followed(line)
    writing.delete(actor, line)


def restore_budget_line(*, actor: Actor, line: BudgetLine) -> None:
    """Bring a deleted line back. Raises ValidationError when another has taken its place since."""
    refuse_shared(line)
    lock(line.project)
    if line.planned:
        refuse_frozen([line.project_id])
    _refuse_twin(line)
    writing.restore(actor, line)


def set_budget(
    *,
    actor: Actor,
    project: Project,
    category: str,
    nature: str,
    month: date,
    planned: Decimal | None = None,
    committed: Decimal | None = None,
    actual: Decimal | None = None,
    forecast: Decimal | None = None,
) -> BudgetLine:
    """Set the amounts of a month, whether the line exists or not; amounts of None are left as they are."""
    entry = BudgetEntry(category, nature, month, planned, committed, actual, forecast)
    return set_budget_lines(actor=actor, project_lines={project: [entry]}).lines[0]


def set_budget_lines(*, actor: Actor, project_lines: Mapping[Project, Sequence[BudgetEntry]]) -> BudgetChanges:
    """Set many lines of many projects: created or changed, never doubled; one read, one insert for all that is new.

    Raises ValidationError when an entry is wrong (the message names the project, month and category) or is given
    twice: nothing is written.
    """
    wanted = _by_place(project_lines)
    lock(*project_lines)
    existing = {
        _place(line): line
        for line in BudgetLine.objects.filter(project__in=list(project_lines), envelope=None).select_for_update(
            no_key=True
        )
    }
    for place, (blank, entry) in wanted.items():
        if "actual" in entry.amounts:
            _refuse_typed(blank, existing[place].actual if place in existing else ZERO)
        if "committed" in entry.amounts and place in existing:
            _refuse_below_orders(blank.committed, existing[place])
    refuse_frozen(
        {
            place[0]
            for place, (blank, entry) in wanted.items()
            if "planned" in entry.amounts
            and blank.planned != (existing[place].planned if place in existing else ZERO)
        }
    )
    new = [blank for place, (blank, _entry) in wanted.items() if place not in existing]
    known = [
        (existing[place], {name: getattr(blank, name) for name in entry.amounts})
        for place, (blank, entry) in wanted.items()
        if place in existing
    ]
    changed = writing.update_many(actor, known)
    differing = {line.pk for line in changed}
    return BudgetChanges(
        created=tuple(writing.create_many(actor, new)),
        changed=tuple(changed),
        unchanged=tuple(line for line, _values in known if line.pk not in differing),
    )


Place = tuple[Any, str, str, date]


def _place(line: BudgetLine) -> Place:
    return line.project_id, line.category, line.nature, line.month


def _by_place(
    project_lines: Mapping[Project, Iterable[BudgetEntry]],
) -> dict[Place, tuple[BudgetLine, BudgetEntry]]:
    """Each entry as a checked line, by place."""
    currency = current_tenant().currency
    wanted: dict[Place, tuple[BudgetLine, BudgetEntry]] = {}
    for project, entries in project_lines.items():
        for entry in entries:
            line = BudgetLine(
                project=project,
                category=entry.category,
                nature=entry.nature,
                month=entry.month,
                currency=currency,
                **entry.amounts,
            )
            try:
                normalise(line)
            except ValidationError as error:
                raise ValidationError(
                    _("Projet %(project)s, %(line)s : %(reason)s")
                    % {"project": project.code, "line": line_name(line), "reason": _reasons(error)}
                ) from error
            if _place(line) in wanted:
                raise ValidationError(
                    _("Projet %(project)s : la ligne %(line)s est donnée deux fois. Gardez-en une seule.")
                    % {"project": project.code, "line": line_name(line)}
                )
            wanted[_place(line)] = (line, entry)
    return wanted


def _reasons(error: ValidationError) -> str:
    """Every message after the field that it speaks of."""
    fields = {
        name: str(capfirst(field.verbose_name))
        for name in error.error_dict
        if isinstance(field := BudgetLine._meta.get_field(name), models.Field)
    }
    return " ".join(
        _("%(field)s : %(message)s") % {"field": fields.get(name, name), "message": message}
        for name, messages in error.message_dict.items()
        for message in messages
    )


def line_name(line: BudgetLine) -> str:
    """« Licences, capex, mars 2026 » ; a value out of range is said as it was given."""
    month = formats.month(line.month, get_language() or "fr") if isinstance(line.month, date) else str(line.month)
    return f"{line.get_category_display()}, {line.get_nature_display()}, {month}"


def normalise(line: BudgetLine) -> None:
    """Month to its first day, amounts to the cent; raise ValidationError by field for what cannot be."""
    errors: dict[str, str] = {}
    if line.category not in Category.values:
        errors["category"] = _("« %(value)s » n’est pas une catégorie. Choisissez parmi : %(choices)s.") % {
            "value": line.category,
            "choices": ", ".join(str(label) for label in Category.labels),
        }
    if line.nature not in Nature.values:
        errors["nature"] = _("« %(value)s » n’est pas une nature. Choisissez capex ou opex.") % {"value": line.nature}
    if not isinstance(line.month, date) or not YEARS[0] <= line.month.year <= YEARS[1]:
        errors["month"] = _("Le mois doit être entre %(first)s et %(last)s.") % {"first": YEARS[0], "last": YEARS[1]}
    else:
        line.month = first_of_month(line.month)
    currency = current_tenant().currency
    if line.currency != currency:
        errors["currency"] = _(
            "Les budgets de l’organisation sont en %(currency)s. Convertissez le montant avant de le saisir."
        ) % {"currency": currency}
    for measure in MEASURES:
        if message := _normalise_amount(line, measure):
            errors[measure] = message
    if errors:
        raise ValidationError(errors)


def _normalise_amount(line: BudgetLine, measure: str) -> str:
    """Round one amount; returns what is wrong with it, nothing when it is right."""
    amount = Decimal(getattr(line, measure))
    if not amount.is_finite() or abs(amount) > LARGEST:
        return _("Le montant dépasse ce qui peut être enregistré. Vérifiez la saisie.")
    # A line is in the tenant's currency, whose smallest unit may be the whole (yen) but is at most a cent here.
    amount = to_cents(amount, min(formats.currency_decimals(line.currency), 2))
    if amount < 0 and measure in {"planned", "committed"}:
        return _("Le montant ne peut pas être négatif. Un avoir se saisit en réel et en prévision.")
    setattr(line, measure, amount)
    return ""


def _refuse_typed(line: BudgetLine, before: Decimal) -> None:
    """Raise ValidationError when an actual that follows time is typed otherwise than it is."""
    if line.actual != before and follows_time(line.category, line.month):
        raise ValidationError(
            {
                "actual": _(
                    "Le réel de la catégorie Personnel suit les temps de ce mois : corrigez les temps ou les taux. "
                    "Un administrateur peut changer ce choix dans les réglages des temps."
                )
            }
        )


def _refuse_below_orders(committed: Decimal, line: BudgetLine) -> None:
    """Raise ValidationError when less is typed as committed than purchase orders commit."""
    if committed < line.ordered:
        raise ValidationError(
            {
                "committed": _(
                    "Des commandes engagent %(amount)s sur la ligne %(line)s : l’engagé ne peut pas être moindre. "
                    "Corrigez ou soldez les commandes."
                )
                % {
                    "amount": formats.money(line.ordered, line.currency, get_language() or "fr"),
                    "line": line_name(line),
                }
            }
        )


def shared_words(line: BudgetLine) -> str:
    """Why a part of an envelope is not changed in a project, and where it is."""
    return _(
        "La ligne %(line)s est la part du projet dans l’enveloppe « %(envelope)s » : elle se modifie dans "
        "l’enveloppe (Finances, Enveloppes)."
    ) % {"line": line_name(line), "envelope": line.envelope}


def refuse_shared(line: BudgetLine) -> None:
    """Raise ValidationError when a line is a part of an envelope, which alone writes it."""
    if line.envelope_id is not None:
        raise ValidationError(shared_words(line))


def lock(*projects: Project) -> None:
    """Let one writer at a time set the budget of a project, so that a line is never made twice; several are always
    locked in the same order."""
    rows = Project.objects.select_for_update(no_key=True).filter(pk__in=[project.pk for project in projects])
    list(rows.order_by("pk").values_list("pk"))


def _refuse_followed(line: BudgetLine) -> None:
    """Raise ValidationError when purchase orders write on a line that is to go or to move."""
    if line.ordered or line.invoiced:
        raise ValidationError(
            _(
                "Des commandes engagent la ligne %(line)s : changez d’abord leurs lignes, dans l’onglet Budget, "
                "Commandes."
            )
            % {"line": line_name(line)}
        )


def _refuse_twin(line: BudgetLine) -> None:
    twins = BudgetLine.objects.filter(
        project_id=line.project_id, envelope=None, category=line.category, nature=line.nature, month=line.month
    ).exclude(pk=line.pk)
    if twins.exists():
        raise _twin(line)


def _twin(line: BudgetLine) -> ValidationError:
    words = _("La ligne %(line)s existe déjà. Modifiez-la plutôt.") % {"line": line_name(line)}
    return ValidationError({"month": words})
