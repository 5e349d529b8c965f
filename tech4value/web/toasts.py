"""Short messages at the bottom of the page, with an undo when the act has one.

    toast(request, _("Projet clos."), undo_url=reverse("projects:reopen", args=[project.pk]))

A page that follows a redirect shows it through Django's messages; an htmx answer carries it in `HX-Trigger`
with `with_toast`.
"""

import json
from typing import Final, Literal, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

Answer = TypeVar("Answer", bound=HttpResponseBase)
Level = Literal["info", "success", "warning", "error"]
_LEVELS: Final[dict[Level, int]] = {
    "info": messages.INFO,
    "success": messages.SUCCESS,
    "warning": messages.WARNING,
    "error": messages.ERROR,
}


def toast(request: HttpRequest, text: str, *, level: Level = "success", undo_url: str = "") -> None:
    """Shows the text on the next page drawn; `undo_url` is posted to when the person takes the act back."""
    messages.add_message(request, _LEVELS[level], text, extra_tags=f"undo:{undo_url}" if undo_url else "")


def with_toast(response: Answer, text: str, *, level: Level = "success", undo_url: str = "") -> Answer:
    """The same in the answer to an htmx request, which draws no page."""
    response["HX-Trigger"] = json.dumps({"toast": {"text": str(text), "level": level, "undo": undo_url}})
    return response


def refusal(error: ValidationError) -> JsonResponse:
    """The answer to an undo that cannot be: the toast says its sentence."""
    body = {"type": "about:blank", "title": _("Action refusée"), "status": 409, "detail": " ".join(error.messages)}
    return JsonResponse(body, status=409, content_type="application/problem+json")
