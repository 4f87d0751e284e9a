import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.engines.capabilities import TokenArrays
from indexer.engines.token_hashes import hash_tokens
from indexer.language.analysis import Analysis, analyse, searched_text
from indexer.language.normalise import nfc, normalise, syllable_matches
from search.presentation.highlighter import Highlighter, join
from search.presentation.snippets import (
    FRAGMENT_LENGTH,
    FRAGMENTS,
    REACH,
    Shown,
    TokenisedText,
    best_windows,
    show,
)
from search.results import Snippet
from search.understanding.understood_query import Marks

OTHER = Article(id="2", title="Lũ lên", lead="a cau", body="b lũ cầu. b.\n\nlũ")


def marker(*syllables: str, phrases: tuple[tuple[str, ...], ...] = (), **keys: str) -> Highlighter:
    return Highlighter(Marks({**{one: one for one in syllables}, **keys}, phrases))


def highlight(text: str, highlighter: Highlighter) -> Snippet:
    return highlighter.highlight(text)


def arrays(analysis: Analysis) -> TokenArrays:
    offsets = np.array(analysis.token_offsets, dtype=np.uint32)
    return TokenArrays(hash_tokens(analysis.tokens), offsets)


def shown(article: Article, highlighter: Highlighter) -> Shown:
    analysis = analyse(article)
    text = TokenisedText(searched_text(article), len(article.title), arrays(analysis))
    # Between two others, as on a page.
    other = TokenisedText(searched_text(OTHER), len(OTHER.title), arrays(analyse(OTHER)))
    return show([other, text, other], highlighter)[1]


def make_snippets(article: Article, highlighter: Highlighter) -> tuple[Snippet, ...]:
    return shown(article, highlighter).fragments


def marked(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.highlights]


def article(body: str, lead: str = "") -> Article:
    return Article(id="1", title="T", lead=lead, body=body)


def test_whole_words_are_marked_and_neighbours_joined() -> None:
    snippet = highlight("Lào Cai: lào, Cai và LÀO  CAI; càil lào", marker("lào", "cai"))
    assert marked(snippet) == ["Lào Cai", "lào", "Cai", "LÀO", "CAI", "lào"]


def test_accents_count_only_when_the_query_had_them() -> None:
    assert marked(highlight("hợp hop họp", marker("hợp"))) == ["hợp"]
    assert marked(highlight("hòa hoà", marker("hoà"))) == ["hòa hoà"]


def test_fragments_cover_different_words() -> None:
    filler = "Chẳng có gì đáng nói ở câu này cả. " * 12
    body = f"Lũ lớn. {filler}\n{filler}Cầu sập hôm qua. {filler}\nĐường mở lại. {filler}"
    snippets = make_snippets(article(body), marker("lũ", "cầu", "đường"))
    assert [marked(snippet) for snippet in snippets] == [["Lũ"], ["Cầu"], ["Đường"]]
    assert snippets[1].text.startswith("Cầu sập hôm qua.")
    assert snippets[2].text.startswith("Đường mở lại.")


def test_one_fragment_is_enough_when_it_shows_every_word() -> None:
    snippets = make_snippets(
        article("Lũ cuốn cầu. " + "Xa. " * 90 + "Lũ rút."), marker("lũ", "cầu")
    )
    assert len(snippets) == 1


def test_without_a_hit_the_beginning_is_shown() -> None:
    (snippet,) = make_snippets(article("Thân bài.", "Dẫn."), marker("không"))
    assert snippet == Snippet("Dẫn. Thân bài.", ())
    assert make_snippets(article(""), marker("x")) == ()


def test_markup_in_the_text_stays_text() -> None:
    (snippet,) = make_snippets(article("<b>lũ</b> & <script>"), marker("lũ"))
    assert snippet.text == "<b>lũ</b> & <script>"
    assert marked(snippet) == ["lũ"]


TEXT = st.text(
    st.one_of(st.sampled_from("ab lũ.\n? cầu<&"), st.characters(codec="utf-8")), max_size=900
)


@given(TEXT, TEXT)
def test_fragments_are_cut_from_the_text_and_highlights_lie_on_words(lead: str, body: str) -> None:
    lead, body = nfc(lead).replace("\n", " "), nfc(body)
    wanted = marker("lũ", "a", cầu="cau", cau="cau")
    text = "\n".join(part for part in (lead, body) if part)
    snippets = make_snippets(article(body, lead), wanted)
    assert len(snippets) <= FRAGMENTS
    for snippet in snippets:
        assert snippet.text.removeprefix("…\u00a0").removesuffix("\u00a0…") in text.replace(
            "\n", " "
        )
        assert len(snippet.text) <= 2 * FRAGMENT_LENGTH + 80
        end = 0
        for start, stop in snippet.highlights:
            assert end <= start < stop <= len(snippet.text)
            end = stop
    if wanted.highlight(text).highlights:
        assert any(snippet.highlights for snippet in snippets)


PIECES = [
    "hòa",
    "hoà",
    "Hòa",
    "HÒA",
    "hòan",
    "quý",
    "qúy",
    "thủy",
    "thuỷ",
    "hoa",
    "_",
    " ",
    "-",
    "1",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_words_are_found_as_the_analysis_sees_them(text: str) -> None:
    wanted = {"hoà", "thuỷ", "quý", "hoàn", "hoà1"}
    spans = [match.span() for match in syllable_matches(text)]
    assert highlight(text, marker(*wanted)).highlights == tuple(
        join(text, [(a, b) for a, b in spans if normalise(text[a:b]) in wanted])
    )


def test_a_phrase_is_marked_whole_and_its_words_alone_are_not() -> None:
    found = marker("minh", phrases=(("hồ", "chí", "minh"), ("chí", "minh", "hồ")))
    snippet = highlight("Hồ Chí Minh, hồ, chí. Minh! Minh; Hồ-chí-minh hồ chí", found)
    assert marked(snippet) == ["Hồ Chí Minh", "hồ, chí. Minh", "Minh", "Hồ-chí-minh"]


@given(st.lists(st.sampled_from("abc"), max_size=40), st.sampled_from(["ab", "aa", "abca"]))
def test_phrases_are_found_from_left_to_right(words: list[str], phrase: str) -> None:
    text = "-".join(words)
    spans = [match.span() for match in re.finditer("-".join(phrase), text)]
    assert highlight(text, marker(phrases=(tuple(phrase),))).highlights == tuple(spans)


def test_the_title_is_marked_and_its_words_are_wanted_in_fragments_too() -> None:
    found = shown(Article(id="1", title="Lũ lớn", lead="", body="Xa. Lũ cuốn."), marker("lũ"))
    assert found.title == Snippet("Lũ lớn", ((0, 2),))
    assert [marked(snippet) for snippet in found.fragments] == [["Lũ"]]


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(range(4))), min_size=1))
def test_best_windows_are_those_of_a_plain_search(places: list[tuple[int, int]]) -> None:
    places = [(place * 10, key) for place, key in sorted(dict(places).items())]
    positions = np.array([place for place, _ in places])
    keys = np.array([key for _, key in places])
    windows = [
        [at for at, (place, _) in enumerate(places) if begin <= place <= begin + REACH]
        for begin, _ in places
    ]
    best = max(windows, key=lambda one: (len({places[at][1] for at in one}), len(one)))
    first, last = best_windows(positions, keys, np.zeros_like(keys))
    assert (first.tolist(), last.tolist()) == ([best[0]], [best[-1]])


def test_common_words_are_marked_but_choose_no_fragment() -> None:
    text = "Và có. " * 30 + "\nHà mã và cá."
    found = Highlighter(
        Marks({one: one for one in ("và", "có", "mã")}, (), frozenset({"và", "có"}))
    )
    (snippet,) = make_snippets(article(text), found)
    assert marked(snippet) == ["mã và"]
    only_common = Highlighter(Marks({"và": "và"}, (), frozenset({"và"})))
    assert marked(make_snippets(article(text), only_common)[0])[0] == "Và"


def test_a_text_is_whole_where_nothing_is_looked_for() -> None:
    assert Highlighter(Marks({}, ())).highlight("Lũ lên\n\ncao.") == Snippet("Lũ lên\n\ncao.", ())
    assert highlight("", marker("lũ")) == Snippet("", ())
