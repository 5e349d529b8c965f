"""From address and session to tenant and member, and the one transaction that a request runs in."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    UnreadablePostError,
)
from django.urls import Resolver404, get_resolver, get_urlconf, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from tech4value.accounts.api_authentication import bearer_secret, usable_token
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.accounts.rate_limits import TOKEN_MISSES, client_address, too_many
from tech4value.accounts.second_factor import is_missing
from tech4value.audit.writing import record
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# How often a request is run before it is told that others are in its way.
ATTEMPTS = 3


class LanguageMiddleware:
    """The person's language; before sign-in, the cookie's or the browser's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            language = request.user.language
        else:
            language = translation.get_language_from_request(request)
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


def permission_of(view: Any) -> Permission | None:
    """What a resolved view demands; None when it does not say (a test forbids that for our own views)."""
    owner = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    permission = getattr(owner, "permission", None)
    if permission is None and str(getattr(view, "__module__", "")).startswith("allauth."):
        return Permission.PUBLIC
    return permission


class MemberMiddleware:
    """Sets `request.tenant` and `request.member`, and opens the tenant's transaction around view and rendering.

    An unknown tenant and one that the person is not a member of get the same answer: sign-in for the anonymous, 404
    for the signed-in, 401 for an API call without a session or with a token that is not of that tenant. Any
    response of 400 or more rolls back. What PostgreSQL refuses because two requests waited for one another is run
    again from its start, as if it had come later.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.tenant = request.member = request.api_token = None
        public, is_api = self._kind(request)
        if request.tenant_slug is None or public:
            return self.get_response(request) if public else not_found(request)
        if is_api and (secret := bearer_secret(request)):
            if wait := TOKEN_MISSES.wait(client_address(request)):
                return too_many(request, wait)
            return self._enter(request, partial(self._by_token, request, secret), wrong_token)
        if not request.user.is_authenticated:
            return unauthenticated(request) if is_api else self._sign_in(request)
        return self._enter(request, partial(self._by_session, request), not_found)

    @staticmethod
    def _kind(request: HttpRequest) -> tuple[bool, bool]:
        is_api = request.path_info.startswith("/api/v")  # the documentation is for people
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return False, is_api
        return permission_of(match.func) is Permission.PUBLIC, is_api

    def _sign_in(self, request: Any) -> HttpResponseBase:
        if not request.htmx:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        # The page that asked, not the part of it that was asked for.
        back = request.htmx.current_url_abs_path or request.path
        return HttpResponse(status=204, headers={"HX-Redirect": f"{settings.LOGIN_URL}?{urlencode({'next': back})}"})

    @staticmethod
    def _by_session(request: Any) -> Membership | None:
        member = Membership.objects.filter(user=request.user, is_active=True).first()
        if member is not None:
            member.user = request.user
        return member

    @staticmethod
    def _by_token(request: Any, secret: str) -> Membership | None:
        request.api_token = usable_token(secret)
        return request.api_token and request.api_token.membership

    def _enter(
        self,
        request: Any,
        find: Callable[[], Membership | None],
        refuse: Callable[[HttpRequest], HttpResponseBase],
    ) -> HttpResponseBase:
        tenant = Tenant.objects.filter(slug=request.tenant_slug, is_active=True).first()
        if tenant is None:
            return refuse(request)
        for _attempt in range(ATTEMPTS if can_run_again(request) else 1):
            request.deadlocked = False
            try:
                with tenant_context(tenant):
                    member = find()
                    if member is not None:
                        request.tenant, request.member = tenant, member
                        response = self._answer(request, tenant, member)
            except OperationalError as error:  # in what is done just before the commit
                if not is_deadlock(error):
                    raise
                request.deadlocked, response = True, busy(request)
            if not request.deadlocked:
                break
        if member is None:
            return refuse(request)
        denied, day = response.status_code == 403, today(tenant)
        if denied or member.last_seen_on != day:
            # Survives the rollback of the request's own transaction, and locks no row during it: two people who act
            # on each other's memberships, each on their first page of the day, would wait for one another.
            with tenant_context(tenant):
                if denied:
                    record(member.actor, "access.denied", None, {"path": [None, request.path]})
                Membership.objects.filter(pk=member.pk).exclude(last_seen_on=day).update(last_seen_on=day)
        return response

    def _answer(self, request: Any, tenant: Tenant, member: Membership) -> HttpResponseBase:
        if request.api_token is None and is_missing(tenant, member):
            return self._to_second_factor(request)
        response = self.get_response(request)
        if response.status_code >= 400:
            transaction.set_rollback(True)
        return response

    @staticmethod
    def process_exception(request: Any, exception: Exception) -> HttpResponse | None:
        """A deadlock in the view: known to `_enter`, and no error of ours."""
        if not is_deadlock(exception):
            return None
        request.deadlocked = True
        return busy(request)

    @staticmethod
    def _to_second_factor(request: Any) -> HttpResponseBase:
        """The organisation demands what the account does not have yet: the page where it is made."""
        url = reverse("second_factor_required")
        if request.path_info.startswith("/api/"):
            sentence = _("Votre organisation demande un second facteur : ajoutez-le à votre compte (%(url)s).")
            return problem(403, _("Action refusée"), sentence % {"url": url})
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)


def can_run_again(request: Any) -> bool:
    """Whether what the request carries is kept, to be read twice: files are not, nor a body beyond the limit."""
    if request.content_type == "multipart/form-data":
        return False
    try:
        return request.body is not None
    except (RequestDataTooBig, UnreadablePostError):
        return False


def is_deadlock(error: Exception) -> bool:
    """Whether PostgreSQL has refused this transaction so that another, which waited for it, may go on."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected)


def busy(request: HttpRequest) -> HttpResponse:
    """The answer when running the request again has not helped either."""
    sentence = _("D’autres modifient les mêmes données en ce moment. Rien n’a été enregistré : recommencez.")
    if request.path_info.startswith("/api/"):
        return problem(503, _("Données occupées"), sentence)
    return HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8")


def not_found(request: HttpRequest) -> HttpResponse:
    """The project's own 404: a page, or a problem for the API."""
    handler: Any = get_resolver(get_urlconf()).resolve_error_handler(404)
    return handler(request, exception=Http404())


def wrong_token(request: HttpRequest) -> HttpResponseBase:
    """The same as to nobody at all, and counted: who tries many has to wait."""
    TOKEN_MISSES.use(client_address(request))
    return unauthenticated(request)


def unauthenticated(request: HttpRequest) -> HttpResponseBase:
    """The one answer to an API call that nobody has signed, whatever the tenant and the address."""
    detail = _("Jeton absent, inconnu, expiré ou révoqué : créez-en un dans vos préférences.")
    response = problem(401, _("Authentification requise"), detail)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def problem(status: int, title: str, detail: str) -> HttpResponse:
    """An error of the API that comes before its views."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")
