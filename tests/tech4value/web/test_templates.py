"""Pages keep to the content security policy, and the components draw what they are given."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from tech4value.figures.figure import Figure
from tech4value.web import navigation
from tech4value.web.tags.display import STATUSES, TRENDS, WEATHERS, initials
from tech4value.web.toasts import with_toast

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text()
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert all("src=" in attributes or 'type="application/json"' in attributes for attributes in scripts)
    assert not re.search(r"""\son[a-z]+\s*=\s*["']|\bhx-on\b|javascript:""", text)
    assert not re.search(r"hx-(?:vals|headers)=['\"]js:", text)
    # Trigger filters (click[ctrlKey]) are evaluated as code.
    assert not re.search(r'hx-trigger="[^"]*\[', text)
    # A mail is shown by programs that read no style sheet.
    if "/reporting/" not in str(path) and "/mail/" not in str(path):
        assert not re.search(r'\sstyle\s*=\s*"', text)
    assert not re.search(r"""(?:src|href)=["']https?://""", text)


def draw(source: str, path: str = "/projects/?sort=-name&page=3", **values: object) -> str:
    request = RequestFactory().get(path)
    context = Context({"request": request, "today": date(2026, 3, 12), **values})
    with translation.override("fr"):
        return Template("{% load ui %}" + source).render(context)


@pytest.mark.parametrize("value", STATUSES)
def test_status_is_a_shape_and_a_word(value: str) -> None:
    drawn = draw("{% status value %}", value=value)
    assert "<svg" in drawn
    assert re.search(r"</svg>\w", drawn)


@pytest.mark.parametrize("value", WEATHERS)
@pytest.mark.parametrize("trend", TRENDS)
def test_weather_says_itself_even_when_compact(value: str, trend: str) -> None:
    drawn = draw("{% weather value trend=trend compact=True %}", value=value, trend=trend)
    assert drawn.count('class="sr-only"') == 2


def test_what_is_missing_is_said() -> None:
    assert "Non attribué" in draw("{% person None %}")
    assert "Non renseignée" in draw("{% weather None %}")
    assert "–" in draw("{% date None %}{% progress None %}")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Camille Durand", "CD"),
        ("Jean-Luc de La Tour", "JT"),
        ("li", "L"),
        ("", "?"),
        ("… !", "?"),
        ("Nicolas Perrin (Paie écriture)", "NP"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_text_is_escaped() -> None:
    evil = "<script>alert(1)</script>"
    drawn = draw(
        "{% person evil %}{% badge evil %}{% status 'on_track' evil %}{% crumb evil evil %}{% tab evil evil %}"
        "{% table evil %}{% endtable %}{% empty evil evil action=evil url=evil %}{% figure fig %}"
        "{% sparkline values label=evil %}"
        "{% th evil sort='x' %}{% td_select evil evil %}{% dialog 'd' evil %}{% enddialog %}",
        evil=evil, fig=Figure("k", evil, 3, unit=evil, note=evil), values=(1, 2),
    )  # fmt: skip
    assert "<script" not in drawn


def test_a_column_sorts_both_ways_and_goes_back_to_the_first_page() -> None:
    drawn = draw('{% th "Nom" sort="name" %}{% th "Code" sort="code" %}')
    assert 'aria-sort="descending"' in drawn
    assert 'href="?sort=name"' in drawn
    assert 'href="?sort=code"' in drawn


def test_a_date_is_relative_with_the_absolute_on_hover() -> None:
    drawn = draw("{% date day %}", day=date(2026, 3, 10))
    assert 'datetime="2026-03-10" title="10/03/2026"' in drawn
    assert "il y a 2\u00a0jours" in drawn


def test_a_figure_without_value_shows_a_dash_and_one_with_an_address_explains_itself() -> None:
    drawn = draw("{% figure fig %}", fig=Figure("k", "Marge", None, "percent", explain_url="/x/"))
    assert "–" in drawn
    assert 'hx-get="/x/" hx-target="#panel"' in drawn


def test_a_json_block_cannot_be_closed_from_within() -> None:
    assert "</script" not in draw("{{ value|as_json }}", value={"a": "</script><script>"})


def test_an_area_must_exist() -> None:
    with pytest.raises(ValueError, match="unknown area"):
        navigation.register(navigation.NavItem("nowhere", "x", "home"))


def test_only_what_the_person_may_use_is_in_the_rail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {})
    navigation.register(
        navigation.NavItem("portfolio", "Guide", "web:styleguide", permission="project.view"),
        navigation.NavItem("settings", "Connexion", "account_login", permission="member.edit"),
    )
    rail = navigation.rail(lambda permission: permission == "project.view", "/styleguide/charts/")
    assert [(area.key, area.current) for area in rail] == [("portfolio", True)]


def test_a_page_of_a_project_is_read_under_the_projects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {})
    navigation.register(
        navigation.NavItem("portfolio", "Projets", "home", holds="project_id"),
        navigation.NavItem("plans", "Plans", "web:styleguide"),
    )

    def current(*marks: str) -> list[str]:
        return [area.key for area in navigation.rail(lambda _: True, "/styleguide/charts/", marks) if area.current]

    assert current("planning:list") == ["plans"]
    assert current("planning:project", "project_id") == ["portfolio"]


def test_an_htmx_answer_carries_its_toast() -> None:
    from django.http import HttpResponse

    answer = with_toast(HttpResponse(), "Projet clos.", undo_url="/undo/")
    assert answer.headers["HX-Trigger"].startswith('{"toast"')
