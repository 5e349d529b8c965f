"""Screens: what can be taken away of a plan, one file while it is made and after, calendars to subscribe to."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.generic import View

from integrations.exports.actions import close_feed, open_feed, start_plan_export
from integrations.exports.domain.icalendar import write_calendar
from integrations.exports.feeds import events_of, feed_of, name_of, note_reading
from integrations.exports.models import CalendarFeed, PlanExport, PlanFormat
from integrations.imports.certificates import certificate_csv, certificate_page, from_json
from integrations.imports.views import attachment
from portfolio.projects.pages import OfProject
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.accounts.rate_limits import Limit, client_address, too_many
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, redirect

RECENT = 10
MISSES = Limit("calendar-misses", 30, 300)


def exports_of(member: Membership) -> QuerySet[PlanExport]:
    """One's own: what a file holds follows from what its person may see."""
    return PlanExport.objects.select_related("project", "file", "job").filter(created_by=member)


def feeds_of(member: Membership) -> QuerySet[CalendarFeed]:
    """One's own."""
    return CalendarFeed.objects.select_related("project").filter(member=member)


class PlanView(OfProject, MemberView):
    """The formats, the files made before, and the calendars of the project."""

    permission = Permission.PLAN_VIEW

    def get(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        return self.page()

    def post(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        """Start a file."""
        try:
            row = start_plan_export(
                actor=request.member.actor,
                member=request.member,
                project=self.project,
                file_format=request.POST.get("format", ""),
            )
        except ValidationError as error:
            return self.page(status=422, refused=" ".join(error.messages))
        return redirect(request, reverse("exports:detail", args=[row.pk]))

    def page(self, *, status: int = 200, **extra: Any) -> HttpResponse:
        recent = exports_of(self.request.member).defer("certificate", "facts", "notes")
        context = {
            "project": self.project,
            "recent": recent.filter(project=self.project)[:RECENT],
            "feeds": feeds_of(self.request.member).filter(project=self.project),
            "formats": PlanFormat,
            **extra,
        }
        return render(self.request, "integrations/exports/plan.html", context, status=status)


class DetailView(MemberView):
    """One file: its progress, then where it is, what was read again of it, and its certificate."""

    permission = Permission.PLAN_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        row = get_object_or_404(exports_of(request.member), pk=pk)
        certificate = from_json(row.certificate) if row.certificate else None
        fate = request.GET.get("fate", "")
        if request.GET.get("format") == "csv":
            if certificate is None:
                raise Http404
            name = _("certificat %(file)s.csv") % {"file": row.project.code}
            return attachment(certificate_csv(certificate, row.notes), name, "text/csv; charset=utf-8")
        context = {
            "row": row,
            "project": row.project,
            "notes": row.notes,
            "fate": fate,
            "certificate": certificate_page(certificate, fate=fate) if certificate else None,
            "moving": row.job is not None and not row.job.is_over,
        }
        return render(request, "integrations/exports/detail.html", context)


class ProgressView(MemberView):
    """The bar of a file's job; once it is over, the whole page is drawn again."""

    permission = Permission.PLAN_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        row = get_object_or_404(exports_of(request.member).defer("certificate", "facts", "notes"), pk=pk)
        response = render(request, "integrations/exports/_job.html", {"row": row})
        if row.job is None or row.job.is_over:
            response.headers["HX-Refresh"] = "true"
        return response


class FeedsView(MemberView):
    """One's calendars, whatever they are of."""

    permission = Permission.PROJECT_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        return feeds_page(request)

    def post(self, request: MemberRequest) -> HttpResponse:
        """A calendar of one's own milestones."""
        return _opened(request, None)


class ProjectFeedsView(OfProject, MemberView):
    """A calendar of a project's milestones."""

    permission = Permission.PROJECT_VIEW

    def post(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        """Its address is in the answer, and nowhere else, ever."""
        return _opened(request, self.project)


def _opened(request: MemberRequest, project: Any) -> HttpResponse:
    member = request.member
    try:
        feed, secret = open_feed(actor=member.actor, member=member, project=project)
    except ValidationError as error:
        return feeds_page(request, status=422, refused=" ".join(error.messages))
    address = request.build_absolute_uri(reverse("exports:feed", args=[secret]))
    response = feeds_page(request, opened=feed, address=address)
    response.headers["Cache-Control"] = "no-store"
    return response


def feeds_page(request: MemberRequest, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page of one's calendars."""
    context = {"feeds": feeds_of(request.member), **extra}
    return render(request, "integrations/exports/feeds.html", context, status=status)


class CloseFeedView(MemberView):
    """Take an address back."""

    permission = Permission.PROJECT_VIEW
    http_method_names = ["post"]

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        feed = get_object_or_404(feeds_of(request.member), pk=pk)
        close_feed(actor=request.member.actor, feed=feed)
        toast(request, _("Calendrier supprimé : son adresse ne donne plus rien."))
        return redirect(request, reverse("exports:feeds"))


class FeedView(View):
    """The calendar at a secret address, for whoever holds it: what its owner may see now."""

    permission: ClassVar[Permission] = Permission.PUBLIC
    http_method_names = ["get", "head"]

    def get(self, request: Any, secret: str) -> HttpResponse:
        if wait := MISSES.wait(client_address(request)):
            return too_many(request, wait)
        tenant = Tenant.objects.filter(slug=request.tenant_slug or "", is_active=True).first()
        if tenant is not None:
            with tenant_context(tenant):
                feed = feed_of(secret)
                if feed is not None:
                    return self._calendar(request, feed)
        MISSES.use(client_address(request))
        return HttpResponse(
            status=404, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"}
        )

    def _calendar(self, request: HttpRequest, feed: CalendarFeed) -> HttpResponse:
        note_reading(feed)
        address = request.build_absolute_uri(reverse("projects:list"))
        with translation.override(feed.member.user.language):
            content = write_calendar(name_of(feed), events_of(feed, address=address))
        headers = {
            "Content-Disposition": 'inline; filename="jalons.ics"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
            "Referrer-Policy": "no-referrer",
        }
        return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
