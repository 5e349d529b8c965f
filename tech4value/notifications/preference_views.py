"""What one is told and when; how much of each project; and the page that stops e-mails without signing in."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.notifications.forms import LevelForm, MessageSettingsForm
from tech4value.notifications.kinds import directory, kind_of
from tech4value.notifications.models import Level
from tech4value.notifications.preferences import change_settings, levels_of, set_level, settings_of
from tech4value.notifications.teams import may_set
from tech4value.notifications.unsubscribing import (
    EVERYTHING,
    Ticket,
    member_of,
    resume,
    stop,
    tenant_of,
    ticket_of,
)
from tech4value.tenancy.context import tenant_context
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, redirect


class PreferencesView(FormView):
    """Channels by kind, rhythm, quiet hours; the projects that one follows or mutes."""

    permission = Permission.SELF
    template_name = "notifications/preferences.html"

    def make_form(self, data: Any = None, files: Any = None) -> MessageSettingsForm:
        return MessageSettingsForm(data, self.request.member, settings_of(self.request.member))

    def extra_context(self) -> dict[str, Any]:
        member = self.request.member
        names = directory().names(member)
        levels = {str(value): label for value, label in Level.choices}
        shown = [
            {"id": key, "name": names[key], "level": levels[level]}
            for key, level in levels_of(member).items()
            if key in names
        ]
        choices = sorted(((str(key), name) for key, name in names.items()), key=lambda pair: pair[1].casefold())
        return {
            "levels": sorted(shown, key=lambda row: row["name"].casefold()),
            "level_form": LevelForm(None, choices, self.request.GET.get("project", "")) if choices else None,
            "may_set_teams": may_set(member, None),
        }

    def save(self, form: MessageSettingsForm) -> str:
        member = self.request.member
        version = form.cleaned_data["version"]
        change_settings(actor=member.actor, member=member, values=form.values(), version=version)
        toast(self.request, _("Vos notifications sont réglées."))
        return reverse("notifications:preferences")


class LevelView(MemberView):
    """How much one wants to hear of a project."""

    permission = Permission.SELF

    def post(self, request: MemberRequest) -> HttpResponse:
        member, given = request.member, request.POST
        try:
            project = UUID(given.get("project", ""))
        except ValueError:
            toast(request, _("Choisissez un projet."), level="error")
            return redirect(request, reverse("notifications:preferences") + "#projects")
        try:
            with transaction.atomic():
                set_level(actor=member.actor, member=member, project_id=project, level=given.get("level", ""))
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        else:
            name = directory().names(member)[project]
            level = Level(given["level"]).label
            toast(request, _("« %(project)s » : %(level)s.") % {"project": name, "level": str(level).lower()})
        return redirect(request, reverse("notifications:preferences") + "#projects")


@method_decorator(csrf_exempt, name="dispatch")
class UnsubscribeView(View):
    """Stops e-mails for whoever holds the signed address, signed in or not. Nothing changes on GET, which mail
    programs and their guards do by themselves; POST is also what one-click unsubscription sends (RFC 8058)."""

    permission: ClassVar[Permission] = Permission.PUBLIC

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._answer(request, token, "ask")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._answer(request, token, "resume" if "resume" in request.POST else "stop")

    def _answer(self, request: HttpRequest, token: str, deed: str) -> HttpResponse:
        ticket = ticket_of(token)
        tenant = tenant_of(ticket) if ticket else None
        if ticket is None or tenant is None:
            return render(request, "notifications/unsubscribe.html", {"state": "unknown"}, status=404)
        with tenant_context(tenant):
            member = member_of(ticket)
            if member is None or not member.is_active:
                return render(request, "notifications/unsubscribe.html", {"state": "unknown"}, status=404)
            with translation.override(member.user.language):
                context: dict[str, Any] = {"state": deed, "what": _what(ticket), "tenant": tenant, "member": member}
                if deed == "stop":
                    context["stopped"] = " ".join(stop(ticket, member))
                elif deed == "resume":
                    resume(member, request.POST.get("resume", "").split())
                context["preferences"] = f"/t/{tenant.slug}{_path('notifications:preferences')}"
                context["LANGUAGE_CODE"] = member.user.language
                return render(request, "notifications/unsubscribe.html", context)


def _path(name: str) -> str:
    return reverse(name)


def _what(ticket: Ticket) -> str:
    kind = kind_of(ticket.what)
    if ticket.what == EVERYTHING or kind is None:
        return _("tous les e-mails de suivi")
    return _("les e-mails « %(kind)s »") % {"kind": kind.label}
