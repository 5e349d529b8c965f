"""Skills of people, time booked on projects, and requests for staff."""

from decimal import Decimal

from django.db.models import Sum

from demo.organisation import Company
from demo.story import Anchor, BookingStory, RequestStory
from portfolio.capacity.allocation_actions import create_allocation
from portfolio.capacity.models import StaffingRequest
from portfolio.capacity.staffing import candidates
from portfolio.capacity.staffing_actions import accept_request, ask_staff, decline_request
from portfolio.people.models import Person, Profile, Skill
from portfolio.people.skill_actions import set_skills
from tech4value.audit.actor import Actor

FRIDAY = 4


def load_skills(company: Company) -> None:
    """What each knows, by their profile; nothing for a company without such a story."""
    story = company.story.staff
    if story is None:
        return
    people = Person.objects.filter(profile__name__in=list(story.skills)).select_related("profile").order_by("pk")
    wanted = [(person, story.skills[person.profile.name]) for person in people if person.profile is not None]
    set_skills(actor=company.actor(company.story.administrator), wanted=wanted)


def load_bookings(company: Company, anchor: Anchor) -> None:
    """What people are booked for, and whom projects look for: asked by their managers, answered by those of the
    poles."""
    story = company.story.staff
    if story is None:
        return
    for booking in story.bookings:
        create_allocation(
            actor=_manager(company, booking.project),
            project=company.projects[booking.project],
            share=Decimal(booking.share),
            starts_on=anchor.week(booking.first),
            ends_on=anchor.week(booking.last, FRIDAY),
            skill=_skill(booking.skill),
            note=booking.note,
            **_who(company, booking),
        )
    for request in story.requests:
        _request(company, request, anchor)


def _who(company: Company, booking: BookingStory) -> dict[str, object]:
    if booking.profile:
        return {"profile": Profile.objects.get(name=booking.profile)}
    if booking.person:
        return {"person": company.named[booking.person]}
    busy = Person.objects.filter(pole=company.poles[booking.pole], capacity=1)
    here = busy.filter(assignments__project=company.projects[booking.project])
    if booking.skill:
        here = here.filter(skills__skill__name=booking.skill)
    ranked = here.annotate(work=Sum("assignments__work_minutes")).order_by("-work", "sort_name")
    return {"person": ranked[booking.rank]}


def _request(company: Company, story: RequestStory, anchor: Anchor) -> None:
    asked = ask_staff(
        actor=_manager(company, story.project).on(anchor.week(story.since)),
        project=company.projects[story.project],
        skill=_skill(story.skill),
        level=story.level,
        profile=Profile.objects.get(name=story.profile) if story.profile else None,
        share=Decimal(story.share),
        starts_on=anchor.week(story.first),
        ends_on=anchor.week(story.last, FRIDAY),
        comment=story.comment,
    )
    keeper = company.actor(company.story.controller)
    if story.refused:
        decline_request(actor=keeper, request=asked, reason=story.refused)
    elif story.given:
        pole = company.poles[story.given]
        request = StaffingRequest.objects.select_related("skill", "profile", "project").get(pk=asked.pk)
        chosen = next(one.person for one in candidates(request) if one.person.pole_id == pole.pk and one.is_enough)
        accept_request(actor=keeper, request=request, person=chosen)


def _manager(company: Company, project: str) -> Actor:
    manager = company.projects[project].manager
    return company.actor(manager.name) if manager is not None else company.actor(company.story.controller)


def _skill(name: str) -> Skill | None:
    return Skill.objects.get(name=name) if name else None
