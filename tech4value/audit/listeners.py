"""Upper rooms follow what lower rooms do by listening to the journal. The only signal of our own.

A listener runs in the writer's transaction, once per batch of events; it must be quick: mark what is to be refreshed
with `tenancy.context.before_commit` (same transaction, once) or `transaction.on_commit` (after).
What must not be lost (messages, webhooks) reads sealed events by `seq` instead, and is woken by `listen_sealed`.
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


SealedListener = Callable[[], None]
_sealed_listeners: list[SealedListener] = []


def listen_sealed(listener: SealedListener) -> SealedListener:
    """Register `listener`, called in the sealer's transaction when it has sealed events of the current tenant."""
    if listener not in _sealed_listeners:
        _sealed_listeners.append(listener)
    return listener


def notify_sealed() -> None:
    for listener in _sealed_listeners:
        listener()
