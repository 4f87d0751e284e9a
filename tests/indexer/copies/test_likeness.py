import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.copies.likeness import (
    LEAST_SHARED,
    Agreement,
    ComparedText,
    longest_ascending,
    make_sketch,
)
from indexer.engines.capabilities import SKETCH_LENGTH, TokenHashes
from indexer.engines.token_hashes import hash_tokens
from indexer.language.analysis import article_tokens
from tests.reports import Report, copied, report, sentence


def hashes(one: Report) -> TokenHashes:
    article = Article(id="a", title=one.title, lead=one.lead, body=one.body)
    return hash_tokens(article_tokens(article)[0])


def are_copies(one: Report, other: Report) -> bool:
    first, second = ComparedText(hashes(one)), ComparedText(hashes(other))
    both = first.is_copy_of(second), second.is_copy_of(first)
    assert both[0] == both[1]
    return both[0]


def share_enough(one: Report, other: Report) -> bool:
    shared = set(make_sketch(hashes(one))) & set(make_sketch(hashes(other)))
    return len(shared) >= LEAST_SHARED


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.2])
def test_copies_are_found_and_told(share: float) -> None:
    pairs = [(report(seed), copied(report(seed), share, seed)) for seed in range(100)]
    assert sum(share_enough(*pair) and are_copies(*pair) for pair in pairs) >= 98


def test_other_articles_are_no_copies() -> None:
    for one, other in combinations(map(report, range(30)), 2):
        assert not are_copies(one, other)
        assert not share_enough(one, other)


def test_articles_that_share_half_are_no_copies() -> None:
    # Two articles about one event: the background is the same, what is new is not.
    for seed in range(30):
        one, other = report(seed), report(seed + 1000)
        mixed = Report(other.title, other.lead, one.paragraphs[:4] + other.paragraphs[4:])
        assert not are_copies(one, mixed)


def test_bulletins_of_one_form_are_no_copies() -> None:
    def bulletin(seed: int) -> Report:
        chance = random.Random(seed)
        words = report(1, paragraphs=6).paragraphs
        filled = (
            f"{text} {chance.randrange(100, 999)} đồng, {chance.randrange(100, 999)} lượng"
            for text in words
        )
        return Report(sentence(chance, 8), sentence(chance, 12), tuple(filled))

    assert are_copies(bulletin(1), bulletin(1))
    for one, other in combinations(map(bulletin, range(12)), 2):
        assert not are_copies(one, other)


def test_a_short_body_is_compared_with_headline_and_lead() -> None:
    chance = random.Random(1)
    body = sentence(chance, 40)
    one = Report(sentence(chance, 12), sentence(chance, 20), (body,))
    other = Report(sentence(chance, 12), sentence(chance, 20), (body,))
    assert are_copies(one, one)
    assert not are_copies(one, other)


def test_a_text_that_is_too_short_has_no_sketch() -> None:
    assert make_sketch(hashes(Report("Giá vàng", "Giảm.", ("Hôm nay giá vàng giảm.",)))) == ()
    assert make_sketch(hash_tokens([])) == ()
    assert make_sketch(hash_tokens(["", "", ""])) == ()


def test_a_sketch_does_not_depend_on_headline_lead_and_older_versions() -> None:
    one = report(3)
    other = Report("Khác hẳn", "Sapo khác.", one.paragraphs)
    assert make_sketch(hashes(one)) == make_sketch(hashes(other))
    older = hash_tokens([*article_tokens(Article(id="a", title="t", body=one.body))[0], "~cũ", ""])
    assert make_sketch(older) == make_sketch(hashes(one))


@given(st.lists(st.sampled_from(["ba", "má", "lúa", "12", ""]), max_size=200))
def test_any_tokens_have_a_sketch_and_are_compared(tokens: list[str]) -> None:
    found = hash_tokens(tokens)
    sketch = make_sketch(found)
    assert len(sketch) <= SKETCH_LENGTH
    assert len(set(sketch)) == len(sketch)
    assert all(0 < number < 1 << 32 for number in sketch)
    agreement = ComparedText(found).agreement(ComparedText(hash_tokens(tokens[::-1])))
    for share in (*agreement.covered, *agreement.density):
        assert 0 <= share <= 1


@given(st.lists(st.integers(0, 30), unique=True, max_size=12))
def test_the_longest_ascending_part(values: list[int]) -> None:
    places = longest_ascending(values)
    part = [values[at] for at in places]
    assert part == sorted(part)
    assert places == sorted(places)
    longest = max(
        len(chosen)
        for size in range(len(values) + 1)
        for chosen in combinations(values, size)
        if list(chosen) == sorted(chosen)
    )
    assert len(part) == longest


def test_a_passage_of_its_own_counts_against_a_copy() -> None:
    assert Agreement((1.0, 0.8), (0.5, 0.4)).is_copy
    assert not Agreement((1.0, 0.45), (0.5, 0.4)).is_copy
    assert not Agreement((0.7, 0.7), (0.5, 0.5)).is_copy
    assert not Agreement((1.0, 0.9), (0.2, 0.2)).is_copy
