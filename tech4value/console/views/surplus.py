"""Which projects and members stay editable when there are more than the plan allows."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portfolio.projects.models import Project
from portfolio.projects.surplus import choose_projects
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role
from tech4value.billing.queries import entitlements, plan_name
from tech4value.billing.surplus import choose_members, member_places
from tech4value.web.toasts import toast
from tech4value.web.views import FormView


class SurplusForm(forms.Form):
    """The rows that stay editable, of `rows`."""

    keep: Any = forms.ModelMultipleChoiceField(None, label=_("Modifiables"), required=False)

    def __init__(self, data: Any, rows: QuerySet[Any]) -> None:
        editable = [row.pk for row in rows if not row.read_only]
        super().__init__(data, initial={"keep": editable})
        self.fields["keep"].queryset = rows  # type: ignore[attr-defined]  # a model's field
        self.rows = rows

    def shown(self) -> list[tuple[Any, bool]]:
        """Each row, and whether its box is ticked."""
        ticked = {str(getattr(key, "pk", key)) for key in self["keep"].value() or []}
        return [(row, str(row.pk) in ticked) for row in self.rows]


class SurplusView(FormView):
    """The rows that take a place, each with its box."""

    permission = Permission.TENANT_EDIT
    template_name = "console/surplus.html"
    kind: ClassVar[str]
    title: ClassVar[str | Promise]

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def places(self) -> int:
        raise NotImplementedError

    def choose(self, keep: set[Any]) -> None:
        raise NotImplementedError

    def make_form(self, data: Any = None, files: Any = None) -> SurplusForm:
        return SurplusForm(data, self.rows())

    def extra_context(self) -> dict[str, Any]:
        return {"kind": self.kind, "title": self.title, "places": self.places(), "plan": plan_name()}

    def save(self, form: SurplusForm) -> str:
        self.choose({row.pk for row in form.cleaned_data["keep"]})
        count = self.rows().filter(read_only=True).count()
        said = ngettext(
            "Choix enregistré : %(n)s reste en lecture seule.",
            "Choix enregistré : %(n)s restent en lecture seule.",
            count,
        )
        toast(self.request, said % {"n": count})
        return reverse("console:plan")


class SurplusProjectsView(SurplusView):
    kind = "projects"
    title = _("Projets modifiables")

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Project.objects.select_related("pole", "manager")
        return rows.order_by("read_only", "sort_name")

    def places(self) -> int:
        limit = entitlements().projects
        return Project.objects.count() if limit is None else limit

    def choose(self, keep: set[Any]) -> None:
        choose_projects(actor=self.request.member.actor, keep=keep)


class SurplusMembersView(SurplusView):
    kind = "members"
    title = _("Membres qui peuvent modifier")

    def rows(self) -> QuerySet[Any]:
        rows = Membership.objects.select_related("user").filter(is_active=True)
        return rows.exclude(role__in=[Role.READER, Role.ADMINISTRATOR]).order_by("read_only", "user__name")

    def places(self) -> int:
        return member_places()

    def choose(self, keep: set[Any]) -> None:
        choose_members(actor=self.request.member.actor, keep=keep)
