"""Screens that change a part of a template: its lines, their order, its risks, roles, letters and budget."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.governance import actions
from portfolio.governance.domain import outline
from portfolio.governance.domain.errors import TemplateError
from portfolio.governance.domain.template import RACI, Template, TemplateLine, free_key
from portfolio.governance.forms import BudgetForm, LineForm, RiskForm, RoleForm
from portfolio.governance.messages import refused
from portfolio.governance.models import ProjectTemplate
from portfolio.governance.pages import OfTemplate, SectionForm
from portfolio.people.pages import RowActionView
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import UndoRefusedError, undo_batch
from tech4value.web.toasts import toast
from tech4value.web.views import redirect


def on_form(error: ValidationError) -> ValidationError:
    """The sentences of the sections, on top of the form: they say their place."""
    return ValidationError(error.messages)


class DocumentForm(SectionForm):
    """A form that rewrites the document; refusals of the whole come on top of the form."""

    def write(self, form: Any, document: Template) -> str:
        try:
            actions.change_document(
                actor=self.request.member.actor, template=self.row, document=document, version=form.read_version
            )
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                raise on_form(error) from error
            raise
        return self.back_url()


# --- lines


class LineCreateView(DocumentForm):
    """A new line, under the one that the address names."""

    template_name = "portfolio/governance/line_form.html"
    heading = gettext_lazy("Ajouter une ligne")
    button = gettext_lazy("Ajouter la ligne")

    def make_form(self, data: Any = None, files: Any = None) -> LineForm:
        asked = self.request.GET
        kinds = {"phase", "task", "milestone"}
        initial: dict[str, Any] = {"parent": asked.get("parent", ""), "version": self.row.version}
        if asked.get("kind") in kinds:
            initial["kind"] = asked["kind"]
        return LineForm(self.document, None, data, **initial)

    def save(self, form: LineForm) -> str:
        document = self.document
        line = form.line_of(free_key("line", document.numbers))
        lines = outline.inserted(document.lines, line, form.cleaned_data["parent"])
        return f"{self.write(form, with_lines(document, lines))}?line={line.key}#outline"


class LineEditView(DocumentForm):
    """A line's panel."""

    template_name = "portfolio/governance/line_form.html"
    heading = gettext_lazy("Modifier la ligne")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        super().prepare()
        if self.row.document.line(self.kwargs["key"]) is None:
            raise Http404

    def make_form(self, data: Any = None, files: Any = None) -> LineForm:
        line = self.document.line(self.kwargs["key"])
        return LineForm(self.document, line, data, version=self.row.version)

    def delete_url(self) -> str:
        return reverse("governance:line_delete", args=[self.template.pk, self.kwargs["key"]])

    def save(self, form: LineForm) -> str:
        document = self.document
        changed = form.line_of(self.kwargs["key"])
        lines = tuple(changed if line.key == changed.key else line for line in document.lines)
        return f"{self.write(form, with_lines(document, lines))}?line={changed.key}#outline"


class ArrangeView(OfTemplate):
    """The outline's buttons: the chosen line goes up, down, under the one above, or out of its parent."""

    permission = Permission.TEMPLATE_EDIT
    http_method_names = ["post"]

    def post(self, request: MemberRequest, **kwargs: Any) -> HttpResponse:
        document, key = self.template.document, request.POST.get("line", "")
        try:
            with transaction.atomic():
                lines = outline.arranged(document.lines, key, request.POST.get("verb", ""))
                actions.change_document(
                    actor=request.member.actor, template=self.template, document=with_lines(document, lines)
                )
        except TemplateError as error:
            words = _("Choisissez d’abord une ligne du plan.") if not key else " ".join(refused(error).messages)
            toast(request, words, level="error")
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        chosen = key if key in document.numbers else ""
        return redirect(request, f"{self.detail_url()}?line={chosen}#outline")


def with_lines(document: Template, lines: Sequence[TemplateLine]) -> Template:
    """The document with other lines; letters on lines that are gone go with them."""
    kept = {line.key for line in lines}
    roles = tuple(
        replace(role, raci={key: letter for key, letter in role.raci.items() if key in kept})
        for role in document.roles
    )
    return Template(tuple(lines), document.risks, roles, document.budget)


# --- risks, roles, budget: a row of a section


class RowOfSection(DocumentForm):
    """Creates or edits a row of a section; `key` in the address is the row's."""

    section: ClassVar[str]
    form: ClassVar[Any]
    prefix: ClassVar[str]
    delete_name: ClassVar[str]

    def rows(self) -> tuple[Any, ...]:
        found: tuple[Any, ...] = getattr(self.document, self.section)
        return found

    def edited_row(self) -> Any:
        key = self.kwargs.get("key")
        return None if key is None else next((row for row in self.rows() if row.key == key), None)

    def prepare(self) -> None:
        super().prepare()
        if "key" in self.kwargs and self.edited_row() is None:
            raise Http404

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        made: forms.BaseForm = self.form(self.document, self.edited_row(), data, version=self.row.version)
        return made

    def delete_url(self) -> str:
        key = self.kwargs.get("key")
        return "" if key is None else reverse(self.delete_name, args=[self.template.pk, key])

    def back_url(self) -> str:
        return f"{self.detail_url()}#{self.section}"

    def save(self, form: Any) -> str:
        rows, before = self.rows(), self.edited_row()
        key = before.key if before is not None else free_key(self.prefix, [row.key for row in rows])
        made = form.row_of(key, before)
        changed = tuple(made if row.key == key else row for row in rows) if before is not None else (*rows, made)
        return self.write(form, replace(self.document, **{self.section: changed}))


class RiskView(RowOfSection):
    section, form, prefix, delete_name = "risks", RiskForm, "risk", "governance:risk_delete"
    button = gettext_lazy("Enregistrer")
    heading: ClassVar[str | Promise] = gettext_lazy("Risque du modèle")


class RoleView(RowOfSection):
    section, form, prefix, delete_name = "roles", RoleForm, "role", "governance:role_delete"
    button = gettext_lazy("Enregistrer")
    heading: ClassVar[str | Promise] = gettext_lazy("Rôle du modèle")


class BudgetView(RowOfSection):
    section, form, prefix, delete_name = "budget", BudgetForm, "budget", "governance:budget_delete"
    button = gettext_lazy("Enregistrer")
    heading: ClassVar[str | Promise] = gettext_lazy("Ligne de budget du modèle")


class RowDelete(OfTemplate, RowActionView):
    """Take a row out of a section; the toast takes it back."""

    permission = Permission.TEMPLATE_EDIT
    section: ClassVar[str] = "lines"

    def fetch(self) -> ProjectTemplate:
        document = self.template.document
        self.gone = next((row for row in getattr(document, self.section) if row.key == self.kwargs["key"]), None)
        if self.gone is None:
            raise Http404
        self.batch = uuid4()
        return self.template

    def without(self, document: Template, key: str) -> Template:
        rows = tuple(row for row in getattr(document, self.section) if row.key != key)
        return replace(document, **{self.section: rows})

    def act(self, row: ProjectTemplate) -> None:
        document = self.without(row.document, self.kwargs["key"])
        actions.change_document(actor=self.request.member.actor.within(self.batch), template=row, document=document)

    def next_url(self, row: ProjectTemplate) -> str:
        anchor = "outline" if self.section == "lines" else self.section
        return f"{self.detail_url()}#{anchor}"

    def said(self, row: ProjectTemplate) -> str:
        name = getattr(self.gone, "name", "") or getattr(self.gone, "title", "") or _("La ligne")
        return _("« %(name)s » a été retiré du modèle.") % {"name": name}

    def undo_url(self, row: ProjectTemplate) -> str:
        return reverse("governance:undo", args=[row.pk, self.batch])


class LineDeleteView(RowDelete):
    def without(self, document: Template, key: str) -> Template:
        return with_lines(document, outline.removed(document.lines, key))


class RiskDeleteView(RowDelete):
    section = "risks"


class BudgetDeleteView(RowDelete):
    section = "budget"


class RoleDeleteView(RowDelete):
    """The lines and risks that the role had are then nobody's."""

    section = "roles"

    def without(self, document: Template, key: str) -> Template:
        return Template(
            tuple(replace(line, role="") if line.role == key else line for line in document.lines),
            tuple(replace(risk, role="") if risk.role == key else risk for risk in document.risks),
            tuple(role for role in document.roles if role.key != key),
            document.budget,
        )


class UndoView(OfTemplate):
    """Undo of the deletion of a row, posted by the toast."""

    permission = Permission.TEMPLATE_EDIT
    http_method_names = ["post"]

    def post(self, request: MemberRequest, **kwargs: Any) -> HttpResponse:
        key = self.template.pk
        try:
            with transaction.atomic():
                undone = undo_batch(request.member.actor, self.kwargs["batch"]) if self.is_ours(key) else 0
        except UndoRefusedError:
            words = _("Le modèle a été modifié depuis : la suppression ne peut plus être annulée d’ici.")
            return JsonResponse({"detail": words}, status=422)
        if not undone:
            raise Http404
        toast(request, _("Le modèle est comme avant."))
        return HttpResponse(status=204)

    def is_ours(self, key: Any) -> bool:
        """Whether the batch wrote this template and nothing else."""
        events = AuditEvent.objects.filter(batch_id=self.kwargs["batch"]).values_list("object_id", flat=True)
        return set(events) == {key}


# --- the matrix


class RaciForm(forms.Form):
    """A letter for each line and role."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, document: Template, data: Any = None, **initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.document = document
        self.lines = [line for line in document.lines if line.kind != "task"] or list(document.lines)
        letters = [("", "—"), *((letter, letter) for letter in RACI)]
        for line in self.lines:
            for role in document.roles:
                self.fields[name_of(line.key, role.key)] = forms.ChoiceField(
                    label=_("%(role)s, %(line)s") % {"role": role.name, "line": line.name},
                    choices=letters,
                    required=False,
                    initial=role.raci.get(line.key, ""),
                )

    @property
    def read_version(self) -> int | None:
        version: int | None = self.cleaned_data.get("version")
        return version

    def table(self) -> list[tuple[TemplateLine, list[forms.BoundField]]]:
        """The rows of the matrix, a field for each role."""
        return [(line, [self[name_of(line.key, role.key)] for role in self.document.roles]) for line in self.lines]

    def roles(self) -> tuple[Any, ...]:
        """The roles with the letters chosen; those on lines that the matrix does not show stay."""
        shown = {line.key for line in self.lines}
        return tuple(
            replace(
                role,
                raci={
                    **{key: letter for key, letter in role.raci.items() if key not in shown},
                    **{
                        line.key: self.cleaned_data[name_of(line.key, role.key)]
                        for line in self.lines
                        if self.cleaned_data.get(name_of(line.key, role.key))
                    },
                },
            )
            for role in self.document.roles
        )


def name_of(line: str, role: str) -> str:
    """The name of a cell's field."""
    return f"raci-{line}-{role}"


class RaciView(DocumentForm):
    """The matrix of responsibilities of a template, on a page of its own."""

    template_name = "portfolio/governance/raci_form.html"
    heading = gettext_lazy("Responsabilités (RACI)")
    button = gettext_lazy("Enregistrer")

    def make_form(self, data: Any = None, files: Any = None) -> RaciForm:
        return RaciForm(self.document, data, version=self.row.version)

    def back_url(self) -> str:
        return f"{self.detail_url()}#roles"

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "role_list": self.document.roles}

    def save(self, form: RaciForm) -> str:
        return self.write(form, replace(self.document, roles=form.roles()))
