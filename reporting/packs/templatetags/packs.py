"""`{% load packs %}`: what the document's templates need beside the components' filters."""

from django import template

from reporting.packs.fitting import fit as fit_text
from reporting.packs.fitting import width

register = template.Library()


@register.simple_tag
def fit(text: str | None, room: float, *, points: float = 8.6, after: str = "") -> str:
    """The text on one line of `room` millimetres, cut with an ellipsis; `after` is what stands before it, in bold."""
    taken = width(after + " ", points, strong=True) if after else 0.0
    return fit_text(text or "", room - taken, points)
