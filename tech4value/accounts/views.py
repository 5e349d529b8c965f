"""The base of every screen of a tenant: it declares the permission that it demands."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.generic import View

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission


class MemberView(View):
    """A view for members who hold `permission` (and `write_permission` to send anything, when it differs).

    `request.tenant` and `request.member` are set by MemberMiddleware. What the person may do with one project is
    checked on the row, after it has been fetched through what they may see.
    """

    permission: ClassVar[Permission]
    write_permission: ClassVar[Permission | None] = None
    request: MemberRequest

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        needed = self.permission
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            needed = self.write_permission or needed
        if not request.member.can(needed):
            raise PermissionDenied(request.member.refusal(needed))
        return super().dispatch(request, *args, **kwargs)


class ClosedView(View):
    """Stands before those of allauth's pages that nobody may use.

    That of e-mail addresses lets a person take one that they have not proven: invitations find accounts by address,
    and whoever wrote down another's would enter the organisations that invite it.
    """

    permission: ClassVar[Permission] = Permission.PUBLIC

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404
