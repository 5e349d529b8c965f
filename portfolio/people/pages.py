"""Views that the portfolio's rooms share: a row in the side panel or on its own page, its delete and its undo."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tech4value.accounts.http import MemberRequest
from tech4value.tenancy.models import EditableModel
from tech4value.web.toasts import refusal, toast
from tech4value.web.views import FormView, MemberView, redirect

PAGE_SIZE = 50
Text = str | Promise


def in_panel(request: HttpRequest) -> bool:
    """Whether htmx asks for the side panel's content rather than for the page or a part of it."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and htmx.target == "panel"


def layout(request: HttpRequest) -> str:
    """The template that a detail or a form extends: the panel's, or the whole page's."""
    return "portfolio/people/panel.html" if in_panel(request) else "base.html"


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE_SIZE) -> Page:
    """The page of `rows` that the address asks for; a number out of range is the nearest page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


class RowFormView(FormView):
    """Creates a row, or edits `row`. The form opens in the panel; its address also works as a page."""

    template_name = "portfolio/people/form.html"
    heading: ClassVar[Text]
    button: ClassVar[Text]

    def back_url(self) -> str:
        """Where a person who gives up goes."""
        raise NotImplementedError

    def delete_url(self) -> str:
        """Where the row is deleted; empty when it cannot be from here."""
        return ""

    def parents(self) -> Sequence[tuple[Text, str]]:
        """The pages above, for the breadcrumbs: labels and addresses; none for the page that the menu shows."""
        return ()

    def about(self) -> Text:
        """What the row belongs to, under the heading."""
        return ""

    def extra_context(self) -> dict[str, Any]:
        return {
            "layout": layout(self.request),
            "panel": in_panel(self.request),
            "heading": self.heading,
            "button": self.button,
            "back_url": self.back_url(),
            "delete_url": self.delete_url(),
            "parents": self.parents(),
            "about": self.about(),
        }


class SingleRowFormView(RowFormView):
    """Edits a row that the first who saves creates: `version` was sent empty by those who saw none."""

    def edited(self, sent: QueryDict) -> list[tuple[EditableModel, str]]:
        return [(self.row, str(sent["version"]) or "0")] if self.row is not None and "version" in sent else []


class RowActionView(MemberView):
    """A verb on one row by POST: subclasses fetch it, act, and say where to go. Refusals come back as a toast."""

    http_method_names = ["post"]

    def fetch(self) -> Any:
        raise NotImplementedError

    def act(self, row: Any) -> None:
        raise NotImplementedError

    def next_url(self, row: Any) -> str:
        raise NotImplementedError

    def said(self, row: Any) -> str:
        """The toast."""
        raise NotImplementedError

    def undo_url(self, row: Any) -> str:
        """Where the toast's undo posts to; empty for none."""
        return ""

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.fetch()
        url = self.next_url(row)
        try:
            with transaction.atomic():  # a refusal half-way leaves nothing: the answer is not an error
                self.act(row)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        else:
            toast(request, self.said(row), undo_url=self.undo_url(row))
        return redirect(request, url)


class RestoreView(MemberView):
    """Undo of a delete, posted by the toast: 204, and the page is loaded again."""

    http_method_names = ["post"]

    def fetch(self) -> Any:
        raise NotImplementedError

    def act(self, row: Any) -> None:
        raise NotImplementedError

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.fetch()
        try:
            with transaction.atomic():
                self.act(row)
        except ValidationError as error:
            return refusal(error)
        toast(request, _("« %(name)s » est de retour.") % {"name": row})
        return HttpResponse(status=204)
