"""Every write of the risk register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.people.models import Person
from portfolio.projects.models import Project
from portfolio.risks.domain import LEVELS, next_reference
from portfolio.risks.models import Risk, RiskStatus
from tech4value.audit import writing
from tech4value.audit.actor import Actor

FIELDS: Final = frozenset(
    {
        "reference",
        "title",
        "description",
        "probability",
        "impact",
        "owner",
        "due_on",
        "mitigation",
        "status",
    }
)


@dataclass(frozen=True, slots=True)
class RiskEntry:
    """One risk to be set, found by its reference in the project; a field of None is left as it is."""

    reference: str
    title: str | None = None
    probability: int | None = None
    impact: int | None = None
    description: str | None = None
    owner: Person | None = None
    due_on: date | None = None
    mitigation: str | None = None
    status: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What is given, the reference excepted."""
        given = ((name, getattr(self, name)) for name in FIELDS - {"reference"})
        return {name: value for name, value in given if value is not None}


@dataclass(frozen=True, slots=True)
class RiskChanges:
    """What a bulk write did: risks created, changed, and those that already said so."""

    created: tuple[Risk, ...] = ()
    changed: tuple[Risk, ...] = ()
    unchanged: tuple[Risk, ...] = ()

    @property
    def risks(self) -> tuple[Risk, ...]:
        """Every risk that was given, whatever became of it."""
        return (*self.created, *self.changed, *self.unchanged)


def create_risk(
    *,
    actor: Actor,
    project: Project,
    title: str,
    probability: int,
    impact: int,
    reference: str = "",
    description: str = "",
    owner: Person | None = None,
    due_on: date | None = None,
    mitigation: str = "",
    status: str = RiskStatus.OPEN,
) -> Risk:
    """Add a risk; without a reference it takes the next one of its project. Raises ValidationError by field."""
    _lock(project)
    risk = Risk(
        project=project,
        reference=reference.strip() or _next_reference(project),
        title=title.strip(),
        description=description,
        probability=probability,
        impact=impact,
        owner=owner,
        due_on=due_on,
        mitigation=mitigation,
        status=status,
    )
    _check(risk)
    _refuse_twin(risk)
    return writing.create(actor, risk)


def create_risks(*, actor: Actor, values: Sequence[Mapping[str, Any]]) -> list[Risk]:
    """Add many risks, of one project or several, in a few statements; the same rules as for one."""
    projects = {one["project"].pk: one["project"] for one in values}
    _lock(*projects.values())
    known: dict[Any, list[str]] = {key: [] for key in projects}
    taken: set[tuple[Any, str]] = set()
    for key, reference, deleted_at in Risk.everything.filter(project__in=projects).values_list(
        "project", "reference", "deleted_at"
    ):
        known[key].append(reference)
        if deleted_at is None:
            taken.add((key, reference))
    rows = []
    for one in values:
        risk = Risk(**{"reference": "", **one})
        risk.reference, risk.title = risk.reference.strip(), risk.title.strip()
        references = known[risk.project_id]
        if not risk.reference:
            risk.reference = next_reference(references)
            references.clear()  # the highest one is enough to find the next
        references.append(risk.reference)
        _check(risk)
        if (risk.project_id, risk.reference) in taken:
            raise _twin(risk)
        taken.add((risk.project_id, risk.reference))
        rows.append(risk)
    return writing.create_many(actor, rows)


def change_risk(*, actor: Actor, risk: Risk, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Set some of a risk's fields (its project excepted); returns whether anything differed.

    Raises ValidationError by field, StaleVersionError when `version` is no longer the risk's.
    """
    wanted = {name: value for name, value in values.items() if name in FIELDS}
    if not str(wanted.get("reference", risk.reference)).strip():
        wanted.pop("reference")  # a risk keeps its reference rather than losing it
    candidate = Risk(pk=risk.pk, project=risk.project, **({name: getattr(risk, name) for name in FIELDS} | wanted))
    _check(candidate)
    if candidate.reference != risk.reference:
        _lock(risk.project)
        _refuse_twin(candidate)
    clean = {name: getattr(candidate, name) for name in wanted}
    return writing.update(actor, risk, clean, version=version)


def close_risk(*, actor: Actor, risk: Risk, version: int | None = None) -> bool:
    """Close a risk: it no longer threatens. Returns whether it was not closed already."""
    return writing.update(actor, risk, {"status": RiskStatus.CLOSED}, version=version, verb="risk.closed")


def reopen_risk(*, actor: Actor, risk: Risk, status: str = RiskStatus.OPEN) -> bool:
    """Take a closed risk up again. Returns whether anything differed."""
    return writing.update(actor, risk, {"status": status}, verb="risk.reopened")


def delete_risk(*, actor: Actor, risk: Risk) -> None:
    """Put a risk in the bin."""
    writing.delete(actor, risk)


def restore_risk(*, actor: Actor, risk: Risk) -> None:
    """Bring a deleted risk back. Raises ValidationError when another has taken its reference since."""
    _lock(risk.project)
    _refuse_twin(risk)
    writing.restore(actor, risk)


def set_risks(*, actor: Actor, project_risks: Mapping[Project, Sequence[RiskEntry]]) -> RiskChanges:
    """Set many risks of many projects, found by reference: created or changed, never doubled.

    Raises ValidationError when an entry is wrong (the message names the project and the risk), incomplete though
    new, or given twice: nothing is written.
    """
    _lock(*project_risks)
    existing = {
        (risk.project_id, risk.reference): risk
        for risk in Risk.objects.filter(project__in=list(project_risks)).select_for_update(no_key=True)
    }
    new: list[Risk] = []
    known: list[tuple[Risk, dict[str, Any]]] = []
    seen: set[tuple[Any, str]] = set()
    for project, entries in project_risks.items():
        for entry in entries:
            place = (project.pk, entry.reference.strip())
            if place in seen:
                raise _named(project, entry, _("le risque est donné deux fois. Gardez-en un seul."))
            seen.add(place)
            risk = existing.get(place)
            base = _fields(risk) if risk else {"reference": place[1]}
            candidate = Risk(project=project, **(base | entry.values))
            try:
                _check(candidate)
            except ValidationError as error:
                raise _named(project, entry, " ".join(error.messages)) from error
            if risk is None:
                new.append(candidate)
            else:
                known.append((risk, entry.values))
    changed = writing.update_many(actor, known)
    differing = {risk.pk for risk in changed}
    return RiskChanges(
        created=tuple(writing.create_many(actor, new)),
        changed=tuple(changed),
        unchanged=tuple(risk for risk, _values in known if risk.pk not in differing),
    )


def _fields(risk: Risk) -> dict[str, Any]:
    """The fields that can be set, the owner excepted: its row is not needed to check the others."""
    return {name: getattr(risk, name) for name in FIELDS - {"owner"}}


def _named(project: Project, entry: RiskEntry, reason: str) -> ValidationError:
    return ValidationError(
        _("Projet %(project)s, risque %(reference)s : %(reason)s")
        % {"project": project.code, "reference": entry.reference or "—", "reason": reason}
    )


def _check(risk: Risk) -> None:
    """Raise ValidationError by field, in a sentence that says what to do."""
    errors: dict[str, Any] = {}
    if not risk.title:
        errors["title"] = _("Décrivez le risque en une phrase.")
    if not risk.reference:
        errors["reference"] = _("Donnez une référence, par exemple R-001.")
    if risk.probability not in LEVELS:
        errors["probability"] = _(
            "La probabilité va de 1 (très improbable) à 5 (quasi certaine) ; "
            "« %(value)s » n’est pas dans cette échelle."
        ) % {"value": _given(risk.probability)}
    if risk.impact not in LEVELS:
        errors["impact"] = _(
            "L’impact va de 1 (négligeable) à 5 (extrême) ; « %(value)s » n’est pas dans cette échelle."
        ) % {"value": _given(risk.impact)}
    if risk.status not in RiskStatus.values:
        errors["status"] = _("« %(value)s » n’est pas un statut. Choisissez parmi : %(choices)s.") % {
            "value": risk.status,
            "choices": ", ".join(str(label) for label in RiskStatus.labels),
        }
    try:
        risk.clean_fields(exclude={"tenant", "project", "owner", *errors})
    except ValidationError as error:
        errors.update(error.error_dict)
    if errors:
        raise ValidationError(errors)


def _given(value: Any) -> str:
    return "—" if value is None else str(value)


def _lock(*projects: Project) -> None:
    """Let one writer at a time number the risks of a project; several are always locked in the same order."""
    rows = Project.objects.select_for_update(no_key=True).filter(pk__in=[project.pk for project in projects])
    list(rows.order_by("pk").values_list("pk"))


def _next_reference(project: Project) -> str:
    # Deleted risks count: one that comes back must find its reference free.
    return next_reference(list(Risk.everything.filter(project=project).values_list("reference", flat=True)))


def _refuse_twin(risk: Risk) -> None:
    twins = Risk.objects.filter(project_id=risk.project_id, reference=risk.reference).exclude(pk=risk.pk)
    if twins.exists():
        raise _twin(risk)


def _twin(risk: Risk) -> ValidationError:
    message = _("La référence %(reference)s est déjà prise dans ce projet. Choisissez-en une autre.")
    return ValidationError({"reference": message % {"reference": risk.reference}})
