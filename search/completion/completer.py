"""Completion: frequent phrases of the archive, and titles of its articles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np

from indexer.article import Article
from indexer.engines.base import Plan, Searcher
from indexer.engines.capabilities import HasTermDictionary, TokenHashes, capability
from indexer.engines.conditions import AnyOf, Condition, Term
from indexer.engines.token_hashes import hash_tokens, token_hash
from indexer.errors import ArticleNotFoundError
from indexer.language.analysis import (
    BIGRAMS,
    SYLLABLES,
    WORDS,
    fold_term,
    searched_text,
    syllables,
    tokenise,
)
from indexer.language.cleaning import clean_text
from indexer.language.normalise import has_diacritics
from search.articles import fetch_articles, fetch_hashes, fetch_tokens
from search.completion.completion_dictionary import CompletionDictionary
from search.completion.continuations import Continuation, find_continuations
from search.results import Snippet, Suggestion
from search.understanding.restoration import restore
from search.understanding.spelling import is_loose, keystrokes_in
from search.understanding.vocabulary import SearcherVocabulary

PHRASES = 6
"""Phrases among the suggestions; the others are titles."""
_SAMPLE = 40
"""Articles that continuations and titles are taken from."""
_EXPANSIONS = 30
_WAYS = 8
_MOST_WORDS = 100
_MOST_TYPED = 32
"""Words that are completed; what is longer was pasted."""
_LEAST = 3
"""If this many articles hold a neighbour, words farther off are not looked for."""
_RARE = 0.05
"""A phrase is left out that is so much rarer than the most frequent one."""
_BREAK = re.compile(r"[.;:!?…]\s|\n")
_LAST_RUN = re.compile(r'[^"():|]*\Z')


@dataclass(frozen=True, slots=True)
class _Typed:
    """The plain words at the end of a query.

    Attributes:
        head: what stands before them.
        words: those that are complete.
        partial: the one that is being typed; empty after a space.
    """

    head: str
    words: tuple[str, ...]
    partial: str

    @property
    def folded(self) -> bool:
        """Whether everything is typed without diacritics."""
        return not any(map(has_diacritics, self.everything))

    @property
    def everything(self) -> tuple[str, ...]:
        """All words, the one being typed among them."""
        return (*self.words, self.partial) if self.partial else self.words


@dataclass(frozen=True, slots=True)
class _Sample:
    """An article that phrases are read off."""

    id: str
    token_hashes: TokenHashes


class Completer:
    """Completes one query out of the articles of one commit."""

    def __init__(
        self, searcher: Searcher, vocabulary: SearcherVocabulary, dictionary: CompletionDictionary
    ) -> None:
        self._searcher = searcher
        self._vocabulary = vocabulary
        self._dictionary = dictionary
        self._articles: dict[str, Article] = {}

    def complete(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        """Up to `limit` suggestions: phrases, the most frequent first, then titles."""
        typed = self._decoded(_read(clean_text(text)))
        if not typed.everything or len(typed.everything) > _MOST_TYPED:
            return ()
        alternatives = self._alternatives(typed)
        stored = self._sample(typed, alternatives)
        phrases = self._phrases(typed, alternatives, stored)
        # What is typed last may be a whole word, unless it goes on with letters far more often.
        whole = alternatives.get(fold_term(typed.partial), 0)
        frequent = whole and whole >= _RARE * max(alternatives.values())
        if frequent and len(phrases) < PHRASES and len(typed.partial) > 1:
            phrases += self._continue(_Typed(typed.head, typed.everything, ""))
        if typed.words and typed.partial and max(alternatives.values(), default=0) < _LEAST:
            others = self._find(_SAMPLE, *self._conditions(typed))
            phrases += self._apart(typed, others)
            stored = stored + others
        asked = " ".join(typed.everything)
        texts = [one for one in dict.fromkeys(phrases) if one != asked][:PHRASES]
        found = [_suggest(f"{typed.head}{one}", None, typed) for one in texts]
        titles = self._titles(typed, stored, limit - len(found))
        found += (_suggest(title, id, typed) for id, title in titles)
        return tuple(found[:limit])

    def _decoded(self, typed: _Typed) -> _Typed:
        """Telex and VNI keystrokes as the syllables that they stand for."""
        keys = keystrokes_in(typed.everything, self._vocabulary)
        words = tuple(keys.get(word, word) for word in typed.words)
        return _Typed(typed.head, words, keys.get(typed.partial, typed.partial))

    def _continue(self, typed: _Typed) -> list[str]:
        alternatives = self._alternatives(typed)
        return self._phrases(typed, alternatives, self._sample(typed, alternatives))

    def _alternatives(self, typed: _Typed) -> dict[str, int]:
        """Words that the half-typed word may become, and how many articles hold each.

        After another word they are syllables without diacritics, else words of several syllables.
        """
        if not typed.words:
            return dict(self._dictionary.find(typed.partial, PHRASES))
        before = f"{fold_term(typed.words[-1])} "
        found = self._frequent_terms(BIGRAMS, before + fold_term(typed.partial))
        frequent = ((term[len(before) :], articles) for term, articles in found)
        # Initials and numbers are no beginning of a phrase, unless they are typed.
        wanted = (
            one
            for one in frequent
            if (len(one[0]) > 1 and one[0].isalpha()) or one[0] == typed.partial
        )
        return dict(islice(wanted, _EXPANSIONS))

    def _forms(self, typed: _Typed, word: str) -> tuple[str, ...]:
        """How a word that is typed may be spelt."""
        loose = is_loose(word, self._vocabulary, folded=typed.folded)
        return self._vocabulary.accented_forms(word) if loose else (word,)

    def _sample(self, typed: _Typed, alternatives: Iterable[str]) -> list[_Sample]:
        """Articles that hold the words typed and one of the alternatives."""
        if not typed.words:
            joined = tuple(one.replace(" ", "_") for one in alternatives)
            alone = Term(SYLLABLES, self._forms(typed, typed.partial))
            return self._find(_SAMPLE, AnyOf((Term(WORDS, joined), alone)))
        previous = fold_term(typed.words[-1])
        pairs = [f"{previous} {one}" for one in alternatives]
        if len(typed.words) == 1:
            # Some of each: the best of all would mostly hold the same one.
            samples = [self._find(_SAMPLE // _WAYS, Term(BIGRAMS, (one,))) for one in pairs[:_WAYS]]
            return list(
                {one.id: one for row in zip_longest(*samples) for one in row if one}.values()
            )
        words = self._conditions(typed)
        last = Term(BIGRAMS, tuple(pairs))
        # Without what stands farther off, where nothing holds it as well.
        return self._find(_SAMPLE, *words, last) or self._find(_SAMPLE, words[-1], last)

    def _conditions(self, typed: _Typed) -> list[Condition]:
        return [Term(SYLLABLES, self._forms(typed, word)) for word in typed.words]

    def _find(self, count: int, *required: Condition) -> list[_Sample]:
        hits = self._searcher.search(Plan(required=required, limit=count)).hits
        ids = [hit.id for hit in hits]
        return list(map(_Sample, ids, fetch_hashes(self._searcher, ids)))

    def _frequent_terms(self, field: str, prefix: str) -> Iterable[tuple[str, int]]:
        dictionary = capability(self._searcher, HasTermDictionary)
        return dictionary.frequent_terms(field, prefix) if dictionary else ()

    def _article(self, sample: _Sample) -> Article:
        if sample.id not in self._articles:
            (article,) = fetch_articles(self._searcher, [sample.id])
            if article is None:
                raise ArticleNotFoundError(
                    f"{sample.id}: the archive holds no article with this id"
                )
            self._articles[sample.id] = article
        return self._articles[sample.id]

    def _phrases(
        self, typed: _Typed, alternatives: Mapping[str, int], stored: Sequence[_Sample]
    ) -> list[str]:
        """The typed words with phrases that continue them, the most frequent first."""
        if not typed.words:
            return list(alternatives)
        second = {
            form: one
            for one in alternatives
            for form in self._vocabulary.accented_forms(one)
            if not has_diacritics(typed.partial) or form.startswith(typed.partial)
        }
        found = find_continuations(
            [one.token_hashes for one in stored],
            hash_tokens(form for word in typed.words[-2:-1] for form in self._forms(typed, word)),
            hash_tokens(self._forms(typed, typed.words[-1])),
            hash_tokens(second),
            self._dictionary.pairs,
        )
        if len(typed.words) == 1:
            # What a pair's spelling is, the sample says; how frequent it is, the whole archive.
            bases = list(second.values())
            totals = Counter[str]()
            for one in found:
                totals[bases[one.second]] += one.articles
            weight = {
                one: one.articles * alternatives[bases[one.second]] / totals[bases[one.second]]
                for one in found
            }
        else:
            weight = {one: one.articles for one in found}
        found.sort(key=lambda one: -weight[one])
        common = (one for one in found if weight[one] >= _RARE * weight[found[0]])
        return self._written(typed, len(typed.words) - 1, stored, common)

    def _apart(self, typed: _Typed, stored: Sequence[_Sample]) -> list[str]:
        """The typed words with frequent words from elsewhere in the articles that hold them."""
        words = [word.split(" ") for word, _ in self._dictionary.find(typed.partial, _MOST_WORDS)]
        pairs = self._dictionary.pairs
        arrays = [one.token_hashes for one in stored]
        found = find_continuations(
            arrays,
            hash_tokens(()),
            hash_tokens(dict.fromkeys(word[0] for word in words)),
            hash_tokens(dict.fromkeys(word[1] for word in words)),
            pairs,
        )
        found = [
            one
            for one in found
            for array, first in one.places[:1]
            if tuple(arrays[array][first : first + 2].tolist()) in pairs
        ]
        found.sort(key=lambda one: -one.articles)
        return self._written(typed, len(typed.words), stored, found)

    def _written(
        self,
        typed: _Typed,
        kept: int,
        stored: Sequence[_Sample],
        phrases: Iterable[Continuation],
    ) -> list[str]:
        """Some phrases after the first `kept` of the words typed; these with their diacritics.

        A phrase across the end of a sentence is none; lists run on over their commas.
        """
        words = restore(typed.words, self._vocabulary) if typed.folded else typed.words
        before = " ".join((*words[:kept], ""))
        written = (
            next(
                filter(
                    None,
                    (self._words_of(stored[at], first, one.length) for at, first in one.places),
                ),
                None,
            )
            for one in phrases
        )
        return [before + text for text in islice(filter(None, written), PHRASES)]

    def _titles(
        self, typed: _Typed, stored: Sequence[_Sample], count: int
    ) -> list[tuple[str, str]]:
        """Ids and titles of articles whose title holds the typed words."""
        wanted = [{*map(token_hash, self._forms(typed, word))} for word in typed.words]
        exact = has_diacritics(typed.partial)
        found: dict[str, str] = {}
        for one in stored:
            if len(found) == count:
                break
            hashes = one.token_hashes
            of_title = set(hashes[: int(np.argmin(hashes))].tolist())
            if not all(of_title & forms for forms in wanted):
                continue
            title = self._article(one).title
            if any(
                (word if exact else fold_term(word)).startswith(typed.partial)
                for word in syllables(title)
            ):
                found[one.id] = title
        return list(found.items())

    def _words_of(self, sample: _Sample, first: int, length: int) -> str:
        """Syllables from one token of an article on; none where a sentence ends between them."""
        (tokens,) = fetch_tokens(self._searcher, [sample.id])
        if tokens is None:
            return ""
        offsets = tokens.token_offsets
        start, last = int(offsets[first]), int(offsets[first + length - 1])
        text = searched_text(self._article(sample))
        if last < start or _BREAK.search(text, start, last):
            return ""
        past = int(offsets[first + length]) if first + length < len(offsets) else len(text)
        return " ".join(_first_syllables(text, start, past, length))


def _first_syllables(text: str, start: int, past: int, count: int) -> list[str]:
    """So many syllables of a text from a place on.

    Args:
        past: where the token behind them begins.
    """
    return syllables(text[start:past])[:count]


def _read(text: str) -> _Typed:
    """The plain words at the end of the typed text."""
    run = _LAST_RUN.search(text)
    start = run.start() if run else 0
    tokens = tokenise(text[start:])
    if not tokens:
        return _Typed(text, (), "")
    words = tuple(token.text for token in tokens)
    head = text[: start + tokens[0].start]
    if tokens[-1].end < len(text) - start:
        return _Typed(head, words, "")
    return _Typed(head, words[:-1], words[-1])


def _suggest(text: str, id: str | None, typed: _Typed) -> Suggestion:
    """A suggestion with the typed words marked, and the beginning of the word after them."""
    marks = []
    follows = not typed.words
    for token in tokenise(text):
        forms = (token.text, token.folded)
        if any(one in typed.words for one in forms):
            marks.append((token.start, token.end))
            follows = True
        else:
            if follows and typed.partial and any(one.startswith(typed.partial) for one in forms):
                marks.append((token.start, token.start + len(typed.partial)))
            follows = not typed.words
    return Suggestion(Snippet(text, tuple(marks)), id)
