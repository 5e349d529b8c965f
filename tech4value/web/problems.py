"""API errors as problem details (RFC 9457): type, title, status, detail, and the errors of each field."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tech4value.audit.writing import CollisionError, StaleVersionError
from tech4value.web.api_versions import StaleRequestError

TITLES = {
    400: gettext_lazy("Requête invalide"),
    401: gettext_lazy("Authentification requise"),
    403: gettext_lazy("Action refusée"),
    404: gettext_lazy("Introuvable"),
    405: gettext_lazy("Méthode non prévue"),
    409: gettext_lazy("Modifié entre-temps"),
    412: gettext_lazy("Modifié entre-temps"),
    415: gettext_lazy("Format non pris en charge"),
    422: gettext_lazy("Requête incohérente"),
    429: gettext_lazy("Trop de requêtes"),
}


# Of what Django itself answers, before or after the API's own views.
DETAILS = {
    400: gettext_lazy("La requête est mal formée."),
    403: gettext_lazy("Votre rôle ne permet pas cette action."),
    404: gettext_lazy("Cette adresse n’existe pas, ou l’élément n’est pas visible pour vous."),
    500: gettext_lazy("L’incident est enregistré ; rien n’a été modifié à moitié. Réessayez dans un instant."),
}


def _page_or_problem(code: int, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return page(request) if exception is None else page(request, exception)
        body = {
            "type": "about:blank",
            "title": str(TITLES.get(code, _("Erreur"))),
            "status": code,
            "detail": str(DETAILS[code]),
        }
        return JsonResponse(body, status=code, content_type="application/problem+json")

    return answer


# The `handler…` of urls.py: a page for people, a problem for the API.
bad_request = _page_or_problem(400, defaults.bad_request)
permission_denied = _page_or_problem(403, defaults.permission_denied)
not_found = _page_or_problem(404, defaults.page_not_found)
server_error = _page_or_problem(500, defaults.server_error)


def as_drf(error: Exception) -> Exception:
    """Our actions raise Django's errors."""
    if isinstance(error, DjangoValidationError):
        if hasattr(error, "error_dict"):
            fields = {
                ("non_field_errors" if name == NON_FIELD_ERRORS else name): messages
                for name, messages in error.message_dict.items()
            }
            return exceptions.ValidationError(fields)
        return exceptions.ValidationError({"non_field_errors": error.messages})
    if isinstance(error, DjangoPermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, DataError):  # a year, a zone or a number beyond what PostgreSQL holds
        return exceptions.ValidationError({"non_field_errors": [_("Une valeur sort des bornes permises.")]})
    return error


def _pointers(detail: Any, path: str = "") -> list[dict[str, str]]:
    """Every message with a JSON pointer to the value it speaks of."""
    if isinstance(detail, dict):
        return [
            found
            for name, value in detail.items()
            for found in _pointers(value, path if name == "non_field_errors" else f"{path}/{name}")
        ]
    if isinstance(detail, list):
        if all(not isinstance(one, dict | list) for one in detail):
            return [_pointer(path, one) for one in detail]
        return [found for index, one in enumerate(detail) for found in _pointers(one, f"{path}/{index}")]
    return [_pointer(path, detail)]


def _pointer(path: str, detail: Any) -> dict[str, str]:
    """One message. What it quotes may be no text at all (a lone surrogate): shown as a question mark."""
    return {
        name: text.encode(errors="replace").decode()
        for name, text in (("pointer", path or "/"), ("detail", str(detail)))
    }


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. The request's transaction is rolled back by MemberMiddleware."""
    stale = error if isinstance(error, StaleVersionError) else None
    conflict = isinstance(error, StaleVersionError | CollisionError)
    error = as_drf(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    code = status.HTTP_409_CONFLICT if conflict else response.status_code
    response.status_code = code
    detail = response.data
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(TITLES.get(code, _("Erreur"))),
        "status": code,
    }
    if isinstance(error, exceptions.ValidationError):
        body["errors"] = _pointers(detail)
        body["detail"] = " ".join(one["detail"] for one in body["errors"])
    else:
        body["detail"] = str(detail.get("detail", "")) if isinstance(detail, dict) else str(detail)
    if code == status.HTTP_429_TOO_MANY_REQUESTS:
        seconds = response.headers.get("Retry-After", "60")
        sentence = _("Trop d’appels en une minute pour votre formule. Recommencez dans %(seconds)s secondes.")
        body["detail"] = sentence % {"seconds": seconds}
    if stale:
        body["changed_by"] = stale.by
    if isinstance(error, StaleRequestError):
        body |= error.body
        if error.etag:
            response.headers["ETag"] = body["etag"] = error.etag
    response.data = body
    response.content_type = "application/problem+json"
    return response
