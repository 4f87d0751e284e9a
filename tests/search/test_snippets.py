from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.language.normalise import nfc, normalise, syllable_spans
from search.clauses import Marker
from search.results import Snippet
from search.snippets import FRAGMENT_LENGTH, FRAGMENTS, Highlighter, make_snippets


def marker(
    *accented: str, folded: tuple[str, ...] = (), prefixes: tuple[tuple[str, bool], ...] = ()
) -> Highlighter:
    return Highlighter(Marker(frozenset(accented), frozenset(folded), prefixes))


def highlight(text: str, highlighter: Highlighter) -> Snippet:
    return highlighter.highlight(text)


def marked(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.highlights]


def article(body: str, lead: str = "") -> Article:
    return Article(id="1", title="T", lead=lead, body=body)


def test_whole_words_are_marked_and_neighbours_joined() -> None:
    snippet = highlight("Lào Cai: lào, Cai và LÀO  CAI; càil lào", marker("lào", "cai"))
    assert marked(snippet) == ["Lào Cai", "lào", "Cai", "LÀO", "CAI", "lào"]


def test_accents_count_only_when_the_query_had_them() -> None:
    assert marked(highlight("hợp hop họp", marker("hợp"))) == ["hợp"]
    assert marked(highlight("hợp hop họp", marker(folded=("hop",)))) == ["hợp hop họp"]
    assert marked(highlight("nông nóng nong", marker(prefixes=(("nôn", True),)))) == ["nông"]
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
    wanted = marker("lũ", "a", folded=("cau",), prefixes=(("b", True),))
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
    if wanted.find(text):
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
    assert marker(*wanted).find(text) == [
        (start, end, word)
        for start, end in syllable_spans(text)
        if (word := normalise(text[start:end])) in wanted
    ]
