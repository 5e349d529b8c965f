"""Screens of a table's import: how it is read, what its columns are, and the mappings that are remembered."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from integrations.imports.domain.table_targets import target_named
from integrations.imports.models import Import, ImportKind, ImportMapping, ImportState
from integrations.imports.pages import imports_of
from integrations.imports.table_actions import OPEN, choose_columns, forget_mapping, read_again
from integrations.imports.table_forms import ColumnsForm, ReadingForm
from integrations.imports.table_reading import find_mapping, guess_key
from integrations.imports.table_settings import TableSettings
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, redirect


class TableStepView(FormView):
    """A step before the preview: only while the import has not been run."""

    permission = Permission.IMPORT_RUN

    def prepare(self) -> None:
        rows = imports_of(self.request.member).filter(kind=ImportKind.TABLE)
        self.row: Import = get_object_or_404(rows, pk=self.kwargs["pk"])

    def get(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        if self.row.state not in OPEN or "facts" not in self.row.settings:
            return redirect(request, self.detail())
        return self.page(self.make_form())

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        if self.row.state not in OPEN or "facts" not in self.row.settings:
            return redirect(request, self.detail())
        return super().post(request, *args, **kwargs)

    def detail(self) -> str:
        return reverse("imports:detail", args=[self.row.pk])

    def next_url(self, name: str) -> str:
        """The page of a step, or that of the import while a job reads its file."""
        if self.row.state == ImportState.READING:
            return self.detail()
        return reverse(f"imports:{name}", args=[self.row.pk])

    def extra_context(self) -> dict[str, Any]:
        return {"row": self.row, "facts": self.row.settings["facts"]}


class ReadingView(TableStepView):
    """Sheet, header row, encoding, separator, and what the table holds: guessed, shown and changeable."""

    template_name = "integrations/imports/reading.html"

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return ReadingForm(data, row=self.row)

    def save(self, form: Any) -> str:
        target = form.cleaned_data["target"]
        before = TableSettings.from_json(self.row.settings)
        if form.reading != before.reading or target != before.target:
            self.row = read_again(member=self.request.member, row=self.row, reading=form.reading, target=target)
        return self.next_url("reading" if "again" in self.request.POST else "columns")

    def extra_context(self) -> dict[str, Any]:
        settings = TableSettings.from_json(self.row.settings)
        first = self.row.settings["facts"].get("first") or [{"cells": []}]
        width = max(len(line["cells"]) for line in first)
        letters = [get_column_letter(number) for number in range(1, width + 1)]
        return super().extra_context() | {"header_row": settings.reading.header_row, "letters": letters}


class ColumnsView(TableStepView):
    """The field of each column, the conventions, and whether the choice is remembered."""

    template_name = "integrations/imports/columns.html"

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        texts = [one["text"] for one in self.row.settings["facts"]["headings"]]
        self.mapping = find_mapping(texts, self.row.settings["target"])
        name = self.mapping.name if self.mapping else ""
        return ColumnsForm(data, row=self.row, member=self.request.member, remembered=name)

    def save(self, form: Any) -> str:
        member = self.request.member
        settings = form.chosen
        mapped = {choice.field for choice in settings.columns.values()} | set(settings.fixed)
        if not set(settings.key) <= mapped and settings.key == settings.spec.keys[0] and len(settings.spec.keys) > 1:
            settings = TableSettings.from_json(settings.to_json() | {"key": list(guess_key(settings.spec, settings))})
        choose_columns(
            actor=member.actor,
            member=member,
            row=self.row,
            settings=settings,
            remember_as=form.cleaned_data["remember_as"],
        )
        return self.detail()

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {
            "mapping": self.mapping,
            "target_words": _words(self.row.settings["target"]),
        }


def _words(target: str) -> str:
    return target_named(target).words.in_language(get_language() or "fr")


class MappingsView(MemberView):
    """The mappings that the organisation remembers."""

    permission = Permission.IMPORT_RUN

    def get(self, request: MemberRequest) -> HttpResponse:
        mappings = ImportMapping.objects.select_related("created_by__user").order_by("name")
        rows = [{"mapping": one, "target": _words(one.target), "columns": len(one.headings)} for one in mappings]
        return render(request, "integrations/imports/mappings.html", {"rows": rows})


class MappingForgetView(MemberView):
    """Remember a mapping no more."""

    permission = Permission.IMPORT_RUN

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        mapping = get_object_or_404(ImportMapping, pk=pk)
        forget_mapping(actor=request.member.actor, mapping=mapping)
        toast(request, _("La correspondance « %(name)s » est oubliée.") % {"name": mapping.name})
        return redirect(request, reverse("imports:mappings"))
