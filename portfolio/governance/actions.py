"""Every write on templates. What is made from them: `creation`; the roles of a project: `role_actions`."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.finance.models import Category, Nature
from portfolio.governance import library
from portfolio.governance.domain.errors import Problem, TemplateError
from portfolio.governance.domain.reading import read_template
from portfolio.governance.domain.rules import check, working_days
from portfolio.governance.domain.template import Template, section_as_json
from portfolio.governance.messages import refused
from portfolio.governance.models import ProjectTemplate
from portfolio.people.validation import changed, cleaned, refuse_twin, values_of
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, restore, update
from tech4value.tenancy.context import current_tenant

HEADER: Final = ("name", "method", "description", "when_to_use")
SECTIONS: Final = ("lines", "risks", "roles", "budget")
NAME_LENGTH: Final = 120


def create_template(*, actor: Actor, name: str, source: str = "", **values: Any) -> ProjectTemplate:
    """A new template. Raises ValidationError by field: a name that is taken, a section that is wrong (a sentence for
    each problem, with its place)."""
    row = ProjectTemplate(name=name.strip(), source=source, **_checked_sections(None, values))
    return create(actor, _checked(cleaned(row)))


def change_template(
    *, actor: Actor, template: ProjectTemplate, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change a template's header or sections; returns whether anything differed. Projects made from it stay."""
    values = _checked_sections(template, values)
    candidate = _checked(changed(template, values))
    return update(actor, template, values_of(candidate, values), version=version)


def change_document(
    *, actor: Actor, template: ProjectTemplate, document: Template, version: int | None = None
) -> bool:
    """Write the sections that differ from what the template holds."""
    wanted = as_sections(document)
    differing = {name: value for name, value in wanted.items() if value != getattr(template, name)}
    return change_template(actor=actor, template=template, values=differing, version=version)


def duplicate_template(*, actor: Actor, template: ProjectTemplate) -> ProjectTemplate:
    """A copy under a free name, to be changed without touching the original."""
    values = {name: getattr(template, name) for name in (*HEADER, *SECTIONS) if name != "name"}
    return create_template(actor=actor, name=free_name(_("Copie de %(name)s") % {"name": template.name}), **values)


def adopt_template(*, actor: Actor, key: str, language: str = "") -> ProjectTemplate:
    """The tenant's own copy of a shipped template, in its language; the one that it has already when there is one.

    Raises LookupError for an unknown key.
    """
    held = ProjectTemplate.objects.filter(source=key).order_by("created_at").first()
    if held is not None:
        return held
    shipped = library.shipped(key, language or current_tenant().language)
    return create_template(
        actor=actor,
        name=free_name(shipped.name),
        method=shipped.method,
        description=shipped.description,
        when_to_use=shipped.when_to_use,
        source=key,
        **as_sections(shipped.document),
    )


def archive_template(*, actor: Actor, template: ProjectTemplate, archived: bool) -> bool:
    """Take a template off the choices, or offer it again."""
    return update(actor, template, {"is_archived": archived})


def delete_template(*, actor: Actor, template: ProjectTemplate) -> None:
    """Put a template in the bin; the projects made from it stay as they are."""
    delete(actor, template)


def restore_template(*, actor: Actor, template: ProjectTemplate) -> None:
    """Bring a deleted template back. Raises ValidationError when another took its name since."""
    _checked(template)
    restore(actor, template)


def as_sections(document: Template) -> dict[str, list[dict[str, Any]]]:
    """The sections as the row keeps them."""
    return {name: section_as_json(getattr(document, name)) for name in SECTIONS}


def free_name(name: str) -> str:
    """`name`, or `name (2)`… when it is taken; at most 120 characters."""
    name = name.strip()[:NAME_LENGTH]
    held = set(ProjectTemplate.objects.values_list("name", flat=True))
    number, wanted = 1, name
    while wanted in held:
        number += 1
        suffix = f" ({number})"
        wanted = name[: NAME_LENGTH - len(suffix)] + suffix
    return wanted


def _checked_sections(template: ProjectTemplate | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with their sections in canonical form, and what cards show of them."""
    if not set(SECTIONS) & set(values):
        return dict(values)
    given = {name: values.get(name, getattr(template, name, [])) for name in SECTIONS}
    try:
        document = read_template(given)
        schedule = check(document)
        _check_budget(document)
    except TemplateError as error:
        raise by_section(error) from error
    canonical = as_sections(document)
    return {
        **values,
        **{name: canonical[name] for name in SECTIONS if name in values},
        "task_count": len(document.tasks),
        "milestone_count": len(document.milestones),
        "duration_days": working_days(schedule),
    }


def by_section(error: TemplateError) -> ValidationError:
    """The problems on the section that they are in."""
    found: dict[str, list[str]] = {}
    for problem in error.problems:
        section = str(problem.place[0]) if problem.place else "lines"
        found.setdefault(section, []).extend(refused(TemplateError([problem])).messages)
    return ValidationError(found)


def _check_budget(document: Template) -> None:
    problems = []
    seen = set()
    for index, line in enumerate(document.budget):
        for name, choices in (("category", Category), ("nature", Nature)):
            if getattr(line, name) not in choices.values:
                values = {"value": getattr(line, name), "choices": choices.values}
                problems.append(Problem("unknown_choice", ("budget", index, name), values))
        place = (line.category, line.nature, line.month)
        if place in seen:
            values = {"name": f"{line.category}, {line.nature}, {line.month}"}
            problems.append(Problem("repeated_name", ("budget", index), values))
        seen.add(place)
    if problems:
        raise TemplateError(problems)


def _checked(template: ProjectTemplate) -> ProjectTemplate:
    message = _("Un modèle s’appelle déjà « %(name)s » : choisissez un autre nom.") % {"name": template.name}
    refuse_twin(template, message, "name")
    return template
