"""Files that are too large are refused by what the request announces, before any of their bytes is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tech4value.figures import formats


class UploadSizeMiddleware:
    """Answer 413 to a body larger than `UPLOAD_MAX_BYTES`, and 411 to one that does not say its size."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or ""
        if not said and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return _refused(
                request,
                411,
                _("Envoi de taille inconnue"),
                _(
                    "L’envoi n’annonce pas sa taille : il n’est pas lu. "
                    "Envoyez le fichier avec un en-tête Content-Length."
                ),
            )
        if said.isdecimal() and int(said) > settings.UPLOAD_MAX_BYTES:
            language = get_language() or "fr"
            sizes = {
                "size": formats.quantity(round(int(said) / 1_000_000, 1), language),
                "limit": formats.quantity(round(settings.UPLOAD_MAX_BYTES / 1_000_000, 1), language),
            }
            return _refused(
                request,
                413,
                _("Fichier trop lourd"),
                _(
                    "L’envoi pèse %(size)s Mo, et %(limit)s Mo sont acceptés au plus : il n’est pas lu. "
                    "Partagez le fichier."
                )
                % sizes,
            )
        return self.get_response(request)


def _refused(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    return render(request, "upload_refused.html", {"title": title, "detail": detail}, status=status)
