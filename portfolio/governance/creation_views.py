"""Screens that make a project from a template, take it back, or make a template from a project."""

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.governance import actions
from portfolio.governance.creation import create_project_from_template, suggested_code, undo_creation
from portfolio.governance.domain.template import Template
from portfolio.governance.extraction import create_template_from_project, suggested_name
from portfolio.governance.forms import FromProjectForm, ProjectFromTemplateForm
from portfolio.governance.models import ProjectTemplate, TemplateUse
from portfolio.governance.views import document_context, shipped_or_404
from portfolio.people.models import Person, Pole
from portfolio.people.pages import RowFormView
from portfolio.projects.actions import project_usage
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import UndoRefusedError
from tech4value.tenancy.clock import today
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView


class UseView(FormView):
    """The form of a project made from a template, filled but for what only the person knows, beside its preview."""

    permission = Permission.PROJECT_CREATE
    template_name = "portfolio/governance/use.html"

    @cached_property
    def template(self) -> ProjectTemplate:
        rows = ProjectTemplate.objects.filter(is_archived=False)
        template: ProjectTemplate = get_object_or_404(rows, pk=self.kwargs["pk"])
        return template

    @cached_property
    def document(self) -> Template:
        return self.template.document

    def name(self) -> str:
        """The template's name."""
        return self.template.name

    def chosen(self) -> ProjectTemplate:
        """The row that the project will remember."""
        return self.template

    def prepare(self) -> None:
        _ = self.document

    def make_form(self, data: Any = None, files: Any = None) -> ProjectFromTemplateForm:
        day = today()
        me = Person.objects.filter(membership=self.request.member).first()
        pole = (me.pole_id if me else None) or Pole.objects.values_list("pk", flat=True).first()
        initial = {
            "name": self.name(),
            "code": suggested_code(self.name(), day.year),
            "starts_on": day,
            "manager": me.pk if me else None,
            "pole": pole,
        }
        return ProjectFromTemplateForm(self.document, data, initial=initial)

    def extra_context(self) -> dict[str, Any]:
        usage = project_usage()
        start = self.request.POST.get("starts_on") or self.request.GET.get("starts_on", "")
        return {
            "template_title": self.name(),
            "back_url": reverse("governance:list"),
            "usage": None if usage.limit is None else usage,
            "without_pole": not Pole.objects.exists(),
            **document_context(self.document, self.name(), start),
        }

    def save(self, form: ProjectFromTemplateForm) -> str:
        template = self.chosen()
        made = create_project_from_template(actor=self.request.member.actor, template=template, **form.values)
        toast(
            self.request,
            _("Le projet « %(name)s » est créé avec son plan, ses jalons et ses risques.")
            % {"name": made.project.name},
            undo_url=reverse("governance:undo_creation", args=[made.project.pk]),
        )
        return reverse("projects:detail", args=[made.project.pk])


class UseShippedView(UseView):
    """The same from a template of the library: the tenant takes its copy when the project is created."""

    @cached_property
    def document(self) -> Template:
        return shipped_or_404(self.kwargs["key"]).document

    def name(self) -> str:
        return shipped_or_404(self.kwargs["key"]).name

    def chosen(self) -> ProjectTemplate:
        return actions.adopt_template(actor=self.request.member.actor, key=self.kwargs["key"])


class UndoCreationView(MemberView):
    """Undo of a project made from a template, posted by the toast: by who made it, or may delete projects."""

    permission = Permission.PROJECT_CREATE
    http_method_names = ["post"]

    def post(self, request: MemberRequest, project_id: Any) -> HttpResponse:
        project = get_object_or_404(Project.objects.visible_to(request.member), pk=project_id)
        use = get_object_or_404(TemplateUse, project=project)
        made_by_me = use_author(use) == request.member.user_id
        if not made_by_me and not request.member.can(Permission.PROJECT_DELETE):
            raise Http404
        try:
            with transaction.atomic():
                undo_creation(actor=request.member.actor, use=use)
        except UndoRefusedError as error:
            first = error.conflicts[0]
            words = _(
                "%(who)s a travaillé dans ce projet depuis (« %(label)s ») : supprimez-le plutôt, la suppression "
                "s’annule aussi."
            ) % {"who": first.by, "label": first.label}
            return JsonResponse({"detail": words}, status=422)
        toast(request, _("La création est annulée : rien n’en reste."))
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("projects:list")
        return response


def use_author(use: TemplateUse) -> Any:
    """The user who made the project."""
    events = AuditEvent.objects.filter(batch_id=use.batch_id, object_id=use.pk).order_by("id")
    return events.values_list("actor_id", flat=True).first()


class FromProjectView(OfProject, RowFormView):
    """Save a project as a template."""

    permission = Permission.TEMPLATE_EDIT
    template_name = "portfolio/governance/from_project.html"
    heading = gettext_lazy("Enregistrer comme modèle")
    button = gettext_lazy("Enregistrer le modèle")

    @cached_property
    def project(self) -> Project:
        rows = Project.objects.visible_to(self.request.member).select_related("pole")
        project: Project = get_object_or_404(rows, pk=self.kwargs["project_id"])
        return project

    def prepare(self) -> None:
        _ = self.project

    def make_form(self, data: Any = None, files: Any = None) -> FromProjectForm:
        return FromProjectForm(data, initial={"name": suggested_name(self.project), "description": self.project.goal})

    def back_url(self) -> str:
        return reverse("projects:detail", args=[self.project.pk])

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "project": self.project}

    def save(self, form: FromProjectForm) -> str:
        try:
            template = create_template_from_project(
                actor=self.request.member.actor, project=self.project, **form.values
            )
        except ValidationError as error:
            if "name" in getattr(error, "error_dict", {}):
                raise
            raise ValidationError(error.messages) from error
        toast(self.request, _("« %(name)s » est dans vos modèles.") % {"name": template.name})
        return reverse("governance:detail", args=[template.pk])
