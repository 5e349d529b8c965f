"""Screens of templates as a whole: the gallery, one template and its preview, its header, copies, files."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.models import Category, Nature
from portfolio.governance import actions, files, library
from portfolio.governance.domain.rules import check, working_days
from portfolio.governance.domain.template import Template
from portfolio.governance.forms import ImportForm, TemplateForm
from portfolio.governance.models import ProjectTemplate
from portfolio.governance.pages import OfTemplate, SectionForm, spoken
from portfolio.governance.preview import counts_words, preview, strip
from portfolio.people.forms import initial_of
from portfolio.people.pages import RestoreView, RowActionView, RowFormView
from portfolio.people.queries import working_calendar
from portfolio.projects.models import Method
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, redirect


@dataclass(frozen=True, slots=True)
class Card:
    """A template as the gallery shows it, the tenant's own or a shipped one."""

    name: str
    method: str
    description: str
    counts: list[str]
    picture: SafeString
    url: str
    use_url: str
    archived: bool = False


def card_of(template: ProjectTemplate) -> Card:
    """A template of the tenant."""
    document = template.document
    return Card(
        template.name,
        str(template.get_method_display()),
        template.description,
        counts_words(template.task_count, template.milestone_count, template.duration_days),
        strip(document, check(document)),
        reverse("governance:detail", args=[template.pk]),
        "" if template.is_archived else reverse("governance:use", args=[template.pk]),
        template.is_archived,
    )


def shipped_card(shipped: library.Shipped) -> Card:
    """A template of the library."""
    document = shipped.document
    return Card(
        shipped.name,
        str(Method(shipped.method).label),
        shipped.description,
        counts_words(len(document.tasks), len(document.milestones), shipped.working_days),
        strip(document, shipped.schedule),
        reverse("governance:shipped", args=[shipped.key]),
        reverse("governance:use_shipped", args=[shipped.key]),
    )


def shipped_left() -> list[library.Shipped]:
    """The shipped templates of which the tenant has no copy yet, in its language."""
    held = set(ProjectTemplate.objects.exclude(source="").values_list("source", flat=True))
    return [one for one in library.all_shipped(current_tenant().language) if one.key not in held]


def shipped_or_404(key: str) -> library.Shipped:
    """A shipped template in the tenant's language."""
    try:
        return library.shipped(key, current_tenant().language)
    except LookupError as error:
        raise Http404 from error


def asked_date(value: str) -> date:
    """The start that the address asks for; today when it is none, or one that no plan has."""
    try:
        asked = date.fromisoformat(value)
    except ValueError:
        return today()
    return asked if 2000 <= asked.year <= 2100 else today()


class TemplatesView(MemberView):
    """The gallery: the tenant's templates, then those of the library."""

    permission = Permission.PROJECT_CREATE

    def get(self, request: MemberRequest) -> HttpResponse:
        archived = request.GET.get("archived") == "1"
        rows = list(ProjectTemplate.objects.filter(is_archived=archived))
        context = {
            "cards": [card_of(row) for row in rows],
            "shipped": [] if archived else [shipped_card(one) for one in shipped_left()],
            "archived": archived,
            "archived_count": ProjectTemplate.objects.filter(is_archived=True).count(),
            "may_edit": request.member.can(Permission.TEMPLATE_EDIT),
        }
        return render(request, "portfolio/governance/list.html", context)


class TemplateView(OfTemplate):
    """One template: outline, preview, risks, roles, budget."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: MemberRequest, **kwargs: Any) -> HttpResponse:
        template = self.template
        context = {
            "template": template,
            "heading": template.name,
            "method": template.get_method_display(),
            "may_edit": request.member.can(Permission.TEMPLATE_EDIT),
            "chosen": request.GET.get("line", ""),
            "use_url": "" if template.is_archived else reverse("governance:use", args=[template.pk]),
            "project_count": template.uses.filter(deleted_at=None, project__deleted_at=None).count(),
            **document_context(template.document, template.name, request.GET.get("from", "")),
        }
        return render(request, "portfolio/governance/detail.html", context)


class ShippedView(MemberView):
    """A template of the library, to be read before it is used or adapted."""

    permission = Permission.PROJECT_CREATE

    def get(self, request: MemberRequest, key: str) -> HttpResponse:
        shipped = shipped_or_404(key)
        held = ProjectTemplate.objects.filter(source=key).first()
        if held is not None:
            return redirect(request, reverse("governance:detail", args=[held.pk]))
        context = {
            "template": shipped,
            "heading": shipped.name,
            "method": Method(shipped.method).label,
            "may_edit": False,
            "may_adopt": request.member.can(Permission.TEMPLATE_EDIT),
            "use_url": reverse("governance:use_shipped", args=[key]),
            **document_context(shipped.document, shipped.name, request.GET.get("from", "")),
        }
        return render(request, "portfolio/governance/detail.html", context)


def document_context(document: Template, name: str, start: str) -> dict[str, Any]:
    """What the pages of a template show of its sections."""
    starts_on = asked_date(start)
    title = _("Diagramme de Gantt de %(project)s") % {"project": name}
    shown = preview(document, working_calendar(None), starts_on, title=title, language=spoken())
    return {
        "document": document,
        "preview": shown,
        "counts": counts_words(len(document.tasks), len(document.milestones), working_days(check(document))),
        "matrix": [
            (document.numbers[line.key], line, [role.raci.get(line.key, "") for role in document.roles])
            for line in document.deliverables
        ],
        "budget_rows": [
            (line, Category(line.category).label, Nature(line.nature).label, Decimal(line.planned))
            for line in document.budget
        ],
        "currency": current_tenant().currency,
        "role_names": {role.key: role.name for role in document.roles},
    }


class AdoptView(RowActionView):
    """Take a copy of a shipped template, to adapt it."""

    permission = Permission.TEMPLATE_EDIT

    def fetch(self) -> library.Shipped:
        return shipped_or_404(self.kwargs["key"])

    def act(self, row: library.Shipped) -> None:
        self.made = actions.adopt_template(actor=self.request.member.actor, key=row.key)

    def next_url(self, row: library.Shipped) -> str:
        return reverse("governance:list")

    def said(self, row: library.Shipped) -> str:
        return _("« %(name)s » est dans vos modèles : adaptez-le.") % {"name": self.made.name}


class TemplateCreateView(RowFormView):
    """A template from nothing: its lines come next."""

    permission = Permission.TEMPLATE_EDIT
    heading = gettext_lazy("Créer un modèle")
    button = gettext_lazy("Créer le modèle")

    def make_form(self, data: Any = None, files: Any = None) -> TemplateForm:
        return TemplateForm(data, initial={"method": Method.HYBRID})

    def back_url(self) -> str:
        return reverse("governance:list")

    def save(self, form: TemplateForm) -> str:
        template = actions.create_template(actor=self.request.member.actor, **form.values)
        return reverse("governance:detail", args=[template.pk])


class TemplateEditView(SectionForm):
    """Name, method, description."""

    heading = gettext_lazy("Modifier le modèle")
    button = gettext_lazy("Enregistrer")

    def make_form(self, data: Any = None, files: Any = None) -> TemplateForm:
        return TemplateForm(data, initial=initial_of(self.row, TemplateForm))

    def delete_url(self) -> str:
        return reverse("governance:delete", args=[self.template.pk])

    def save(self, form: TemplateForm) -> str:
        actions.change_template(
            actor=self.request.member.actor, template=self.row, values=form.values, version=form.read_version
        )
        return self.detail_url()


class TemplateAction(OfTemplate, RowActionView):
    """A verb on a template."""

    permission = Permission.TEMPLATE_EDIT

    def fetch(self) -> ProjectTemplate:
        return self.template

    def next_url(self, row: ProjectTemplate) -> str:
        return reverse("governance:list")


class DuplicateView(TemplateAction):
    def act(self, row: ProjectTemplate) -> None:
        self.made = actions.duplicate_template(actor=self.request.member.actor, template=row)

    def said(self, row: ProjectTemplate) -> str:
        return _("« %(name)s » est prêt à être modifié.") % {"name": self.made.name}


class ArchiveView(TemplateAction):
    """Archive, or take out of the archives: the same button."""

    def act(self, row: ProjectTemplate) -> None:
        actions.archive_template(actor=self.request.member.actor, template=row, archived=not row.is_archived)

    def said(self, row: ProjectTemplate) -> str:
        if row.is_archived:
            return _("« %(name)s » est archivé : il n’est plus proposé.") % {"name": row.name}
        return _("« %(name)s » est de nouveau proposé.") % {"name": row.name}

    def undo_url(self, row: ProjectTemplate) -> str:
        return reverse("governance:archive", args=[row.pk])


class DeleteView(TemplateAction):
    def act(self, row: ProjectTemplate) -> None:
        actions.delete_template(actor=self.request.member.actor, template=row)

    def said(self, row: ProjectTemplate) -> str:
        return _("Le modèle « %(name)s » a été supprimé ; ses projets restent.") % {"name": row.name}

    def undo_url(self, row: ProjectTemplate) -> str:
        return reverse("governance:restore", args=[row.pk])


class TemplateRestoreView(RestoreView):
    permission = Permission.TEMPLATE_EDIT

    def fetch(self) -> ProjectTemplate:
        rows = ProjectTemplate.everything.filter(deleted_at__isnull=False)
        template: ProjectTemplate = get_object_or_404(rows, pk=self.kwargs["pk"])
        return template

    def act(self, row: ProjectTemplate) -> None:
        actions.restore_template(actor=self.request.member.actor, template=row)


class ExportView(OfTemplate):
    """The template as a JSON file, which `ImportView` reads back."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: MemberRequest, **kwargs: Any) -> HttpResponse:
        text = json.dumps(files.as_file(self.template), ensure_ascii=False, indent=2)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        name = f"{slugify(self.template.name) or 'modele'}.json"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
        return response


class ImportView(RowFormView):
    """Bring a template's file."""

    permission = Permission.TEMPLATE_EDIT
    template_name = "portfolio/governance/import.html"
    heading = gettext_lazy("Importer un modèle")
    button = gettext_lazy("Importer")

    def make_form(self, data: Any = None, files: Any = None) -> ImportForm:
        return ImportForm(data, files)

    def back_url(self) -> str:
        return reverse("governance:list")

    def save(self, form: ImportForm) -> str:
        try:
            template = files.create_from_file(
                actor=self.request.member.actor, content=form.cleaned_data["file"].read()
            )
        except ValidationError as error:
            raise ValidationError({"file": error.messages}) from error
        toast(self.request, _("Le modèle « %(name)s » est importé.") % {"name": template.name})
        return reverse("governance:detail", args=[template.pk])
