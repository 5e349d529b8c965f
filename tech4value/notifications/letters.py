"""The e-mail that carries one message or a digest of several: text and HTML, in the person's language."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tech4value.accounts.models import Membership
from tech4value.figures.formats import date_short
from tech4value.notifications.kinds import counted
from tech4value.notifications.models import MessageSettings, Notification, Rhythm
from tech4value.notifications.unsubscribing import EVERYTHING, unsubscribe_url
from tech4value.notifications.wording import Item, absolute, addresses_of, items
from tech4value.tenancy.clock import now
from tech4value.tenancy.models import Tenant

LONGEST_SUBJECT = 150
# What a header may not hold.
LINES = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
# A digest of a very long absence leads to the page for the rest.
LONGEST_DIGEST = 100


def letter(
    tenant: Tenant, member: Membership, messages: Sequence[Notification], wanted: MessageSettings
) -> EmailMultiAlternatives:
    """The e-mail to `member`; of one message its sentence is the subject, of several their number."""
    language = member.user.language
    only = messages[0] if len(messages) == 1 else None
    unsubscribe = unsubscribe_url(member, only.kind if only else EVERYTHING)
    with translation.override(language), addresses_of(tenant):
        shown = items(messages[:LONGEST_DIGEST])
        context = {
            "tenant": tenant,
            "member": member,
            "language": language,
            "groups": _by_project(shown),
            "single": shown[0] if only else None,
            "total": len(messages),
            "more": len(messages) - len(shown),
            "heading": _heading(shown, len(messages), wanted, language),
            "list_url": absolute(reverse("notifications:list")),
            "preferences_url": absolute(reverse("notifications:preferences")),
            "unsubscribe_url": unsubscribe,
        }
        text = render_to_string("notifications/mail/message.txt", context)
        html = render_to_string("notifications/mail/message.html", context)
    subject = context["heading"] if only is None else _subject(shown[0])
    mail = EmailMultiAlternatives(
        subject=Truncator(LINES.sub(" ", str(subject))).chars(LONGEST_SUBJECT),
        body=text.strip() + "\n",
        to=[member.user.email],
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _subject(one: Item) -> str:
    return f"{one.project} · {one.sentence}" if one.project else one.sentence


def _heading(shown: Sequence[Item], total: int, wanted: MessageSettings, language: str) -> str:
    if total == 1:
        return shown[0].label
    if wanted.rhythm == Rhythm.AT_ONCE:
        return ngettext("%(n)s nouveauté pour vous", "%(n)s nouveautés pour vous", total) % {"n": counted(total)}
    day = date_short(now().astimezone(wanted.zone).date(), language)
    return _("Votre résumé du %(day)s : %(count)s") % {
        "day": day,
        "count": ngettext("%(n)s nouveauté", "%(n)s nouveautés", total) % {"n": counted(total)},
    }


def _by_project(shown: Sequence[Item]) -> list[dict[str, Any]]:
    """Items under their project, those of none or of several last."""
    ordered = sorted(shown, key=lambda one: (one.project == "", one.project))
    return [
        {"project": project or _("Toute l’organisation"), "entries": [_full(one) for one in found]}
        for project, found in groupby(ordered, key=lambda one: one.project)
    ]


def _full(one: Item) -> dict[str, Any]:
    return {"one": one, "url": absolute(one.url)}
