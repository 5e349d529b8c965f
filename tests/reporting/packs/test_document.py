"""The document of a snapshot: one page a project whatever it holds, tagged, with its typefaces, always the same."""

import io
import logging
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from reporting.packs.document import html_of
from reporting.packs.pdf import RefusedAddressError, asset, draw, missing_library, pdf_of
from reporting.packs.snapshot import Snapshot, digest
from tests.reporting.packs import frozen_portfolio as frozen

SNAPSHOTS = {
    "five": frozen.snapshot(frozen.facts(5)),
    "english": frozen.snapshot(frozen.facts(2), "en"),
    "none": frozen.snapshot(frozen.facts(0, poles=0)),
    "bare": frozen.snapshot(frozen.facts(3, bare=True)),
    "long": frozen.snapshot(
        frozen.facts(6, long=True), title=(f"{frozen.LONG} " * 2)[:160], company=frozen.LONG[:120]
    ),
}
COVER, AGENDA, PORTFOLIO, GLOSSARY = 1, 1, 3, 1


@cache
def pdf(name: str) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(SNAPSHOTS[name])))


def text_of(reader: PdfReader) -> list[str]:
    return [plain(page.extract_text()) for page in reader.pages]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("name", list(SNAPSHOTS))
def test_a_project_has_one_page_and_the_portfolio_three(name: str) -> None:
    count = len(SNAPSHOTS[name].facts.projects)
    pages = text_of(pdf(name))
    assert len(pages) == COVER + AGENDA + PORTFOLIO + count + GLOSSARY
    for page, row in zip(pages[5:], SNAPSHOTS[name].facts.projects, strict=False):
        assert row.code in page
        assert "Décisions demandées au comité" in page or name == "english"


def test_the_portfolio_table_goes_on_with_its_head() -> None:
    pages = text_of(PdfReader(io.BytesIO(pdf_of(frozen.snapshot(frozen.facts(26, poles=3))))))
    assert sum("Six derniers mois" in page for page in pages) >= 2
    assert f"Page 3 sur {len(pages)}" in pages[2]


def test_long_lists_say_how_many_more() -> None:
    page = text_of(pdf("long"))[5]
    assert "et 13 autres" in page  # of 20 milestones, 7
    assert "et 8 autres" in page  # of 12 risks, 4


def test_an_empty_portfolio_says_so() -> None:
    pages = text_of(pdf("none"))
    assert "Aucun projet dans ce périmètre" in pages[2]
    assert "Aucune ligne de budget" in pages[3]
    assert "Aucun jalon en retard" in pages[4]
    bare = text_of(pdf("bare"))[5]
    for words in ("Aucun commentaire publié", "Aucune ligne de budget", "Aucun jalon", "Aucun risque ouvert"):
        assert words in bare


def test_every_page_but_the_cover_has_its_head_and_foot() -> None:
    pages = text_of(pdf("five"))
    assert "Page 1" not in pages[0]
    for number, page in enumerate(pages[1:], 2):
        assert f"Page {number} sur {len(pages)}" in page
        assert "Confidentiel" in page
        assert "Comité de pilotage de novembre" in page
        assert "jeudi 26 novembre 2026" in page


def test_the_agenda_leads_to_the_pages() -> None:
    agenda = text_of(pdf("five"))[1]
    for number, row in enumerate(SNAPSHOTS["five"].facts.projects, 6):
        assert re.search(rf"{row.code} {row.name} Chloé Cheffe \w+ {number}\b", agenda)


def test_the_outline_names_each_page() -> None:
    titles = [str(entry["/Title"]) for entry in pdf("five").outline if isinstance(entry, dict)]
    assert titles[:3] == ["Couverture", "Ordre du jour", "Vue du portefeuille : synthèse"]
    assert "RGPD Mise en conformité RGPD" in titles
    assert titles[-1] == "Glossaire"


def test_it_is_tagged_titled_and_says_its_language() -> None:
    for name, language in (("five", "fr"), ("english", "en")):
        reader = pdf(name)
        catalog = reader.trailer["/Root"]
        assert catalog["/Lang"] == language
        assert catalog["/MarkInfo"]["/Marked"]
        assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
        assert reader.metadata and reader.metadata.title == "Comité de pilotage de novembre"
        assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()


def tags(node: DictionaryObject) -> list[DictionaryObject]:
    found = []
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, DictionaryObject) and "/S" in kid:
            found += [kid, *tags(kid)]
    return found


def test_charts_and_icons_have_words_and_tables_their_heads() -> None:
    found = tags(pdf("five").trailer["/Root"]["/StructTreeRoot"])
    figures = [one for one in found if one["/S"] == "/Figure"]
    assert len(figures) > 20
    assert all(one.get("/Alt") for one in figures)
    kinds = {str(one["/S"]) for one in found}
    assert {"/Table", "/TH", "/TD", "/H1", "/H2", "/P", "/Sect", "/Link"} <= kinds


def test_only_our_typeface_is_used_and_it_is_inside() -> None:
    for name in SNAPSHOTS:
        for page in pdf(name).pages:
            for font in page["/Resources"].get("/Font", {}).values():
                base = font.get_object()
                assert "Source-Sans-Pro" in base["/BaseFont"] or "SourceSansPro" in base["/BaseFont"]
                descendant = base["/DescendantFonts"][0].get_object()
                descriptor = descendant["/FontDescriptor"].get_object()
                assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_charts_are_vectors() -> None:
    for page in pdf("five").pages:
        images = page["/Resources"].get("/XObject", {})
        assert all(one.get_object()["/Subtype"] != "/Image" for one in images.values())


def test_the_engine_has_nothing_to_complain_of(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("weasyprint")
    logger.propagate = True
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf_of(SNAPSHOTS["bare"])
    assert [record.getMessage() for record in caplog.records] == []


def test_rendered_again_from_its_json_it_is_the_same_to_the_byte() -> None:
    snapshot = SNAPSHOTS["five"]
    again = Snapshot.from_json(snapshot.to_json())
    assert again == snapshot
    assert digest(again.to_json()) == digest(snapshot.to_json())
    first, second = pdf_of(snapshot), pdf_of(again)
    assert text_of(PdfReader(io.BytesIO(first))) == text_of(PdfReader(io.BytesIO(second)))
    assert first == second


def test_numbers_and_dates_are_of_the_language() -> None:
    french, english = " ".join(text_of(pdf("five"))), " ".join(text_of(pdf("english")))
    assert "310 k€" in french
    assert "26 novembre 2026" in french
    assert "€310k" in english
    assert "26 November 2026" in english


def test_texts_of_people_are_text() -> None:
    facts = frozen.facts(1)
    row = replace(facts.projects[0], name="<img src='file:///etc/passwd'> & <b>gras</b>", comment="{{ 7 }} <script>")
    html = html_of(frozen.snapshot(replace(facts, projects=(row,)), title="<i>Titre</i>"))
    assert "<img" not in html
    assert "<script" not in html
    assert "<i>" not in html
    page = text_of(PdfReader(io.BytesIO(pdf_of(frozen.snapshot(replace(facts, projects=(row,)))))))[5]
    assert "<img src='file:///etc/passwd'> & <b>gras</b>" in page


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "https://example.org/a.png",
        "http://127.0.0.1:8000/",
        "pack:../settings.py",
        "pack:fonts/../../etc/passwd",
        "pack:vendor/plotly.min.js",
        "data:text/css,body{}",
        "/etc/passwd",
        "",
    ],
)
def test_the_fetcher_answers_our_typefaces_only(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        asset(url)
    assert asset("pack:fonts/SourceSansPro-Bold.ttf").is_file()


def test_a_document_that_asks_for_more_does_not_get_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p::after { content: 'fuite' }")
    html = f'<html lang="fr"><link rel="stylesheet" href="{secret.as_uri()}"><p>Bonjour</p></html>'
    content = draw(html)
    assert text_of(PdfReader(io.BytesIO(content))) == ["Bonjour"]


def test_what_is_missing_is_said_with_what_to_install() -> None:
    error = (
        "cannot load library 'libpango-1.0-0': libpango-1.0-0: cannot open shared object file: No such file or "
        "directory.  Additionally, ctypes.util.find_library() did not manage to locate a library called "
        "'libpango-1.0-0'"
    )
    sentence = missing_library(error)
    assert "« libpango-1.0-0 »" in sentence
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in sentence


def test_colours_are_those_of_the_screens() -> None:
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    light = set(re.findall(r"light-dark\((#[0-9a-f]{6}),", tokens))
    sheet = (Path(settings.BASE_DIR) / "templates/reporting/packs/pdf/pack.css").read_text()
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", sheet)) <= light


def test_a_late_milestone_says_by_how_much() -> None:
    facts = SNAPSHOTS["five"].facts
    late = facts.milestones[0]
    page = text_of(pdf("five"))[4]
    assert late.is_late(facts.today)
    assert f"En retard de {late.days_late(facts.today)} j" in page
    assert late.due_on < facts.today + timedelta(days=1)
