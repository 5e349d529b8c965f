"""Screens of the imports: bring a file, look at what it would change, run it, follow it, undo it."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from integrations.imports.actions import XLSX, bring_plan, bring_workbook, choose, start_import
from integrations.imports.certificates import certificate_csv, certificate_page
from integrations.imports.domain.template import write_template
from integrations.imports.forms import ChoicesForm, PlanFileForm, PlanForm, ProblemFilterForm, WorkbookForm
from integrations.imports.lists import ImportTable
from integrations.imports.models import Import, ImportKind, ImportState
from integrations.imports.pages import (
    certificate_of,
    converted_from,
    imports_of,
    left_out,
    problem_lines,
    sheet_changes,
    sheet_counts,
    totals,
)
from integrations.imports.table_actions import bring_table, choose_mode
from integrations.imports.table_forms import ModeForm, TableForm
from integrations.imports.table_pages import TablePage
from integrations.imports.undoing import conflicts_of, start_undo
from portfolio.projects.models import Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.undo import UndoRefusedError
from tech4value.tables.pages import TablePage as ListPage
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, redirect

FILE_FORMS = {ImportKind.WORKBOOK: WorkbookForm, ImportKind.MSPDI: PlanFileForm, ImportKind.TABLE: TableForm}
BRING = {ImportKind.WORKBOOK: bring_workbook, ImportKind.MSPDI: bring_plan, ImportKind.TABLE: bring_table}
PROBLEMS_SHOWN = 300
MOVING = (ImportState.READING, ImportState.RUNNING, ImportState.UNDOING)


def attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file to keep, made for this request."""
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=content_type, headers=headers)


class StartView(FormView):
    """Three cards and the history. Subclasses take one of the forms."""

    permission = Permission.IMPORT_RUN
    template_name = "integrations/imports/start.html"
    kind: ClassVar[str] = ""

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return self.every(data, files)[self.kind or ImportKind.WORKBOOK]

    def every(self, data: Any = None, files: Any = None) -> dict[str, forms.BaseForm]:
        """The three forms, the one that is sent with what it was sent."""
        member = self.request.member
        given = {self.kind: (data, files)} if data is not None else {}
        workbook, plan, table = (given.get(kind, (None, None)) for kind in ImportKind)
        initial = {"project": self.request.GET.get("project")}
        return {
            ImportKind.WORKBOOK: WorkbookForm(*workbook, auto_id="workbook_%s"),
            ImportKind.MSPDI: PlanForm(*plan, auto_id="plan_%s", member=member, initial=initial),
            ImportKind.TABLE: TableForm(*table, auto_id="table_%s"),
        }

    def page(self, form: forms.BaseForm, status: int = 200, **extra: Any) -> HttpResponse:
        shown = {**self.every(), (self.kind or ImportKind.WORKBOOK): form}
        context = {
            "workbook_form": shown[ImportKind.WORKBOOK],
            "plan_form": shown[ImportKind.MSPDI],
            "table_form": shown[ImportKind.TABLE],
            "project": self.request.GET.get("project", ""),
            "list": ListPage(ImportTable(self.request.member), self.request.GET),
        }
        return render(self.request, self.template_name, context, status=status)

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.kind:
            return self.http_method_not_allowed(request)
        return super().post(request, *args, **kwargs)


class WorkbookView(StartView):
    """Bring a workbook."""

    kind = ImportKind.WORKBOOK

    def save(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        member = self.request.member
        row = bring_workbook(actor=member.actor, member=member, name=file.name, content=file.read())
        return reverse("imports:detail", args=[row.pk])


class PlanView(StartView):
    """Bring a Microsoft Project file."""

    kind = ImportKind.MSPDI

    def save(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        member = self.request.member
        row = bring_plan(
            actor=member.actor,
            member=member,
            name=file.name,
            content=file.read(),
            project=form.cleaned_data["project"],
            new_project=form.new_project,
        )
        return reverse("imports:detail", args=[row.pk])


class TableView(StartView):
    """Bring a table in any form."""

    kind = ImportKind.TABLE

    def save(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        member = self.request.member
        row = bring_table(
            actor=member.actor,
            member=member,
            name=file.name,
            content=file.read(),
            project=_project_named(member, self.request.POST.get("project", "")),
        )
        return reverse("imports:detail", args=[row.pk])


def _project_named(member: Membership, key: str) -> str:
    """The key of the project whose page led here, if the member sees it."""
    try:
        wanted = UUID(key)
    except ValueError:
        return ""
    return key if Project.objects.visible_to(member).filter(pk=wanted).exists() else ""


class TemplateView(MemberView):
    """The empty workbook, in the person's language."""

    permission = Permission.IMPORT_RUN

    def get(self, request: MemberRequest) -> HttpResponse:
        name = _("modele-portefeuille.xlsx")
        return attachment(write_template(get_language() or "fr"), name, XLSX)


class DetailView(FormView):
    """One import: its preview, its progress, its result; the form replaces its file by a mended one."""

    permission = Permission.IMPORT_RUN
    template_name = "integrations/imports/detail.html"

    def prepare(self) -> None:
        self.row: Import = get_object_or_404(imports_of(self.request.member), pk=self.kwargs["pk"])

    def get(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        if self.row.state == ImportState.PREPARING:
            return redirect(request, reverse("imports:reading", args=[self.row.pk]))
        return self.page(self.make_form())

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return FILE_FORMS[ImportKind(self.row.kind)](data, files)

    def save(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        member = self.request.member
        bring: Callable[..., Import] = BRING[ImportKind(self.row.kind)]
        bring(actor=member.actor, member=member, name=file.name, content=file.read(), row=self.row)
        return reverse("imports:detail", args=[self.row.pk])

    def page(self, form: forms.BaseForm, status: int = 200, **extra: Any) -> HttpResponse:
        # A refused file leaves what was there: the row is read again without what the form has put on it.
        row = get_object_or_404(imports_of(self.request.member), pk=self.row.pk)
        return detail_page(self.request, row, form=form, status=status, **extra)


def detail_page(
    request: MemberRequest, row: Import, *, form: forms.BaseForm | None = None, status: int = 200, **extra: Any
) -> HttpResponse:
    """The page of one import."""
    is_plan, is_table = row.kind == ImportKind.MSPDI, row.kind == ImportKind.TABLE
    filters = ProblemFilterForm(request.GET, row=row)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    lines = problem_lines(row, sheet=chosen.get("sheet", ""), severity=chosen.get("severity", ""))
    choices = extra.pop("choices", None)
    if choices is None and is_plan and row.preview.get("ok"):
        choices = ChoicesForm(row=row, member=request.member)
    context = {
        "row": row,
        "is_plan": is_plan,
        "is_table": is_table,
        **_table_context(row),
        "mode_form": ModeForm(),
        "moving": row.state in MOVING,
        "open": row.state in {ImportState.PREVIEWED, ImportState.FAILED, ImportState.UNDONE},
        "may_run": row.preview.get("ok", False) or row.preview.get("may_skip", False),
        "form": form or FILE_FORMS[ImportKind(row.kind)](),
        "choices": choices,
        "filters_form": filters,
        "errors": [line for line in lines if line.is_error][:PROBLEMS_SHOWN],
        "warnings": [line for line in lines if not line.is_error][:PROBLEMS_SHOWN],
        "hidden_problems": max(0, len(lines) - PROBLEMS_SHOWN) + row.preview.get("problems_left_out", 0),
        "counts": sheet_counts(row),
        "totals": totals(row),
        "changes": sheet_changes(row),
        "left_out": left_out(row),
        "foreign_format": converted_from(row),
        "certificate": certificate_page(certificate) if (certificate := certificate_of(row)) else None,
        "conflicts": row.result.get("conflicts", []),
        "may_download": row.file.owner_id == request.member.pk,
        **extra,
    }
    return render(request, "integrations/imports/detail.html", context, status=status)


def _table_context(row: Import) -> dict[str, Any]:
    """What the page of a table shows beside the rest."""
    if row.kind != ImportKind.TABLE or not row.preview.get("counts"):
        return {}
    table = TablePage(row)
    return {
        "table": table,
        "is_final": row.state in {ImportState.DONE, ImportState.UNDOING},
        "updated_samples": table.samples("update"),
        "created_samples": table.created() if table.report["samples"]["create"] else None,
    }


class CertificateView(MemberView):
    """What becomes of each field of a plan's file; `?format=csv` downloads it."""

    permission = Permission.IMPORT_RUN

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        row = get_object_or_404(imports_of(request.member), pk=pk)
        certificate = certificate_of(row)
        if certificate is None:
            raise Http404
        if request.GET.get("format") == "csv":
            name = _("certificat %(file)s.csv") % {"file": row.file.name}
            return attachment(certificate_csv(certificate), name, "text/csv; charset=utf-8")
        context = {
            "row": row,
            "certificate": certificate_page(certificate, fate=request.GET.get("fate", "")),
            "fate": request.GET.get("fate", ""),
        }
        return render(request, "integrations/imports/certificate.html", context)


class ProgressView(MemberView):
    """The bar of an import's job; once it is over, the whole page is drawn again."""

    permission = Permission.IMPORT_RUN

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        row = get_object_or_404(imports_of(request.member).defer("preview", "result"), pk=pk)
        response = render(request, "integrations/imports/_job.html", {"row": row})
        if row.state not in MOVING:
            response.headers["HX-Refresh"] = "true"
        return response


class RunView(MemberView):
    """Start the import; for a plan, with the choices made in its preview."""

    permission = Permission.IMPORT_RUN

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        row = get_object_or_404(imports_of(request.member), pk=pk)
        actor = request.member.actor
        choices = None
        try:
            if row.kind == ImportKind.MSPDI and row.preview.get("ok"):
                choices = ChoicesForm(request.POST, row=row, member=request.member)
                if not choices.is_valid():
                    return detail_page(request, row, choices=choices, status=422)
                choose(
                    actor=actor,
                    member=request.member,
                    row=row,
                    people=choices.people,
                    reschedule=choices.cleaned_data["reschedule"],
                )
            if row.kind == ImportKind.TABLE:
                choose_mode(row=row, skip_faulty=request.POST.get("mode") == "skip", dry="dry" in request.POST)
            start_import(actor=actor, member=request.member, row=row)
        except ValidationError as error:
            return detail_page(request, row, choices=choices, status=422, refused=" ".join(error.messages))
        return redirect(request, reverse("imports:detail", args=[pk]))


class UndoView(MemberView):
    """Take the import back as a whole; `rest`: but for what others have changed since."""

    permission = Permission.IMPORT_RUN

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        row = get_object_or_404(imports_of(request.member), pk=pk)
        try:
            rest = "rest" in request.POST
            undone = start_undo(actor=request.member.actor, member=request.member, row=row, rest=rest)
        except UndoRefusedError as error:
            return detail_page(request, row, status=409, conflicts=conflicts_of(error.conflicts))
        except ValidationError as error:
            return detail_page(request, row, status=422, refused=" ".join(error.messages))
        if undone.state == ImportState.UNDONE and undone.result.get("left"):
            kept = undone.result["left_count"]
            toast(
                request,
                ngettext(
                    "L’import est annulé, sauf %(n)s élément, gardé tel quel.",
                    "L’import est annulé, sauf %(n)s éléments, gardés tels quels.",
                    kept,
                )
                % {"n": kept},
            )
        elif undone.state == ImportState.UNDONE:
            toast(request, _("L’import est annulé : les données sont comme avant."))
        return redirect(request, reverse("imports:detail", args=[pk]))
