"""What templates add to the screens of projects: ways to begin, where one came from, saving it as a template."""

from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.governance.library import all_shipped
from portfolio.governance.models import ProjectTemplate, TemplateUse
from portfolio.governance.preview import counts_words
from portfolio.projects.extensions import Fact, ProjectAction, Start
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.context import current_tenant

SHOWN = 8


def starts_of(member: Membership) -> list[Start]:
    """The templates to begin from: the tenant's, then those of the library that it has no copy of."""
    if not member.can(Permission.PROJECT_CREATE):
        return []
    fields = ("pk", "name", "source", "is_archived", "task_count", "milestone_count", "duration_days")
    rows = list(ProjectTemplate.objects.only(*fields))
    found = [
        Start(
            row.name,
            " · ".join(counts_words(row.task_count, row.milestone_count, row.duration_days)),
            reverse("governance:use", args=[row.pk]),
        )
        for row in rows
        if not row.is_archived
    ]
    held = {row.source for row in rows}
    for one in all_shipped(current_tenant().language):
        if one.key not in held:
            words = counts_words(len(one.document.tasks), len(one.document.milestones), one.working_days)
            found.append(Start(one.name, " · ".join(words), reverse("governance:use_shipped", args=[one.key])))
    shown = found[:SHOWN]
    if len(found) > SHOWN:
        shown.append(Start(_("Tous les modèles"), "", reverse("governance:list"), "ellipsis-horizontal"))
    return shown


def origin_of(member: Membership, project: Project) -> Fact | None:
    """The template that the project was made from, in the version of that day."""
    use = TemplateUse.objects.filter(project=project).select_related("template").first()
    if use is None:
        return None
    words = _("%(name)s, version %(version)s") % {"name": use.template_name, "version": use.template_version}
    alive = use.template is not None and use.template.deleted_at is None and member.can(Permission.PROJECT_CREATE)
    return Fact(_("Modèle"), words, reverse("governance:detail", args=[use.template_id]) if alive else "")


def actions_of(member: Membership, project: Project) -> list[ProjectAction]:
    """Saving the project as a template."""
    if not member.can(Permission.TEMPLATE_EDIT):
        return []
    url = reverse("governance:from_project", args=[project.pk])
    return [ProjectAction(_("Enregistrer comme modèle"), url, "document-duplicate")]
