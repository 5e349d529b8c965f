"""The outbox on its way: e-mails by member, posts by channel.

A message is sent and marked in one transaction that holds its rows: two workers never send the same one, and a
server that is away leaves it waiting. What remains is the instant between a mail server's acceptance and the commit:
a worker killed right there sends that one mail again (docs/operations.md).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.notifications.kinds import kind_of
from tech4value.notifications.letters import letter
from tech4value.notifications.models import (
    Channel,
    Delivery,
    DeliveryState,
    DueTenant,
    MessageSettings,
    Notification,
    ProjectLevel,
)
from tech4value.notifications.outbound import PostFailedError
from tech4value.notifications.preferences import chosen, settings_of, wishes
from tech4value.notifications.schedule import after_quiet
from tech4value.notifications.teams import card, post
from tech4value.notifications.visibility import Sight
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant, tenant_context
from tech4value.tenancy.models import Tenant

log = structlog.get_logger(__name__)
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
# A channel that has refused for about a day is given up; a mail waits for its server as long as it takes.
POST_ATTEMPTS: Final = 24
AT_ONCE: Final = 200


def deliver(tenant: Tenant) -> None:
    """Send all that is due; outside any transaction, each message in one of its own."""
    moment = now()
    with tenant_context(tenant):
        due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=moment).order_by("next_at", "id")
        mails = due.filter(channel=Channel.EMAIL)
        members = list(dict.fromkeys(mails.values_list("notification__member", flat=True)[:AT_ONCE]))
        posts = list(due.filter(channel=Channel.TEAMS).values_list("pk", flat=True)[:AT_ONCE])
    for member_id in members:
        rows = Q(channel=Channel.EMAIL, notification__member=member_id)
        _apart(tenant, rows, moment, partial(deliver_mail, member_id, moment))
    for delivery_id in posts:
        _apart(tenant, Q(pk=delivery_id), moment, partial(deliver_post, delivery_id, moment))


def _apart(tenant: Tenant, rows: Q, moment: datetime, send: Callable[[], None]) -> None:
    """Send in a transaction of its own. A message that cannot even be written is logged and put off: it must not
    hold back those of the others."""
    try:
        with tenant_context(tenant):
            send()
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("notifications.delivery_failed", tenant=tenant.slug)
        with tenant_context(tenant):
            waiting = Delivery.objects.filter(rows, state=DeliveryState.WAITING, next_at__lte=moment)
            later = moment + LONGEST_WAIT
            Delivery.objects.filter(pk__in=waiting.values("pk")).update(
                attempts=F("attempts") + 1, next_at=later, error=f"{type(error).__name__}: {error}"[:300]
            )


def deliver_mail(member_id: UUID, moment: datetime) -> None:
    """Send a member one e-mail with all that is due, unless they have read it, or may no longer see or want it."""
    rows = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("notification")
        .filter(
            state=DeliveryState.WAITING,
            channel=Channel.EMAIL,
            notification__member=member_id,
            next_at__lte=moment,
        )
        .order_by("notification__at", "id")
    )
    if not rows:
        return
    member = Membership.objects.select_related("user").get(pk=member_id)
    wanted = settings_of(member)
    later = after_quiet(moment, wishes(wanted))
    if later > moment:
        _set(rows, next_at=later)
        return
    kept = [row for row in rows if row.pk in _still_wanted(member, wanted, rows)]
    _set([row for row in rows if row not in kept], state=DeliveryState.SKIPPED)
    if not kept:
        return
    message = letter(current_tenant(), member, [row.notification for row in kept], wanted)
    try:
        message.send()
    except SMTPRecipientsRefused:
        with translation.override(current_tenant().language):
            error = _("Le serveur de messagerie refuse l’adresse %(email)s.") % {"email": member.user.email}
        _set(kept, state=DeliveryState.FAILED, error=error[:300], attempts=kept[0].attempts + 1)
    except (SMTPException, OSError) as error:
        attempts = max(row.attempts for row in kept) + 1
        _set(kept, attempts=attempts, next_at=moment + wait_after(attempts), error=f"{error}"[:300])
    else:
        _set(kept, state=DeliveryState.SENT, sent_at=moment, error="")


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: a minute, then twice as long each time, at most an hour."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)


def _still_wanted(member: Membership, wanted: MessageSettings, rows: list[Delivery]) -> set[UUID]:
    if not (member.is_active and member.user.is_active):
        return set()
    sight = Sight()
    levels = {row.project_id: row.level for row in ProjectLevel.objects.filter(member=member)}

    def wants(message: Notification) -> bool:
        kind = kind_of(message.kind)
        level = levels.get(message.project_id, "") if message.project_id else ""
        return (
            kind is not None
            and message.read_at is None
            and chosen(wanted, kind, level).email
            and sight.sees_message(member, message)
        )

    return {row.pk for row in rows if wants(row.notification)}


def deliver_post(delivery_id: UUID, moment: datetime) -> None:
    """Post one message to its channel."""
    row = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("notification__webhook")
        .filter(pk=delivery_id, state=DeliveryState.WAITING)
        .first()
    )
    if row is None:
        return
    webhook = row.notification.webhook
    if webhook is None or webhook.deleted_at is not None or not webhook.is_active:
        _set([row], state=DeliveryState.SKIPPED)
        return
    with translation.override(current_tenant().language):
        failure = post(webhook, card(row.notification))
    attempts = row.attempts + 1
    if failure is None:
        _set([row], state=DeliveryState.SENT, sent_at=moment, attempts=attempts, error="")
    elif failure.permanent or attempts >= POST_ATTEMPTS:
        _set([row], state=DeliveryState.FAILED, attempts=attempts, error=str(failure)[:300])
    else:
        _set([row], attempts=attempts, next_at=moment + _wait(failure, attempts), error=str(failure)[:300])


def _wait(failure: PostFailedError, attempts: int) -> timedelta:
    return max(wait_after(attempts), timedelta(seconds=failure.wait or 0))


def _set(rows: list[Delivery], **values: object) -> None:
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(**values)


# --- when there is something to do


def wake() -> None:
    """The current tenant has something to read; in the transaction that made it so."""
    row = DueTenant(tenant=current_tenant(), due_at=now())
    DueTenant.objects.bulk_create([row], update_conflicts=True, update_fields=["due_at"], unique_fields=["tenant"])


def next_due() -> datetime | None:
    """When the current tenant's next message should go; None when none waits."""
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING).order_by("next_at")
    found: datetime | None = waiting.values_list("next_at", flat=True).first()
    return found
