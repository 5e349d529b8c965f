"""What our middlewares add to a request."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from tech4value.accounts.models import Membership, User
from tech4value.tenancy.models import Tenant


class MemberRequest(HttpRequest):
    """A request within a tenant, by one of its members. Only for annotations: requests are not built from it."""

    tenant_slug: str | None
    tenant: Tenant
    member: Membership
    user: User  # never AnonymousUser in a member's view
    htmx: HtmxDetails
