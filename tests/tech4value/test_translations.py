"""The catalogues: what is extracted, what is missed, what is compiled."""

import gettext
from pathlib import Path

import pytest

from tech4value.translations import compile_catalogues, english_po, faults, update_english

TEMPLATE = """\
<p class="a">
    {% translate "Créer l’un" as x %} {{ _("Oui d'un")|upper }} it's (unbalanced [
{% blocktranslate trimmed count n=a|length %}
    Un « projet »
    de {{ name }}
{% plural %}
    {{ n }} projets
{% endblocktranslate %}
{# Translators: the month #}
{% translate "Mai" context "mois" %}
"""
CODE = """\
from django.utils.translation import gettext_lazy as _, ngettext_lazy
hello = _("Bonjour " "à vous")
days = ngettext_lazy("%(n)d jour", "%(n)d jours", "n")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with one template and one module."""
    for name, text in {"templates/page.html": TEMPLATE, "portfolio/models.py": CODE}.items():
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(text)
    return tmp_path


def translate(root: Path, french: str, *english: str) -> None:
    """Write the English of one text, with all its forms, into the catalogue."""
    po = english_po(root)
    before, line, after = po.read_text().partition(f'"{french}"\n')
    assert line, french
    for form in english:
        after = after.replace('""\n', f'"{form}"\n', 1)
    po.write_text(before + line + after)


def test_every_marked_text_is_found(root: Path) -> None:
    assert update_english(root) == (6, 6)
    po = english_po(root).read_text()
    for text in ("Créer l’un", "Oui d'un", "Un « projet » de %(name)s", "%(n)s projets", "Bonjour à vous"):
        assert f'"{text}"' in po
    assert '#. Translators: the month\nmsgctxt "mois"\nmsgid "Mai"' in po
    assert "#:" not in po
    assert "POT-Creation-Date" not in po


def test_translations_are_kept_and_texts_that_are_gone_are_dropped(root: Path) -> None:
    update_english(root)
    translate(root, "Bonjour à vous", "Hello")
    (root / "templates" / "page.html").write_text("")
    assert update_english(root) == (2, 1)
    before = english_po(root).read_text()
    assert 'msgid "Bonjour à vous"\nmsgstr "Hello"' in before
    update_english(root)
    assert english_po(root).read_text() == before


def test_what_english_lacks_is_listed(root: Path) -> None:
    assert len(faults(root)) == 6
    assert faults(root)[0].startswith("absent")
    (root / "templates" / "page.html").write_text("")
    update_english(root)
    assert sorted(faults(root)) == ["empty: '%(n)d jour'", "empty: 'Bonjour à vous'"]
    translate(root, "Bonjour à vous", "Hello")
    translate(root, "%(n)d jours", "%(m)d day", "%(n)d days")
    [fault] = faults(root)
    assert "placeholder 'm'" in fault
    english_po(root).write_text(english_po(root).read_text().replace("%(m)d", "%(n)d"))
    assert faults(root) == []


def test_french_plurals_are_french(root: Path) -> None:
    update_english(root)
    assert {path.parent.parent.name for path in compile_catalogues(root)} == {"en", "fr"}
    assert compile_catalogues(root) == []
    with (root / "locale" / "fr" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        french = gettext.GNUTranslations(file)
    forms = [french.ngettext("%(n)d jour", "%(n)d jours", n) for n in (0, 1, 2)]
    assert forms == ["%(n)d jour", "%(n)d jour", "%(n)d jours"]
