"""Tables that are carried on from commit to commit are those that are made afresh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.capabilities import HasTermDictionary, capability
from indexer.language.analysis import EARLIER, EARLIER_MARK, SYLLABLES, WORDS
from indexer.pipeline import index_sources
from search.archive import Archive
from search.completion.completion_dictionary import CompletionDictionary
from search.understanding.spellings import Spellings
from search.understanding.synonyms import load_synonyms
from search.understanding.term_counts import TermCounts
from search.understanding.vocabulary import SearcherVocabulary

SYLLABLE = st.sampled_from(["lũ", "lu", "lụ", "về", "ve", "vé", "bão", "bao", "báo", "bàn tay"])
WORD = st.sampled_from(
    ["lũ_lụt", "lu_lut", "bão_lũ", "báo_cáo", "cà_phê", "Hà_Nội", "hà nội", "lũ"]
)


class Part:
    """Counts of terms; that of the cluster's dictionary may be below 0."""

    def __init__(self, fields: Mapping[str, Mapping[str, int]]) -> None:
        self._fields = fields

    def terms(self, field: str, prefix: str = "") -> Iterable[tuple[str, int]]:
        return [one for one in self._fields[field].items() if one[0].startswith(prefix)]

    def counts(self, field: str, terms: Sequence[str]) -> Sequence[int]:
        return [self._fields[field].get(term, 0) for term in terms]


class Searcher:
    """As much of a searcher as the tables need."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts

    def count(self) -> int:
        return 10

    def term_parts(self) -> Sequence[Part]:
        return self._parts

    def terms(self, field: str, prefix: str = "") -> Iterable[tuple[str, int]]:
        raise NotImplementedError

    def frequent_terms(self, field: str, prefix: str) -> Iterable[tuple[str, int]]:
        raise NotImplementedError


def counts(terms: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, int]]:
    number = st.integers(-2, 4).filter(bool)
    return st.dictionaries(terms, number, max_size=5)


PARTS = st.builds(
    lambda syllables, words, older: Part(
        {
            SYLLABLES: syllables,
            WORDS: words,
            EARLIER: {EARLIER_MARK + term: n for term, n in older.items()} | {"lũ": 1},
        }
    ),
    counts(SYLLABLE),
    counts(WORD),
    counts(SYLLABLE),
)


def everything(spellings: Spellings) -> tuple[Any, ...]:
    return (
        dict(spellings.counts.counts),
        dict(spellings.accented),
        dict(spellings.folded),
        dict(spellings.every),
        list(spellings.bases),
        list(spellings.words),
    )


@given(st.lists(PARTS, min_size=1, max_size=6), st.data())
def test_tables_that_are_carried_on_are_as_if_made_afresh(
    parts: list[Part], data: st.DataObject
) -> None:
    synonyms = load_synonyms()
    words: CompletionDictionary | None = None
    vocabularies: dict[bool, SearcherVocabulary | None] = {False: None, True: None}
    for _ in range(data.draw(st.integers(1, 5))):
        searcher = cast(Any, Searcher(data.draw(st.lists(st.sampled_from(parts), unique=True))))
        assert capability(searcher, HasTermDictionary)
        words, fresh = CompletionDictionary(searcher, words), CompletionDictionary(searcher)
        assert words._words == fresh._words
        assert words.pairs == fresh.pairs
        assert words._counts.counts == fresh._counts.counts
        asked = data.draw(st.booleans())
        for older, before in vocabularies.items():
            now = SearcherVocabulary(searcher, synonyms, all_versions=older, before=before)
            afresh = SearcherVocabulary(searcher, synonyms, all_versions=older)
            vocabularies[older] = now
            # A commit may come before anybody has asked for the tables of the one before.
            if asked:
                assert everything(now.spellings) == everything(afresh.spellings)


def test_a_word_that_two_terms_spell_is_kept_while_one_is_there() -> None:
    def part(words: dict[str, int]) -> Part:
        return Part({SYLLABLES: {}, WORDS: words, EARLIER: {}})

    both, more = part({"hà_nội": 2, "hà nội": 2}), part({"hà_nội": 1})
    less = part({"hà_nội": -2, "hà nội": 1})
    before = CompletionDictionary(cast(Any, Searcher([both])))
    for parts in ([both, more], [both, less], [both, more, less], [more], []):
        searcher = cast(Any, Searcher(parts))
        moved, fresh = CompletionDictionary(searcher, before), CompletionDictionary(searcher)
        assert (moved._words, moved.pairs) == (fresh._words, fresh.pairs)


@given(st.lists(PARTS, max_size=4))
def test_spellings_are_what_the_counts_say(parts: list[Part]) -> None:
    made = Spellings(TermCounts(((SYLLABLES, ""),))).moved_to(parts)
    total: dict[str, int] = {}
    for part in parts:
        for term, n in part.terms(SYLLABLES):
            total[term] = total.get(term, 0) + n
    there = sorted(term for term, n in total.items() if n > 0)
    assert sorted(form for forms in made.accented.values() for form in forms) == there
    assert sorted(one for its in made.every.values() for one in its) == there
    assert sorted(one for its in made.folded.values() for one in its) == sorted(made.accented)
    assert all(its and its == tuple(sorted(its)) for its in made.accented.values())
    assert all(len(one) == n for n, its in made.folded.items() for one in its)


def test_an_archive_that_is_served_through_many_commits_is_as_if_opened_anew(
    tmp_path: Path,
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    kept = Archive.open(_indexed(tmp_path, "Lũ về Lào Cai"))
    with kept:
        for number in range(14):
            if number % 4 == 3:
                (source / f"{number - 1}.txt").unlink()
            write_article(source / f"{number}.txt", f"Cà phê {'ấmáàạ'[number % 5]}m đẹp")
            if number % 3 == 0:
                write_article(source / "first.txt", f"Lũ về Hà Giang {'xừứ'[number % 3]}")
            index_sources(tmp_path / "archive", [source], workers=0, remove_missing=True)
            if number % 5 == 2:
                # Nobody has asked for the tables of some commits.
                kept.count()
                continue
            with Archive.open(tmp_path / "archive") as fresh:
                now, anew = kept.reader()._snapshot, fresh.reader()._snapshot
                for its, wanted in (
                    (now.vocabulary, anew.vocabulary),
                    (now.every_version, anew.every_version),
                ):
                    assert everything(its.spellings) == everything(wanted.spellings)
                found, other = now.completion_dictionary, anew.completion_dictionary
                assert found._words == other._words
                assert found.pairs == other.pairs
                assert kept.suggest("ca ph") == fresh.suggest("ca ph")


def write_article(file: Path, title: str) -> None:
    file.write_text(f"{title}\n\nNước dâng nhanh ở Hà Nội.\n", encoding="utf-8")


def _indexed(folder: Path, title: str) -> Path:
    write_article(folder / "in" / "first.txt", title)
    index_sources(folder / "archive", [folder / "in"], workers=0)
    return folder / "archive"
