"""What becomes late writes no event of its own: once a day, in the morning, the system says it in the journal."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tech4value.notifications.kinds import sweeps
from tech4value.notifications.models import JournalCursor
from tech4value.tenancy.clock import now, today
from tech4value.tenancy.context import current_tenant

MORNING: Final = 6
# After a long stop only the last days are told: what is older is on the dashboard.
LONGEST: Final = timedelta(days=7)


def tell_lateness() -> bool:
    """Journal what became late since the last time; once a day, in one transaction with the day that is noted.

    The first time, what became late yesterday. Returns whether it was time.
    """
    tenant, day = current_tenant(), today()
    if now().astimezone(ZoneInfo(tenant.time_zone)).hour < MORNING:
        return False
    JournalCursor.objects.get_or_create()
    cursor = JournalCursor.objects.select_for_update(skip_locked=True).first()
    if cursor is None or (cursor.late_until is not None and cursor.late_until >= day):
        return False
    since = max(cursor.late_until or day - timedelta(days=1), day - LONGEST)
    for sweep in sweeps():
        sweep(since, day)
    cursor.late_until = day
    cursor.save(update_fields=["late_until"])
    return True
