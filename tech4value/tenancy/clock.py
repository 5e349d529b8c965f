"""The only clock. Domains never read it: `today` is passed to them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.models import Tenant


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def today(tenant: Tenant | None = None) -> date:
    """Today's date where the tenant is (the current tenant when none is given)."""
    tenant = tenant or current_tenant()
    return now().astimezone(ZoneInfo(tenant.time_zone)).date()
