"""When what instalments wait for ends, in a world. Pure."""

from dataclasses import replace
from typing import Final

from portfolio.scenarios.domain.world import SECOND, World
from portfolio.treasury.domain.books import Books, Trigger

TASK: Final = "task:"


def triggers_of(world: World, books: Books) -> dict[str, Trigger]:
    """When what instalments wait for ends, in the plan as it now is; what is gone from it is gone from here."""
    found = {}
    origin = world.origin
    for name, trigger in books.triggers.items():
        kind, _colon, key = name.partition(":")
        held = origin.tasks if f"{kind}:" == TASK else origin.milestones
        if key not in held:
            found[name] = trigger  # of a project that nothing moves
        elif f"{kind}:" == TASK:
            now = world.tasks.get(f"{key}{SECOND}") or world.tasks.get(key)
            if now is not None:
                moved = now.ends_at != origin.tasks[key].ends_at
                found[name] = replace(trigger, on=now.ends_at.date()) if moved else trigger
        elif key in world.milestones:
            found[name] = replace(trigger, on=world.milestone_days[key])
    return found
