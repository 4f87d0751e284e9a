"""What a query becomes: clauses, what is required, boosts, and when there are which."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.article import Article
from indexer.documents import make_document
from indexer.engine_factory import open_or_create_engine
from indexer.engines.base import InPeriod, Order, Plan, Recency
from indexer.engines.conditions import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    InPassage,
    Not,
    Phrase,
    Term,
    Valued,
)
from search.query.parser import parse_query
from search.ranking.planning import plan_query
from search.requests import SearchRequest, Sort, Words
from search.understanding.synonyms import load_synonyms
from search.understanding.understood_query import understand
from search.understanding.vocabulary import SearcherVocabulary

TEXTS = (
    ("Lũ cuốn cầu treo ở Lào Cai", "Nước lũ dâng cao. Cầu treo bị cuốn trôi. Tỉnh họp khẩn năm 2018."),
    ("Vắc xin về tới Hà Nội", "Ủy ban nhân dân thành phố tiêm vắc-xin cho người già."),
    ("Đường sắt mở lại", "Tàu chạy qua cầu."),
)  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearcherVocabulary]:
    engine = open_or_create_engine(tmp_path_factory.mktemp("planning"))
    with engine.writer() as writer:
        for number, (title, body) in enumerate(TEXTS):
            writer.put(make_document(Article(id=str(number), title=title, body=body), ""))
    yield SearcherVocabulary(engine.searcher(), load_synonyms())
    engine.close()


def plan_of(vocabulary: SearcherVocabulary, request: SearchRequest) -> Plan:
    return plan_query(understand(parse_query(request.query), vocabulary), request).plan


def show(condition: Condition) -> str:
    """A condition as text, for reading in tests."""
    match condition:
        case Term(field, terms, phrases):
            more = "".join(f" | {show(one)}" for one in phrases)
            return f"{field}:{'/'.join(terms)}{more}"
        case Phrase(field, positions):
            return f'{field}:"{" ".join("/".join(one) for one in positions)}"'
        case InPassage(key, parts):
            return f"{key.terms[0]}:{' & '.join(map(show, parts)).replace('syllables:', '')}"
        case AnyOf(parts):
            return f"({' | '.join(map(show, parts))})"
        case AllOf(parts):
            return f"({' & '.join(map(show, parts))})"
        case Not(part):
            return f"-{show(part)}"
        case Valued(facet, values):
            return f"{facet}={'/'.join(values)}"
        case Between():
            return "in time"
    raise TypeError(condition)


UBND = 'syllables:ubnd | syllables:"uỷ ban nhân dân" | syllables:"u b n d"'


@pytest.mark.parametrize(
    ("query", "clauses", "required"),
    [
        ("cầu treo", ["syllables:cầu", "syllables:treo"], []),
        ("cau lao", ["syllables:cầu", "syllables:lào"], []),
        ('lũ "cầu treo" -sắt', ["syllables:lũ"], ['syllables:"cầu treo"', "-syllables:sắt"]),
        ("+cầu lũ", ["syllables:lũ"], ["syllables:cầu"]),
        ("cầu AND treo", ["syllables:cầu", "syllables:treo"], []),
        ("(lũ OR đường) cầu", ["(syllables:lũ | syllables:đường)", "syllables:cầu"], []),
        ("lũ AND (cầu treo)", ["syllables:lũ", "syllables:cầu", "syllables:treo"], []),
        ("lũ tr*", ["syllables:lũ", "syllables:treo/trôi"], []),
        ("UBND cầu", [UBND, "syllables:cầu"], []),
        ('tiêu_đề:"cầu treo" lũ', ["syllables:lũ"], ["title:cầu treo"]),
        ("title:lu", [], ["title_folded:lu"]),
        ("tiêu_đề:lũ*", [], ["title:lũ"]),
        ("title:tr*", [], ["title_folded:treo"]),
        ('title:"c?u treo"', [], ['(title_folded:cau & title_folded:treo & (=:"cầu treo" | -speakers:=))']),
        ('tiêu_đề:"cuốn cầu tr*"', [],
         ['(title:cuốn cầu & title:treo & (=:"cuốn cầu treo" | -speakers:=))']),
        ('title:"cuon cau treo"', [],
         ['(title_folded:cuon cau & title_folded:cau treo & (=:"cuốn cầu treo" | -speakers:=))']),
        ('tác_giả:"an cầu treo"', [], ["(author:an cầu & author:cầu treo)"]),
        ("có:tác_giả", [], ["holds=author"]),
        ("từ:2018", [], ["in time"]),
        ("lũ năm 2018", ["syllables:lũ", "(syllables:năm | in time)", "(syllables:2018 | in time)"], []),
        ('phiên_bản:tất_cả lũ', ["(syllables:lũ | earlier:~lũ)"], []),
        (
            'phiên_bản:tất_cả "cầu treo"', [],
            ['(syllables:"cầu treo" | earlier:"~cầu ~treo")'],
        ),
        (
            "phiên_bản:tất_cả UBND cầu",
            [f'({UBND} | earlier:~ubnd | earlier:"~uỷ ~ban ~nhân ~dân" | earlier:"~u ~b ~n ~d")',
             "(syllables:cầu | earlier:~cầu)"],
            [],
        ),
        ("!!!", [], ["syllables:"]),
        ("", [], []),
    ],
)  # fmt: skip
def test_what_should_match_and_what_has_to(
    vocabulary: SearcherVocabulary, query: str, clauses: list[str], required: list[str]
) -> None:
    plan = plan_of(vocabulary, SearchRequest(query))
    assert list(map(show, plan.clauses)) == clauses
    assert list(map(show, plan.required)) == required


@pytest.mark.parametrize(
    ("query", "boosts"),
    [
        ("cầu", {}),
        ("cầu treo", {"bigrams:cau treo": 0.7, "words:cầu_treo": 0.3}),
        ("cau lao", {"syllables:cầu": 0.5, "syllables:lào": 0.5, "bigrams:cau lao": 0.7}),
        ('lũ "cầu treo" -"đường sắt"', {"bigrams:cau treo": 0.7, "words:cầu_treo": 0.3}),
        ('lũ "cầu treo tr* đường sắt"', {"bigrams:cau treo": 0.7, "bigrams:duong sat": 0.7, "words:cầu_treo": 0.3,
                                         "words:đường_sắt": 0.3}),
        ("+cầu lũ", {"bigrams:cau lu": 0.7}),
        ('("cầu treo" OR lũ) tiêu_đề:"đường sắt"', {"bigrams:cau treo": 0.7, "words:cầu_treo": 0.3}),
        ("cầu tr* treo", {}),
        ("(cầu treo) lũ", {"bigrams:cau treo": 0.7, "bigrams:treo lu": 0.7, "words:cầu_treo": 0.3}),
        ("uỷ ban nhân dân", {"syllables:ubnd": 0.5 * 0.7 * 3, "bigrams:uy ban": 0.7, "bigrams:ban nhan": 0.7,
                             "bigrams:nhan dan": 0.7, "words:uỷ_ban": 0.3, "words:nhân_dân": 0.3}),
    ],
)  # fmt: skip
def test_what_adds_to_the_score(
    vocabulary: SearcherVocabulary, query: str, boosts: dict[str, float]
) -> None:
    plan = plan_of(vocabulary, SearchRequest(query))
    assert {show(one.term): pytest.approx(one.weight) for one in plan.boosts} == boosts


def test_orders_and_pages(vocabulary: SearcherVocabulary) -> None:
    def plan(query: str = "cầu lũ", **more: object) -> Plan:
        return plan_of(vocabulary, SearchRequest(query, **more))  # type: ignore[arg-type]

    assert (plan().order, plan().complete_first) == (Order.SCORE, False)
    assert (plan("").order, plan("từ:2018").order) == (Order.NEWEST, Order.NEWEST)
    oldest = plan(sort=Sort.OLDEST)
    assert (oldest.order, oldest.complete_first) == (Order.OLDEST, True)
    assert (plan(page=3, per_page=20).offset, plan(page=3, per_page=20).limit) == (40, 20)
    assert plan(page=3, offset=7).offset == 7
    assert plan().minimum_idf_shares == (0.5, 0.25)
    assert plan(words=Words.ALL).minimum_idf_shares == (1.0,)
    assert plan("cầu AND lũ").minimum_idf_shares == (1.0,)
    assert (plan().counts_complete, plan(words=Words.ANY).counts_complete) == (True, False)


def test_when_the_date_counts(vocabulary: SearcherVocabulary) -> None:
    def bonus(query: str, sort: Sort = Sort.RELEVANCE) -> object:
        return plan_of(vocabulary, SearchRequest(query, sort=sort)).date_bonus

    assert bonus("lũ") is None
    assert isinstance(bonus("lũ", Sort.RECENT), Recency)
    in_2018 = bonus("lũ năm 2018")
    assert isinstance(in_2018, InPeriod)
    assert in_2018.period == Between(1_514_739_600, 1_546_275_600)
    assert bonus("lũ năm 2018", Sort.NEWEST) is None
