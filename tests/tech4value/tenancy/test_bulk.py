"""Many rows written by one statement are what saving each of them would have made."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portfolio.people.models import Person
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import ExternalRef
from tech4value.audit.writing import create_many
from tech4value.tenancy.bulk import update_rows
from tests.world import World


def people(number: int) -> list[Person]:
    return create_many(SYSTEM, [Person(name=f"Personne {index}", daily_rate=Decimal(1)) for index in range(number)])


def test_every_kind_of_value_arrives_as_it_is(world: World) -> None:
    with world.within():
        rows = [
            ExternalRef(connection="c", external_type="t", external_id=one, object_type="o", object_id=uuid4())
            for one in "abc"
        ]
        ExternalRef.objects.bulk_create(rows)
        for number, row in enumerate(rows):
            row.fields, row.external_type = {"é": ["100 %s", None, number]}, "L’été; '--"
            row.batch_id = None if number else row.pk
        update_rows(rows, ["fields", "external_type", "batch_id"])
        stored = list(ExternalRef.objects.order_by("external_id"))
        assert [(one.fields, one.external_type, one.batch_id) for one in stored] == [
            (row.fields, row.external_type, row.batch_id) for row in rows
        ]


def test_amounts_and_dates(world: World) -> None:
    with world.within():
        rows = people(5)
        for number, row in enumerate(rows):
            row.daily_rate = None if number == 2 else Decimal("650.2500") + number
        update_rows(rows, ["daily_rate"])
        assert [one.daily_rate for one in Person.objects.filter(pk__in=[r.pk for r in rows]).order_by("name")] == [
            row.daily_rate for row in rows
        ]


def test_a_text_that_is_too_long_is_refused_and_not_cut(world: World) -> None:
    with world.within():
        row = people(1)[0]
        row.name = "x" * 500
        with pytest.raises(DataError), transaction.atomic():
            update_rows([row], ["name"])


def test_the_number_of_statements_does_not_grow_with_the_rows(world: World) -> None:
    with world.within():
        rows = people(300)
        for row in rows:
            row.name = row.name.upper()
        with CaptureQueriesContext(connection) as queries:
            update_rows(rows, ["name"])
        assert len(queries) == 1
        assert Person.objects.filter(name__startswith="PERSONNE").count() == 300


def test_another_company_s_rows_stay(world: World) -> None:
    with world.within(world.chantier):
        row = people(1)[0]
    row.name = "Volée"
    with world.within():
        update_rows([row], ["name"])
    with world.within(world.chantier):
        assert Person.objects.get(pk=row.pk).name == "Personne 0"
