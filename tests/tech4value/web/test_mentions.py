"""People mentioned in texts: read, written and shown safely."""

from uuid import UUID

import pytest

from tech4value.web.mentions import Mention, as_html, mentions_in, plain, written

KEY = UUID("01900000-0000-7000-8000-000000000001")
TEXT = f"Voir @[Léa Martin](person:{KEY}), puis <b>"


def test_a_mention_is_read_back_as_it_was_written() -> None:
    assert list(mentions_in(written("Léa [DSI] Martin", KEY))) == [Mention("Léa (DSI) Martin", KEY)]
    assert list(mentions_in(TEXT)) == [Mention("Léa Martin", KEY)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@[]()",
        "a@b.example",
        f"@[x](project:{KEY})",
        "@[x](person:nothing)",
        f"@[a\nb](person:{KEY})",
        "@[" * 999,
    ],
)
def test_what_is_no_mention_stays_text(text: str) -> None:
    assert list(mentions_in(text)) == []
    assert plain(text) == text


def test_documents_show_the_name_only() -> None:
    assert plain(TEXT) == "Voir @Léa Martin, puis <b>"


def test_a_page_escapes_all_and_links_for_those_who_may_see_people() -> None:
    assert as_html(TEXT, None) == 'Voir <span class="mention">@Léa Martin</span>, puis &lt;b&gt;'
    linked = as_html(TEXT, lambda key: f"/people/{key}/")
    assert f'<a class="mention" href="/people/{KEY}/">@Léa Martin</a>, puis &lt;b&gt;' in linked
    assert "<script" not in as_html(f"@[<script>](person:{KEY})", None)
