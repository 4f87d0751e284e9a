"""The filter before a segment's terms."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.whoosh.term_filter import TermFilter

WORDS = st.lists(st.binary(max_size=12), unique=True, max_size=200)


@given(WORDS)
def test_it_lets_every_term_of_the_field_pass(terms: list[bytes]) -> None:
    its = TermFilter(terms, len(terms))
    assert all(map(its.may_hold, terms))


def test_it_stops_nearly_all_others() -> None:
    numbers = Random(7).sample(range(1 << 40), 40_000)
    held, others = numbers[:20_000], numbers[20_000:]
    its = TermFilter((f"{one:x}".encode() for one in held), len(held))
    passed = sum(its.may_hold(f"{one:x}".encode()) for one in others)
    assert passed < len(others) / 40


def test_a_field_without_terms_holds_nothing() -> None:
    assert not TermFilter([], 0).may_hold("lũ".encode())
