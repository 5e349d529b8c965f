"""Teams: the card of a message, and the webhooks that people set for the organisation or for a project."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, update
from tech4value.notifications.kinds import directory
from tech4value.notifications.models import Notification, TeamsWebhook
from tech4value.notifications.outbound import (
    AddressRefusedError,
    PostFailedError,
    checked_host,
    post_json,
    public_addresses,
)
from tech4value.notifications.wording import absolute, address_of, addresses_of, item
from tech4value.tenancy.clock import now
from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.encryption import UnreadableSecretError

# What Teams would read as a link, an emphasis or a list, in a name that anybody may give.
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~])")


def plain(text: str) -> str:
    """A text that Teams shows as it is."""
    return MARKDOWN.sub(r"\\\1", text)


def card(message: Notification) -> dict[str, Any]:
    """The message as an Adaptive Card 1.4, in the tenant's language, in the envelope that Teams' workflows take."""
    tenant = current_tenant()
    with translation.override(tenant.language), addresses_of(tenant):
        one = item(message)
        return _envelope(one.sentence, " · ".join(filter(None, (one.label, one.project))), address_of(message))


def _envelope(text: str, context: str, path: str) -> dict[str, Any]:
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": [
                        {
                            "type": "TextBlock",
                            "text": plain(context),
                            "size": "Small",
                            "isSubtle": True,
                            "wrap": True,
                        },
                        {"type": "TextBlock", "text": plain(text), "wrap": True},
                    ],
                    "actions": [
                        {"type": "Action.OpenUrl", "title": _("Ouvrir dans Tech4Value"), "url": absolute(path)}
                    ],
                },
            }
        ],
    }


def may_set(member: Membership, project_id: UUID | None) -> bool:
    """Whether a member may say where the organisation's messages, or a project's, are posted."""
    if project_id is None:
        return member.can(Permission.TENANT_EDIT)
    return directory().may_configure(member, project_id)


def demand_may_set(member: Membership, project_id: UUID | None) -> None:
    """Raise PermissionDenied unless `may_set`."""
    if not may_set(member, project_id):
        raise PermissionDenied


def add_webhook(
    *, actor: Actor, name: str, url: str, project_id: UUID | None = None, only_important: bool = False
) -> TeamsWebhook:
    """A channel to be told of the organisation, or of one project. Raises ValidationError by field."""
    row = TeamsWebhook(name=name.strip(), project_id=project_id, only_important=only_important)
    _set_url(row, url)
    row.clean_fields(exclude=["tenant", "last_sent_at", "last_error_at"])
    return create(actor, row)


def change_webhook(
    *, actor: Actor, webhook: TeamsWebhook, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change `name`, `only_important`, `is_active`, or the address when a new `url` is given."""
    changes = {name: values[name] for name in ("name", "only_important", "is_active") if name in values}
    if values.get("url"):
        candidate = TeamsWebhook()
        _set_url(candidate, values["url"])
        changes |= {
            "sealed_url": candidate.sealed_url, "host": candidate.host, "last_error": "", "last_error_at": None
        }  # fmt: skip
    return update(actor, webhook, changes, version=version)


def remove_webhook(*, actor: Actor, webhook: TeamsWebhook) -> None:
    """Nothing is posted there any more; what waits for it goes nowhere."""
    delete(actor, webhook)


def _set_url(row: TeamsWebhook, url: str) -> None:
    try:
        row.host = checked_host(url)
        public_addresses(row.host)
    except AddressRefusedError as error:
        raise ValidationError({"url": str(error)}) from error
    row.url = url.strip()


def send_test(*, webhook: TeamsWebhook) -> str:
    """Post a test card now; returns what went wrong, nothing when it arrived."""
    tenant = current_tenant()
    with translation.override(tenant.language), addresses_of(tenant):
        text = _("Ce canal recevra les messages de %(tenant)s.") % {"tenant": tenant.name}
        body = _envelope(text, _("Message d’essai"), reverse("home"))
    return "" if (error := post(webhook, body)) is None else str(error)


def post(webhook: TeamsWebhook, body: dict[str, Any]) -> PostFailedError | None:
    """Post to a webhook and note what became of it; returns the failure, None when it arrived."""
    failure: PostFailedError | None = None
    try:
        post_json(webhook.url, body)
    except UnreadableSecretError:
        message = _("L’adresse enregistrée n’est plus lisible : saisissez-la de nouveau.")
        failure = PostFailedError(message, permanent=True)
    except AddressRefusedError as error:
        failure = PostFailedError(str(error), permanent=True)
    except PostFailedError as error:
        failure = error
    moment = now()
    values: dict[str, Any] = (
        {"last_sent_at": moment, "last_error": "", "last_error_at": None}
        if failure is None
        else {"last_error": str(failure)[:300], "last_error_at": moment}
    )
    # What became of a post is no change of what people set: not journaled, and no new version.
    TeamsWebhook.objects.filter(pk=webhook.pk).update(**values)
    return failure
