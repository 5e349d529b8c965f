"""The library that the families of tags fill."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.template import Context
from django.utils import timezone
from django.utils.translation import get_language

from tech4value.tenancy import clock
from tech4value.tenancy.context import current_tenant, current_tenant_id

register = template.Library()


def language() -> str:
    """The language in which the page is drawn."""
    return get_language() or settings.LANGUAGE_CODE


def tenant_of(context: Context) -> Any:
    """The tenant of the page, None on pages that have none."""
    return getattr(context.get("request"), "tenant", None)


def today_of(context: Context) -> date:
    """`today` of the context when the view gives it, else the tenant's, else the server's."""
    given = context.get("today")
    if isinstance(given, date):
        return given
    tenant = tenant_of(context)
    return timezone.localdate() if tenant is None else clock.today(tenant)


def on_the_clock(value: datetime) -> datetime:
    """`local` where there is no context: on the clock of the tenant in force."""
    if value.tzinfo is None:
        return value
    zone = timezone.get_current_timezone() if current_tenant_id() is None else ZoneInfo(current_tenant().time_zone)
    return value.astimezone(zone)


def local(context: Context, value: datetime) -> datetime:
    """An instant as it is read on the tenant's clock; a wall-clock instant as it is."""
    if value.tzinfo is None:
        return value
    tenant = tenant_of(context)
    return value.astimezone(timezone.get_current_timezone() if tenant is None else ZoneInfo(tenant.time_zone))
