"""Settings: the custom fields of projects and tasks."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.pages import RestoreView, RowActionView, RowFormView
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.console.field_forms import FieldForm
from tech4value.fields import actions
from tech4value.fields.models import FieldDefinition
from tech4value.fields.targets import FieldTarget, target, targets
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, redirect


@dataclass(frozen=True, slots=True)
class TargetFields:
    """A target with its fields."""

    target: FieldTarget
    fields: tuple[FieldDefinition, ...]
    archived: tuple[FieldDefinition, ...]


class FieldsView(MemberView):
    """Every field, by what carries it; one statement."""

    permission = Permission.ORGANISATION_EDIT

    def get(self, request: MemberRequest) -> HttpResponse:
        rows = list(FieldDefinition.objects.order_by("position", "id"))
        groups = [
            TargetFields(
                one,
                tuple(row for row in rows if row.target == one.key and not row.is_archived),
                tuple(row for row in rows if row.target == one.key and row.is_archived),
            )
            for one in targets()
        ]
        return render(request, "console/fields.html", {"groups": groups})


class FieldFormView(RowFormView):
    """What creating and changing a field share."""

    permission = Permission.ORGANISATION_EDIT
    template_name = "console/field_form.html"

    def back_url(self) -> str:
        return reverse("console:fields")


class FieldCreateView(FieldFormView):
    heading = gettext_lazy("Ajouter un champ")
    button = gettext_lazy("Ajouter le champ")

    def prepare(self) -> None:
        try:
            self.target = target(self.kwargs["target"])
        except LookupError as error:
            raise Http404 from error

    def make_form(self, data: Any = None, files: Any = None) -> FieldForm:
        return FieldForm(data, target=self.target.key)

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "target": self.target}

    def save(self, form: FieldForm) -> str:
        field = actions.create_field(actor=self.request.member.actor, target_key=self.target.key, **form.values)
        toast(self.request, _("Le champ « %(name)s » est ajouté.") % {"name": field.name})
        return self.back_url()


class FieldEditView(FieldFormView):
    heading = gettext_lazy("Modifier le champ")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(FieldDefinition, pk=self.kwargs["pk"])

    def make_form(self, data: Any = None, files: Any = None) -> FieldForm:
        return FieldForm(data, field=self.row, target=self.row.target)

    def extra_context(self) -> dict[str, Any]:
        return {
            **super().extra_context(),
            "target": target(self.row.target),
            "row": self.row,
            "usage": actions.usage(self.row),
        }

    def save(self, form: FieldForm) -> str:
        actions.change_field(
            actor=self.request.member.actor, field=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class FieldActionView(RowActionView):
    """A verb on one field."""

    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> FieldDefinition:
        return get_object_or_404(FieldDefinition, pk=self.kwargs["pk"])

    def next_url(self, row: FieldDefinition) -> str:
        return reverse("console:fields")


class FieldMoveView(FieldActionView):
    """Up or down among the fields of the target."""

    def act(self, row: FieldDefinition) -> None:
        by = {"up": -1, "down": 1}.get(self.request.POST.get("to", ""))
        if by is None:
            raise ValidationError(_("Ce bouton n’existe pas. Rechargez la page."))
        actions.move_field(actor=self.request.member.actor, field=row, by=by)

    def said(self, row: FieldDefinition) -> str:
        return _("L’ordre des champs est enregistré.")


class FieldArchiveView(FieldActionView):
    """Out of forms, lists and files; the toast brings it back."""

    def act(self, row: FieldDefinition) -> None:
        actions.archive_field(actor=self.request.member.actor, field=row)

    def said(self, row: FieldDefinition) -> str:
        return _("Le champ « %(name)s » est archivé ; les fiches gardent ses valeurs.") % {"name": row.name}

    def undo_url(self, row: FieldDefinition) -> str:
        return reverse("console:field_unarchive", args=[row.pk])


class FieldUnarchiveView(RestoreView):
    """Back in use, from the toast or from the list of archived fields."""

    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> FieldDefinition:
        return get_object_or_404(FieldDefinition, pk=self.kwargs["pk"])

    def act(self, row: FieldDefinition) -> None:
        actions.unarchive_field(actor=self.request.member.actor, field=row)

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, *args, **kwargs)
        # The toast loads the page again by itself; the button of the list asks htmx to.
        return redirect(request, reverse("console:fields")) if request.htmx and answer.status_code == 204 else answer
