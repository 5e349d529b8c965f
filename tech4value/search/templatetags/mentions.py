"""`{% load mentions %}`: texts in which people are mentioned.

{% mentioned text %}          paragraphs and line breaks kept, each person a link for those who may see people
{{ text|plain_mentions }}     the names only
"""

from typing import Any

from django import template
from django.template import Context
from django.utils.html import linebreaks
from django.utils.safestring import SafeString

from tech4value.search import registry
from tech4value.web.mentions import as_html, plain

register = template.Library()


@register.simple_tag(takes_context=True)
def mentioned(context: Context, text: str) -> SafeString:
    """`text` as paragraphs, escaped, with its mentions."""
    people = registry.kind_named("person")
    member: Any = getattr(context.get("request"), "member", None)
    seen = people is not None and member is not None and member.can(people.permission)
    address = (lambda key: people.address(key, None)) if people is not None and seen else None
    return SafeString(linebreaks(as_html(text or "", address)))


@register.filter
def plain_mentions(text: Any) -> str:
    """`text` with the names of those it mentions, without their keys."""
    return plain(str(text)) if text is not None else ""
