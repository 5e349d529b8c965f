"""`{% load projects %}`: the head of a project's page, its tabs, its live address."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import get_script_prefix

from portfolio.projects.models import Project, StatusReport
from portfolio.projects.tabs import tabs_of
from tech4value.tenancy.context import current_tenant
from tech4value.web.live import token

register = template.Library()


@register.inclusion_tag("portfolio/projects/_header.html", takes_context=True)
def project_header(context: Context, project: Project) -> dict[str, Any]:
    """The project's latest status in one line and its tabs; the one of the current route is active."""
    request = context["request"]
    return {
        "request": request,
        "project": project,
        "latest": StatusReport.objects.filter(project=project).first(),
        "tabs": tabs_of(request.member, project, request.resolver_match.view_name),
    }


@register.simple_tag
def project_live_url(project: Project) -> str:
    """Where the page asks whether something changed in this project."""
    return f"{get_script_prefix()}live?{urlencode({'t': token(current_tenant().pk, str(project.pk))})}"
