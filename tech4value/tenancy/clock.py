"""The only clock. Domains never read it: `today` is passed to them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.models import Tenant


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def today(tenant: Tenant | None = None) -> date:
    """Today's date where the tenant is (the current tenant when none is given)."""
    tenant = tenant or current_tenant()
    return now().astimezone(ZoneInfo(tenant.time_zone)).date()


def time_zones() -> list[tuple[str, str]]:
    """The zones that people choose from, by place: no abbreviation, no offset."""
    places = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [(zone, zone.replace("_", " ")) for zone in places]
