"""The syllables of an archive: how frequent they are, and which of them differ in diacritics alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from threading import Lock

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.deadline import is_over
from indexer.engines.base import Searcher
from indexer.engines.capabilities import (
    HasTermDictionary,
    HasTokenPairs,
    PairCounts,
    capability,
)
from indexer.engines.conditions import Term
from indexer.language.analysis import (
    BIGRAMS,
    EARLIER,
    EARLIER_MARK,
    SYLLABLES,
    fold_term,
    in_earlier,
)
from indexer.language.normalise import normalise
from search.articles import sample_hashes
from search.query.patterns import expression, literal_beginning
from search.understanding.expansions import MOST_EXPANSIONS, Expansion
from search.understanding.keystrokes import decode_telex, decode_vni
from search.understanding.restoration import count_pairs
from search.understanding.spellings import Spellings
from search.understanding.synonyms import Synonyms
from search.understanding.term_counts import TermCounts

_MOST_COUNTS = 1 << 17
_COMMON, _LEAST_COMMON = 0.25, 100
"""A syllable is common if it is in this share of the articles, and in at least this many."""
_BARE = 20
"""A syllable lacks its diacritics when a form with diacritics is in this many times as many articles."""


class SearcherVocabulary:
    """`understood_query.Vocabulary` of one commit; threads may share it.

    An engine without a term dictionary has no expansions, accented forms or spelling correction: words
    are searched as they are typed.
    """

    def __init__(
        self,
        searcher: Searcher,
        synonyms: Synonyms,
        *,
        all_versions: bool = False,
        before: SearcherVocabulary | None = None,
    ) -> None:
        """The words of a commit.

        Args:
            all_versions: whether those that only older versions of articles hold are among them.
            before: the words of an earlier commit; only what has changed since is looked at.
        """
        self._all_versions = all_versions
        self.synonyms = synonyms
        self.size = searcher.count()
        """How many articles there are."""
        self._searcher = searcher
        self._dictionary = capability(searcher, HasTermDictionary)
        self._lock = Lock()
        self._counts: dict[str, int] = {}
        self._spellings: Spellings | None = None
        self._earlier: Spellings | None = (before._spellings or before._earlier) if before else None

    def frequency(self, syllable: str) -> int:
        """How many articles hold a syllable."""
        return self.frequencies([syllable])[0]

    def frequencies(self, syllables: Sequence[str]) -> list[int]:
        """How many articles hold each syllable."""
        counts = self._counts
        missing = [one for one in syllables if one not in counts]
        if missing:
            if len(counts) > _MOST_COUNTS:
                counts = self._counts = {}
                missing = list(syllables)
            counts.update(zip(missing, self._frequencies(missing), strict=True))
        return [counts[one] for one in syllables]

    def _frequencies(self, syllables: Sequence[str]) -> list[int]:
        found = self._searcher.frequencies(SYLLABLES, syllables)
        if not self._all_versions:
            return found
        older = self._searcher.frequencies(EARLIER, list(map(in_earlier, syllables)))
        return list(map(max, found, older))

    def accented_forms(self, folded: str) -> tuple[str, ...]:
        """The syllables of the archive that fold to `folded`."""
        if self._dictionary is None:
            return (folded,)
        return self.spellings.accented.get(folded, ())

    def matching(
        self, field: str, pattern: str, *, folded: bool = False, most: int = MOST_EXPANSIONS
    ) -> Expansion:
        """The single terms of a field that are like a pattern; the `most` most frequent."""
        if is_over():
            return Expansion((), is_cut=True)
        fits = expression(pattern).fullmatch
        beginning = literal_beginning(pattern)
        if folded:
            spellings = self.spellings
            bases = filter(fits, spellings.beginning(beginning, folded=True))
            found = sorted(form for base in bases for form in spellings.accented[base])
        elif field == SYLLABLES and self._dictionary:
            found = list(filter(fits, self.spellings.beginning(beginning, folded=False)))
        else:
            terms = (term for term, _ in self._terms(field, beginning))
            found = [one for one in terms if " " not in one and fits(one)]
        if len(found) > most:
            counts = self._searcher.frequencies(field, found)
            best = nlargest(most, zip(counts, found, strict=True))
            return Expansion(tuple(one for _, one in best), is_cut=True)
        return Expansion(tuple(found))

    def _terms(self, field: str, prefix: str = "") -> Iterable[tuple[str, int]]:
        return self._dictionary.terms(field, prefix) if self._dictionary else ()

    def pair_counts(self, firsts: Sequence[str], seconds: Sequence[str], sample: int) -> PairCounts:
        """How often each form of a folded syllable stands right before each form of another."""
        if pairs := capability(self._searcher, HasTokenPairs):
            return pairs.pair_counts(firsts, seconds)
        pair = f"{fold_term(firsts[0])} {fold_term(seconds[0])}"
        arrays = sample_hashes(self._searcher, Term(BIGRAMS, (pair,)), sample)
        return count_pairs(arrays, firsts, seconds)

    def common(self, syllables: Sequence[str]) -> set[str]:
        """The syllables that very many articles hold, so that they say little about any article."""
        least = max(_LEAST_COMMON, _COMMON * self.size)
        counts = self.frequencies(syllables)
        return {one for one, count in zip(syllables, counts, strict=True) if count > least}

    def is_bare(self, syllable: str) -> bool:
        """Whether a syllable is hardly ever written without diacritics."""
        forms = [form for form in self.accented_forms(syllable) if form != syllable]
        if not forms:
            return False
        most = max(self.frequencies(forms))
        return self.frequency(syllable) * _BARE < most

    def decode(self, word: str) -> str | None:
        """The syllable of the archive that a word is the Telex or VNI keystrokes of."""
        for decode in (decode_telex, decode_vni):
            syllable = decode(word)
            if syllable is not None and self.frequency(normalise(syllable)):
                return normalise(syllable)
        return None

    def near(self, word: str, most: int, *, folded: bool) -> list[tuple[str, int]]:
        """Syllables that differ from a word in up to `most` letters, and in how many.

        Neighbouring letters that changed places count as one.

        Args:
            folded: syllables without diacritics, which stand for all their accented forms.
        """
        if is_over():
            return []
        by_length = self.spellings.folded if folded else self.spellings.every
        lengths = range(len(word) - most, len(word) + most + 1)
        found = process.extract(
            word,
            [one for length in lengths for one in by_length.get(length, ())],
            scorer=OSA.distance,
            score_cutoff=most,
            limit=None,
        )
        return [(other, int(distance)) for other, distance, _ in found]

    def pair_frequencies(self, pairs: Sequence[str]) -> list[int]:
        """How many articles hold each pair of folded syllables side by side."""
        return self._searcher.frequencies(BIGRAMS, pairs)

    @property
    def spellings(self) -> Spellings:
        """All syllables, read on first use."""
        if self._spellings is None:
            with self._lock:
                if self._spellings is None:
                    self._spellings = self._read_spellings()
        return self._spellings

    def _read_spellings(self) -> Spellings:
        parts = self._dictionary.term_parts() if self._dictionary else ()
        earlier, self._earlier = self._earlier, None
        if earlier is None:
            fields = ((SYLLABLES, ""), (EARLIER, EARLIER_MARK))
            earlier = Spellings(TermCounts(fields if self._all_versions else fields[:1]))
        return earlier.moved_to(parts)
