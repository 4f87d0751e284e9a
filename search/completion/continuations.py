"""How articles continue two syllables: phrases from token hashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import TokenHashes
from indexer.engines.token_hashes import token_hash
from indexer.language.analysis import syllables
from search.arrays import look_up, owners

_LONGEST = 6
_MOST_PLACES = 400
_LEAST, _SHARE = 2, 0.5
"""A phrase is continued as it is in at least this many, and this share, of the articles that hold it."""
_EXAMPLES = 3
_BRANCHES = 2
"""Ways on that are shown of a phrase that ends in the middle of a word."""
_FUNCTION_WORDS = frozenset(
    map(
        token_hash,
        syllables(
            "anh bà bằng bị cho chị có cùng cũng của các do giữa hay hoặc hơn khi không là lại mà một"
            " những này nên nếu nhiều như phải qua ra rằng rất sau sẽ thì theo trong trên trước tại"
            " tới từ và vào về với vì vẫn đang đã để đến đó được ông ở"
        ),
    )
)
"""No phrase ends with these."""

_Tokens = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Continuation:
    """A phrase, and some places where it stands.

    Attributes:
        second: index of its second syllable among those asked for.
        articles: how many of the articles hold its first two syllables.
        length: its tokens.
        places: index of an article that holds it, and its first token there.
    """

    second: int
    articles: int
    length: int
    places: tuple[tuple[int, int], ...]


def find_continuations(
    arrays: Sequence[TokenHashes],
    before: NDArray[np.uint32],
    first: NDArray[np.uint32],
    second: NDArray[np.uint32],
    words: Set[tuple[int, int]],
) -> list[Continuation]:
    """Phrases that begin with one of some syllables and one of others, in some articles.

    Each pair is carried on as far as most of the articles agree how, and to the end of a word.

    Args:
        before: only after one of these syllables, where they stand so at all.
        words: pairs of syllables that are one word.
    """
    if not arrays:
        return []
    tokens = np.concatenate([*arrays, np.zeros(_LONGEST, dtype=np.uint32)])
    places, _ = look_up(tokens[:-1], first)
    found, which = look_up(tokens[places + 1], second)
    places = places[found]
    near, _ = look_up(tokens[places - 1], before)
    if len(near):
        places, which = places[near], which[near]
    places = places[:_MOST_PLACES]
    ends = np.cumsum([len(one) for one in arrays])
    articles = owners(places, ends)
    inside = places - np.concatenate(([0], ends))[articles]
    tree = _PhraseTree(
        tokens[places[:, None] + np.arange(_LONGEST)].tolist(), articles.tolist(), words
    )
    result = []
    for pair in tree.pairs():
        for whole in filter(None, map(_without_function_words, tree.carry_on(pair))):
            numbers = tree.places[whole][:_EXAMPLES]
            result.append(
                Continuation(
                    second=int(which[tree.places[pair][0]]),
                    articles=len(tree.holders[pair]),
                    length=len(whole),
                    places=tuple(
                        zip(articles[numbers].tolist(), inside[numbers].tolist(), strict=True)
                    ),
                )
            )
    return result


class _PhraseTree:
    """A tree of phrases: each phrase with the phrases that continue it, made when they are asked for.

    Args:
        rows: the tokens from each place on.
        owners: the article of each place.
    """

    def __init__(
        self, rows: list[list[int]], owners: list[int], words: Set[tuple[int, int]]
    ) -> None:
        self._rows = rows
        self._owners = owners
        self._words = words
        self._ways: dict[_Tokens, list[_Tokens]] = {}
        self.places: dict[_Tokens, list[int]] = {(): list(range(len(rows)))}
        self.holders: dict[_Tokens, set[int]] = {}

    def _ways_on(self, phrase: _Tokens) -> list[_Tokens]:
        """The phrases that are one token longer, those in most articles first."""
        if phrase not in self._ways:
            self._ways[phrase] = self._grown(phrase)
        return self._ways[phrase]

    def _grown(self, phrase: _Tokens) -> list[_Tokens]:
        length = len(phrase)
        if length == _LONGEST:
            return []
        places = defaultdict[int, list[int]](list)
        for number in self.places[phrase]:
            places[self._rows[number][length]].append(number)
        # The end of a part of an article.
        places.pop(0, None)
        ways = []
        for value, its in places.items():
            way = (*phrase, value)
            self.places[way] = its
            self.holders[way] = {self._owners[number] for number in its}
            ways.append(way)
        return sorted(ways, key=lambda one: (-len(self.holders[one]), self.places[one][0]))

    def pairs(self) -> list[_Tokens]:
        """Pairs of first syllables; only pairs that several articles hold, if there are any."""
        pairs = [pair for one in self._ways_on(()) for pair in self._ways_on(one)]
        return [pair for pair in pairs if len(self.holders[pair]) >= _LEAST] or pairs

    def carry_on(self, phrase: _Tokens) -> list[_Tokens]:
        """A phrase to the end of its word, and then as far as most of its articles agree."""
        found: list[_Tokens] = []
        for whole in self._to_end_of_word(phrase):
            longest = whole
            while way := self._common_way(longest):
                longest = way
            found += dict.fromkeys((whole, longest))
        return found

    def _to_end_of_word(self, phrase: _Tokens) -> list[_Tokens]:
        ways = self._ways_on(phrase)
        words = [way for way in ways if way[-2:] in self._words]
        inside = sum(len(self.holders[way]) for way in words) >= _SHARE * len(self.holders[phrase])
        if phrase[-2:] in self._words or not inside:
            return [phrase]
        common = self._common_way(phrase)
        return [common] if common in words else words[:_BRANCHES] or [phrase]

    def _common_way(self, phrase: _Tokens) -> _Tokens | None:
        """How most of its articles go on after a phrase."""
        ways = self._ways_on(phrase)
        least = max(_LEAST, _SHARE * len(self.holders[phrase]))
        return ways[0] if ways and len(self.holders[ways[0]]) >= least else None


def _without_function_words(phrase: _Tokens) -> _Tokens | None:
    while phrase[-1] in _FUNCTION_WORDS:
        phrase = phrase[:-1]
        if len(phrase) < 2:
            return None
    return phrase
