"""What people of the demo know, and who is looked for: IT is beyond its time, Data could help."""

from django.db.models import Count

from portfolio.capacity.models import Allocation, RequestState, StaffingRequest
from portfolio.capacity.staffing import candidates
from portfolio.people.models import Person, PersonSkill
from tech4value.tenancy.context import tenant_context
from tests.demo.conftest import Demo


def test_who_works_on_plans_has_skills(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        planned = Person.objects.filter(capacity__gt=0)
        assert planned.count() > 70
        assert not planned.exclude(pk__in=PersonSkill.objects.values("person")).exists()
        shared = PersonSkill.objects.filter(level__gte=4, person__pole__code__in=["IT", "DATA"])
        poles = shared.order_by().values("skill__name").annotate(poles=Count("person__pole", distinct=True))
        assert poles.filter(poles=2).count() >= 3


def test_data_has_the_time_that_it_lacks(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        states = list(StaffingRequest.objects.values_list("state", flat=True))
        wanted = StaffingRequest.objects.get(project__code="ODOO", state=RequestState.OPEN)
        found = [one for one in candidates(wanted) if one.is_enough]
        waiting = Allocation.objects.filter(person=None)
        assert {one.person.pole.code for one in found if one.person.pole} == {"DATA"}
        assert waiting.count() == 2
    assert sorted(set(states)) == ["accepted", "declined", "open"]
