"""One permission class for the whole API: each viewset declares what its verbs demand."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from tech4value.accounts.models import ApiToken
from tech4value.accounts.permissions import Permission


class MemberPermission(BasePermission):
    """Reads `view.permission` (`view.write_permission` for unsafe methods and `view.create_permission` for
    POST, the same when absent)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        needed: Permission = view.permission
        if needed is Permission.PUBLIC:
            return True
        member = getattr(request._request, "member", None)
        if member is None or not request.user or not request.user.is_authenticated:
            return False
        if request.method not in SAFE_METHODS:
            needed = getattr(view, "write_permission", None) or needed
        if request.method == "POST":
            needed = getattr(view, "create_permission", None) or needed
        token: ApiToken | None = request._request.api_token  # type: ignore[attr-defined]  # set by MemberMiddleware
        if token is not None and (lacking := token.scope.lacking(needed, unsafe=request.method not in SAFE_METHODS)):
            self.message = lacking
            return False
        if refusal := member.refusal(needed):
            self.message = refusal
        return bool(member.can(needed))
