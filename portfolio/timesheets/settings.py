"""How the organisation keeps time, as it was set or as it begins."""

from portfolio.timesheets.models import Feed, SheetState, TimeSettings

COUNTED: dict[str, tuple[SheetState, ...]] = {
    Feed.APPROVED: (SheetState.APPROVED,),
    Feed.SUBMITTED: (SheetState.SUBMITTED, SheetState.APPROVED),
}


def time_settings() -> TimeSettings:
    """The tenant's settings; a row not saved yet, with the defaults, until somebody changes one."""
    return TimeSettings.objects.first() or TimeSettings()


def counted_states() -> tuple[SheetState, ...]:
    """The states whose time counts in plans and costs."""
    return COUNTED[time_settings().feed]
