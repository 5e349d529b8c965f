"""Upper rooms follow what lower rooms do by listening to the journal. The only signal of our own.

A listener runs in the writer's transaction, once per batch of events; it must be quick: mark what is to be refreshed
with `tenancy.context.before_commit` (same transaction, once) or `transaction.on_commit` (after).
What must not be lost (messages, webhooks) reads sealed events by `seq` instead.
"""

from collections.abc import Callable, Sequence

from tech4value.audit.models import AuditEvent

Listener = Callable[[Sequence[AuditEvent]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Listener:
    """Register `listener`; called from a room's `AppConfig.ready`."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def notify(events: Sequence[AuditEvent]) -> None:
    for listener in _listeners:
        listener(events)
