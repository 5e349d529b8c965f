"""One's messages: the bell, the panel, the page, and marking them read."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.notifications.actions import mark, mark_all_read
from tech4value.notifications.forms import MessageFilterForm
from tech4value.notifications.kinds import counted
from tech4value.notifications.models import Notification
from tech4value.notifications.queries import Asked, by_day, kind_choices, latest, messages_of, project_choices
from tech4value.notifications.visibility import visible_messages
from tech4value.notifications.wording import address_of, item
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, redirect

PAGE_SIZE = 50


def _asked(form: MessageFilterForm) -> Asked:
    values: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    return Asked(
        unread=values.get("state") == "unread",
        project=UUID(values["project"]) if values.get("project") else None,
        kind=values.get("kind", ""),
    )


class ListView(MemberView):
    """All of one's messages, by day."""

    permission = Permission.SELF

    def get(self, request: MemberRequest) -> HttpResponse:
        member = request.member
        form = MessageFilterForm(request.GET, project_choices(member), kind_choices(member))
        asked = _asked(form)
        page = Paginator(messages_of(member, asked), PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "filters": form,
            "page": page,
            "days": by_day(list(page.object_list)),
            "filtered": asked != Asked(),
        }
        return render(request, "notifications/list.html", context)


class LatestView(MemberView):
    """The panel that the bell opens."""

    permission = Permission.SELF

    def get(self, request: MemberRequest) -> HttpResponse:
        if not request.htmx:
            return HttpResponseRedirect(reverse("notifications:list"))
        return render(request, "notifications/latest.html", {"items": latest(request.member)})


class BellView(MemberView):
    """The bell alone, which asks for itself when its topic has moved."""

    permission = Permission.SELF

    def get(self, request: MemberRequest) -> HttpResponse:
        links = {"notifications": reverse("notifications:list")}
        return render(request, "notifications/_bell.html", {"links": links})


class OpenView(MemberView):
    """Marks a message read and goes where it leads."""

    permission = Permission.SELF

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        message: Notification = get_object_or_404(visible_messages(request.member), pk=pk)
        mark(member=request.member, message=message, read=True)
        return HttpResponseRedirect(address_of(message))


class MarkView(MemberView):
    """Marks one message read (`read=1`) or unread (`read=0`)."""

    permission = Permission.SELF

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        message: Notification = get_object_or_404(visible_messages(request.member), pk=pk)
        mark(member=request.member, message=message, read=request.POST.get("read") != "0")
        if not request.htmx:
            return redirect(request, reverse("notifications:list"))
        response = render(request, "notifications/_item.html", {"one": item(message)})
        response.headers["HX-Trigger"] = "bell"
        return response


class MarkAllView(MemberView):
    """Marks every message of the page's filters read."""

    permission = Permission.SELF

    def post(self, request: MemberRequest) -> HttpResponse:
        member = request.member
        form = MessageFilterForm(request.GET, project_choices(member), kind_choices(member))
        count = mark_all_read(member=member, rows=messages_of(member, _asked(form)))
        if count:
            text = ngettext(
                "%(n)s notification marquée comme lue.", "%(n)s notifications marquées comme lues.", count
            )
            toast(request, text % {"n": counted(count)})
        else:
            toast(request, _("Tout était déjà lu."), level="info")
        return redirect(request, reverse("notifications:list"))
