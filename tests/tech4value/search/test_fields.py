"""A choice of one row: a list while there are few, looked for by its words beyond."""

from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from portfolio.people.actions import create_people
from portfolio.people.fields import RowChoice, live
from portfolio.people.models import Person
from tech4value.search import fields
from tech4value.search.fields import KeyField
from tests.tech4value.search.conftest import Company


class OwnerForm(forms.Form):
    owner = RowChoice(live(Person), label="Responsable", required=False, empty_label="Non attribué")


def sent(**values: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(values)
    return data


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the company had more people than a list can hold."""
    monkeypatch.setattr(fields, "FEW", 1)


def test_a_short_list_holds_every_choice_with_what_tells_them_apart(company: Company) -> None:
    with company.world.within():
        drawn = str(OwnerForm(initial={"owner": company.mehdi.pk})["owner"])
    assert "data-combobox" in drawn
    assert 'data-detail="Architecte · Informatique"' in drawn
    assert f'<option value="{company.mehdi.pk}" selected' in drawn
    assert "Non attribué" in drawn


def test_a_long_list_holds_none_and_names_the_chosen_one(company: Company, many: None) -> None:
    with company.world.within():
        create_people(actor=company.actor, values=[{"name": f"Personne {number}"} for number in range(20)])
        drawn = str(OwnerForm(initial={"owner": company.mehdi.pk})["owner"])
    assert "<option" not in drawn
    assert f'name="owner" value="{company.mehdi.pk}"' in drawn
    assert 'value="Mehdi Équipier"' in drawn
    assert "kind=person" in drawn
    assert 'id="id_owner"' in drawn
    assert "Personne 3" not in drawn


@pytest.mark.parametrize(
    ("values", "chosen"),
    [
        ({"owner": "key"}, "mehdi"),
        ({"owner": ""}, None),
        ({"owner": "key", "owner_text": "Mehdi Équipier"}, "mehdi"),
        ({"owner": "", "owner_text": "mehdi equipier"}, "mehdi"),
        ({"owner": "key", "owner_text": "eloise"}, "eloise"),  # without the script, the former key is still sent
        ({"owner": "key", "owner_text": "  "}, None),
    ],
)
def test_the_key_or_the_words_say_who(
    company: Company, many: None, values: dict[str, str], chosen: str | None
) -> None:
    data = sent(**{name: str(company.mehdi.pk) if value == "key" else value for name, value in values.items()})
    with company.world.within():
        form = OwnerForm(data)
        assert form.is_valid(), form.errors
    assert form.cleaned_data["owner"] == (getattr(company, chosen) if chosen else None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Personne", "Rien ici ne s’appelle « Personne »."),
        ("\x00 %_'", "Rien ici ne s’appelle"),
        ("e", "« e » désigne plusieurs lignes."),
        ("9" * 5000, "Rien ici ne s’appelle"),
    ],
)
def test_words_that_name_nobody_or_several_are_refused_and_kept(
    company: Company, many: None, text: str, said: str
) -> None:
    with company.world.within():
        form = OwnerForm(sent(owner="", owner_text=text))
        assert not form.is_valid()
        assert said in form.errors["owner"][0]
        drawn = str(form["owner"])
    assert forms.utils.flatatt({"value": text}).strip() in drawn


def test_a_row_of_another_company_is_no_choice(company: Company) -> None:
    world: Any = company.world
    with world.within(world.chantier):
        create_people(actor=world.memberships["stranger"].actor, values=[{"name": "Zoé Secrète"}])
        secret = Person.objects.get(name="Zoé Secrète")
    with world.within():
        assert not OwnerForm(sent(owner=str(secret.pk))).is_valid()
        assert not OwnerForm(sent(owner="", owner_text="zoe secrete")).is_valid()


def test_a_key_field_gives_the_key_as_text_and_its_own_choices(company: Company) -> None:
    with company.world.within():
        field = KeyField(Person.objects.all(), required=False, extra=[("new", "Créer")])
        assert field.clean(str(company.mehdi.pk)) == str(company.mehdi.pk)
        assert field.clean("new") == "new"
        assert field.clean("") == ""
        with pytest.raises(forms.ValidationError):
            field.clean("11111111-1111-1111-1111-111111111111")
