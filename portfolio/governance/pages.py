"""What the views of templates share."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language

from portfolio.governance.domain.template import Template
from portfolio.governance.models import ProjectTemplate
from portfolio.people.pages import RowFormView
from tech4value.accounts.permissions import Permission
from tech4value.web.views import MemberView


def spoken() -> str:
    """The page's language."""
    return get_language() or "fr"


class OfTemplate(MemberView):
    """A view of one template; its route takes `pk`."""

    permission = Permission.PROJECT_CREATE
    write_permission = Permission.TEMPLATE_EDIT

    @cached_property
    def template(self) -> ProjectTemplate:
        template: ProjectTemplate = get_object_or_404(ProjectTemplate, pk=self.kwargs["pk"])
        return template

    def detail_url(self) -> str:
        """The template's page."""
        key: UUID = self.template.pk
        return reverse("governance:detail", args=[key])


class SectionForm(OfTemplate, RowFormView):
    """A form that changes a part of a template: what others changed meanwhile is merged by field."""

    permission = Permission.TEMPLATE_EDIT
    row: ProjectTemplate

    def prepare(self) -> None:
        self.row = self.template

    @property
    def document(self) -> Template:
        """The sections of the template as the form sees it: as it was read, or as it is now."""
        return self.row.document

    def back_url(self) -> str:
        return self.detail_url()

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "template": self.template}


def sentences(error: ValidationError) -> str:
    """All that an error says, for a toast."""
    return " ".join(error.messages)
