import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.whoosh.packed_ranges import pack, unpack
from indexer.engines.whoosh.packing import (
    COUNTED,
    DENSE,
    EACH,
    LIMITS,
    NEAR,
    counts_among,
    levels_of,
    packed_term,
    size_of,
    sizes_of,
    unpacked_term,
)

SIZES = (1, 2, 20, 255, 256, 510, 3_000, 65_535, 65_536, 65_537, 200_000, 1 << 24, (1 << 24) + 1)


@st.composite
def terms(draw: st.DrawFn) -> tuple[int, list[tuple[np.ndarray, np.ndarray]]]:
    documents = draw(st.sampled_from(SIZES))
    found = []
    for _ in range(draw(st.integers(1, 12))):
        random = np.random.default_rng(draw(st.integers(0, 1000)))
        most = min(documents, 1 << 18)
        share = draw(st.sampled_from([0.0, 0.001, 0.02, 0.1, 0.4, 0.9, 1.0]))
        first = draw(st.sampled_from([0, documents - most]))
        numbers = first + np.flatnonzero(random.random(most) < share)
        if not len(numbers):
            numbers = np.array([draw(st.integers(0, documents - 1))])
        limit = draw(st.sampled_from(LIMITS))
        counts = random.integers(1, limit + 1, len(numbers))
        found.append((numbers.astype(np.uint32), counts.astype(np.uint8)))
    return documents, found


@given(terms())
def test_terms_are_unpacked_as_they_were_packed(
    case: tuple[int, list[tuple[np.ndarray, np.ndarray]]],
) -> None:
    documents, rows = case
    frequencies = np.array([len(numbers) for numbers, _ in rows])
    all_numbers = np.concatenate([numbers for numbers, _ in rows])
    all_counts = np.concatenate([counts for _, counts in rows])
    levels = levels_of(all_counts, frequencies)
    packed = pack(all_numbers, all_counts, frequencies, levels, documents).tobytes()
    alone = [
        packed_term(numbers, counts, level, documents)
        for (numbers, counts), level in zip(rows, levels.tolist(), strict=True)
    ]
    assert packed == b"".join(alone)
    numbers, counts = unpack(packed, frequencies, levels, documents)
    assert np.array_equal(numbers, all_numbers)
    assert np.array_equal(counts, all_counts)
    place = 0
    for (numbers, counts), level, its in zip(rows, levels.tolist(), alone, strict=True):
        assert size_of(len(numbers), level, documents)[1] == len(its)
        again = unpacked_term(packed, place, len(numbers), level, documents)
        assert np.array_equal(again[0], numbers)
        assert again[0].dtype == np.uint32
        assert np.array_equal(again[1], counts)
        assert again[1].dtype == np.uint8
        asked = np.unique(np.concatenate([numbers[::7], numbers[:9] // 2, [0, documents - 1]]))
        for some in (
            asked.astype(np.int64),
            asked[:2].astype(np.int64),
            asked[:0].astype(np.int64),
        ):
            wanted = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
            found = counts_among(its, len(numbers), level, documents, some)
            assert found.tolist() == [wanted.get(one, 0) for one in some.tolist()]
        place += len(its)


@given(st.lists(st.tuples(st.integers(1, 1 << 18), st.integers(0, 3))), st.sampled_from(SIZES))
def test_the_size_of_a_term_is_the_same_alone_and_among_others(
    cases: list[tuple[int, int]], documents: int
) -> None:
    cases = [(min(frequency, documents), level) for frequency, level in cases]
    frequencies = np.array([frequency for frequency, _ in cases], dtype=np.int64)
    levels = np.array([level for _, level in cases], dtype=np.uint8)
    layouts, sizes = sizes_of(frequencies, levels, documents)
    assert list(zip(layouts.tolist(), sizes.tolist(), strict=True)) == [
        size_of(frequency, level, documents) for frequency, level in cases
    ]


@pytest.mark.parametrize(
    ("frequency", "level", "documents", "layout", "size"),
    [
        (1, 0, 50_000, EACH, 2),
        (1, 0, 1_000_000, EACH, 3),
        (1000, 0, 1_000_000, COUNTED, 2064),
        (200_000, 2, 1_000_000, NEAR, 200_000 + 3922 + 100_000),
        (200_000, 0, 1_000_000, DENSE, 125_000),
        (900_000, 3, 1_000_000, DENSE, 1_000_000),
    ],
)
def test_the_smallest_layout_is_taken(
    frequency: int, level: int, documents: int, layout: int, size: int
) -> None:
    assert size_of(frequency, level, documents) == (layout, size)
