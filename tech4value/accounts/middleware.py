"""From address and session to tenant and member, and the one transaction that a request runs in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.views.defaults import page_not_found

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.writing import record
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant

GetResponse = Callable[[HttpRequest], HttpResponseBase]


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
    for the signed-in, 401 for an API call without a session. Any response of 400 or more rolls back.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.tenant = request.member = None
        public, is_api = self._kind(request)
        if request.tenant_slug is None or public:
            return self._outside(request, public)
        tenant = Tenant.objects.filter(slug=request.tenant_slug, is_active=True).first()
        if is_api and not request.user.is_authenticated:
            return self._token_call(request, tenant)
        if not request.user.is_authenticated:
            return self._sign_in(request)
        if tenant is None:
            return page_not_found(request, Http404())
        return self._member_call(request, tenant)

    @staticmethod
    def _kind(request: HttpRequest) -> tuple[bool, bool]:
        is_api = request.path_info.startswith("/api/")
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return False, is_api
        return permission_of(match.func) is Permission.PUBLIC, is_api

    def _outside(self, request: Any, public: bool) -> HttpResponseBase:
        """A page that belongs to no tenant; a tenant's page asked for without one does not exist."""
        if public:
            return self.get_response(request)
        return page_not_found(request, Http404())

    def _sign_in(self, request: Any) -> HttpResponseBase:
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204)
            response.headers["HX-Redirect"] = f"{settings.LOGIN_URL}?next={request.path}"
            return response
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)

    def _token_call(self, request: Any, tenant: Tenant | None) -> HttpResponseBase:
        """An API call that signs in by token: the view's authentication looks it up within the tenant."""
        if tenant is None:
            problem = {"type": "about:blank", "status": 401, "title": "Authentication required"}
            response = JsonResponse(problem, status=401, content_type="application/problem+json")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        request.tenant = tenant
        return self._within(request, tenant)

    def _member_call(self, request: Any, tenant: Tenant) -> HttpResponseBase:
        with tenant_context(tenant):
            member = Membership.objects.filter(user=request.user, is_active=True).first()
            if member is not None:
                member.user = request.user
                request.tenant, request.member = tenant, member
                if member.last_seen_on != (day := today(tenant)):
                    Membership.objects.filter(pk=member.pk).update(last_seen_on=day)
                response = self._answer(request)
        if member is None:
            return page_not_found(request, Http404())
        if response.status_code == 403:
            with tenant_context(tenant):  # survives the rollback of the request's own transaction
                record(member.actor, "access.denied", None, {"path": [None, request.path]})
        return response

    def _within(self, request: Any, tenant: Tenant) -> HttpResponseBase:
        with tenant_context(tenant):
            return self._answer(request)

    def _answer(self, request: Any) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code >= 400:
            transaction.set_rollback(True)
        return response
