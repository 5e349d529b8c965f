"""`{% load projects %}`: the head of a project's page, its tabs, its live address."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.projects.extensions import notices_of
from portfolio.projects.models import Project, StatusReport
from portfolio.projects.queries import Variance
from portfolio.projects.tabs import tabs_of
from tech4value.accounts.permissions import Permission
from tech4value.figures.formats import calendar_days
from tech4value.tenancy.context import current_tenant
from tech4value.web.live import token
from tech4value.web.tags.display import status

register = template.Library()


@register.inclusion_tag("portfolio/projects/_header.html", takes_context=True)
def project_header(context: Context, project: Project) -> dict[str, Any]:
    """The project's latest status in one line and its tabs; the one of the current route is active."""
    request = context["request"]
    return {
        "request": request,
        "project": project,
        "may_change_plan": request.member.can(Permission.TENANT_EDIT),
        "latest": StatusReport.objects.filter(project=project).first(),
        "notices": notices_of(request.member, project),
        "tabs": tabs_of(request.member, project, request.resolver_match.view_name),
    }


@register.simple_tag
def project_live_url(project: Project) -> str:
    """Where the page asks whether something changed in this project."""
    return f"{get_script_prefix()}live?{urlencode({'t': token(current_tenant().pk, str(project.pk))})}"


@register.simple_tag
def milestone_state(state: str) -> SafeString:
    """A milestone's state (`queries.milestone_status`): its colour and shape, in a milestone's words."""
    words = {
        "closed": _("Atteint"),
        "off_track": _("En retard"),
        "at_risk": _("En glissement"),
        "not_started": _("Dans les temps"),
    }
    return status("on_track" if state == "not_started" else state, words[state])


@register.simple_tag
def variance_words(gap: Variance) -> SafeString:
    """How far a milestone is from its promise: signed days and a word."""
    if gap.days == 0:
        word = _("tenu") if gap.met else _("conforme")
        return format_html('<span class="muted">{}</span>', word)
    days = calendar_days(gap.days, get_language() or "fr", signed=True)
    if gap.days > 0:
        late = _("%(days)s de glissement") if gap.expected else _("%(days)s de retard")
        return format_html('<span class="delta delta-bad">{}</span>', late % {"days": days})
    words = _("%(days)s, en avance") % {"days": days}
    return format_html('<span class="delta delta-good">{}</span>', words)
