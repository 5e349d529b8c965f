"""Base views of the screens: a form that calls an action, and the answers that htmx understands."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.views import MemberView
from tech4value.audit.writing import StaleVersionError

__all__ = ["FormView", "MemberView", "redirect"]


def redirect(request: MemberRequest, url: str) -> HttpResponse:
    """Go to `url`, from a page or from an htmx request (which follows `HX-Redirect` by a full load)."""
    if request.htmx:
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


class FormView(MemberView):
    """One form, one action. Subclasses give `template_name`, `make_form(data)` and `save(form)`, which calls the
    action and returns the address to go to. A refused save shows its reasons beside the fields (422), a stale one
    says who changed what (409): what was typed is kept.
    """

    template_name: ClassVar[str]

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        raise NotImplementedError

    def save(self, form: Any) -> str:
        raise NotImplementedError

    def extra_context(self) -> dict[str, Any]:
        """What the template needs beside `form`."""
        return {}

    def prepare(self) -> None:
        """Fetch rows and check object permissions, before either verb."""

    def get(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        return self.page(self.make_form())

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        form = self.make_form(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            with transaction.atomic():
                url = self.save(form)
        except StaleVersionError as error:
            form.add_error(None, error)
            return self.page(form, status=409, stale=error)
        except ValidationError as error:
            add_errors(form, error)
            return self.page(form, status=422)
        return redirect(request, url)

    def page(self, form: forms.BaseForm, status: int = 200, **extra: Any) -> HttpResponse:
        if self.request.htmx:
            form.auto_id = "panel_%s"  # the page under the panel may have fields of the same names
        context = {"form": form, **self.extra_context(), **extra}
        return render(self.request, self.template_name, context, status=status)


def add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Put an action's errors beside the fields of `form`; those of fields it does not show go on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.error_dict.items():
        form.add_error(name if name in form.fields else None, messages)
