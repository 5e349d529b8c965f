"""The Teams channels of the organisation (its administrators) and of a project (who edits it)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.notifications.forms import WebhookForm
from tech4value.notifications.kinds import directory
from tech4value.notifications.models import TeamsWebhook
from tech4value.notifications.teams import (
    add_webhook,
    change_webhook,
    demand_may_set,
    remove_webhook,
    send_test,
)
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, redirect


def list_url(project_id: UUID | None) -> str:
    """The page of the organisation's channels, or of a project's."""
    if project_id is None:
        return reverse("notifications:teams")
    return reverse("notifications:project_teams", args=[project_id])


def _add_url(project_id: UUID | None) -> str:
    if project_id is None:
        return reverse("notifications:teams_add")
    return reverse("notifications:project_teams_add", args=[project_id])


def _project_name(request: MemberRequest, project_id: UUID | None) -> str:
    """The project's name, empty for the organisation; 404 for one that the member does not see, 403 for one that
    they may not set."""
    if project_id is None:
        demand_may_set(request.member, None)
        return ""
    name = directory().names(request.member).get(project_id)
    if name is None:
        raise Http404
    demand_may_set(request.member, project_id)
    return name


class TeamsView(MemberView):
    """The organisation's channels, and how their last post went."""

    permission = Permission.TENANT_EDIT

    def get(self, request: MemberRequest, project_id: UUID | None = None) -> HttpResponse:
        name = _project_name(request, project_id)
        webhooks = TeamsWebhook.objects.filter(project_id=project_id)
        context = {"webhooks": webhooks, "project_name": name, "add_url": _add_url(project_id)}
        return render(request, "notifications/teams.html", context)


class ProjectTeamsView(TeamsView):
    """A project's."""

    permission = Permission.SELF


class AddTeamsView(FormView):
    """A new channel of the organisation."""

    permission = Permission.TENANT_EDIT
    template_name = "notifications/teams_form.html"
    project_id: UUID | None = None

    def prepare(self) -> None:
        self.project_id = self.kwargs.get("project_id")
        self.project_name = _project_name(self.request, self.project_id)

    def make_form(self, data: Any = None, files: Any = None) -> WebhookForm:
        return WebhookForm(data)

    def extra_context(self) -> dict[str, Any]:
        return {"project_name": self.project_name, "back": list_url(self.project_id)}

    def save(self, form: WebhookForm) -> str:
        values = form.cleaned_data
        webhook = add_webhook(
            actor=self.request.member.actor,
            name=values["name"],
            url=values["url"],
            project_id=self.project_id,
            only_important=values["only_important"],
        )
        toast(
            self.request, _("Le canal « %(name)s » est ajouté : envoyez-lui un message d’essai.") % {"name": webhook}
        )
        return list_url(self.project_id)


class AddProjectTeamsView(AddTeamsView):
    """A new channel of a project."""

    permission = Permission.SELF


def _webhook(request: MemberRequest, pk: UUID) -> TeamsWebhook:
    webhook: TeamsWebhook = get_object_or_404(TeamsWebhook, pk=pk)
    _project_name(request, webhook.project_id)
    return webhook


class ChangeTeamsView(FormView):
    """Change a channel."""

    permission = Permission.SELF
    template_name = "notifications/teams_form.html"
    webhook: TeamsWebhook

    def prepare(self) -> None:
        self.webhook = _webhook(self.request, self.kwargs["pk"])

    def make_form(self, data: Any = None, files: Any = None) -> WebhookForm:
        return WebhookForm.of(self.webhook, data)

    def extra_context(self) -> dict[str, Any]:
        return {"webhook": self.webhook, "back": list_url(self.webhook.project_id)}

    def save(self, form: WebhookForm) -> str:
        change_webhook(actor=self.request.member.actor, webhook=self.webhook, values=form.cleaned_data)
        toast(self.request, _("Le canal « %(name)s » est modifié.") % {"name": self.webhook})
        return list_url(self.webhook.project_id)


class RemoveTeamsView(MemberView):
    """Take a channel away."""

    permission = Permission.SELF

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        webhook = _webhook(request, pk)
        remove_webhook(actor=request.member.actor, webhook=webhook)
        toast(request, _("Le canal « %(name)s » ne reçoit plus rien.") % {"name": webhook})
        return redirect(request, list_url(webhook.project_id))


class TestTeamsView(MemberView):
    """Post a test card now."""

    permission = Permission.SELF

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        webhook = _webhook(request, pk)
        problem = send_test(webhook=webhook)
        if problem:
            toast(request, problem, level="error")
        else:
            toast(request, _("Le message d’essai est arrivé dans « %(name)s ».") % {"name": webhook})
        return redirect(request, list_url(webhook.project_id))
