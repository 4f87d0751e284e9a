"""Words of a query that only ask: "vì sao", "ở đâu", "có phải … không".

They say what kind of answer is wanted, and nothing of what an article is about. They are told by where
they stand and what stands beside them: "ai" asks before "là", and is a name before "Cập".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from indexer.language.normalise import fold
from search.query.tree import QueryWord


@dataclass(frozen=True, slots=True)
class _Asking:
    """Words that ask, and where.

    Attributes:
        words: the syllables, side by side.
        first: whether they ask only where the query begins with them.
        last: whether they ask only where it ends with them.
        plain: whether they ask also in a query without diacritics, in which they may be other words.
        later: syllables of which one has to stand somewhere behind; empty where none has to.
        names: syllables with which they are a name or another word, where one follows at once.
    """

    words: tuple[str, ...]
    first: bool = False
    last: bool = False
    plain: bool = True
    later: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def folded(self) -> _Asking:
        """The same without diacritics."""
        return replace(
            self,
            words=tuple(map(fold, self.words)),
            later=frozenset(map(fold, self.later)),
            names=frozenset(map(fold, self.names)),
        )


_NAMES = frozenset(["cập", "len", "oán", "điếu", "ca", "tín", "châu"])
_ANYWHERE = (
    "vì sao", "tại sao", "khi nào", "bao giờ", "lúc nào", "ở đâu", "ở chỗ nào", "nơi nào",
    "như thế nào", "ra sao", "làm sao", "làm thế nào", "bằng cách nào", "cách nào", "bao nhiêu",
    "bao lâu", "vì đâu", "do đâu", "từ khi nào", "từ bao giờ", "đến bao giờ", "có phải", "phải chăng",
)  # fmt: skip
_AT_THE_BEGINNING = (
    "ai là",
    "ai đã",
    "ai sẽ",
    "đâu là",
    "cái gì",
    "điều gì",
    "những ai",
    "những gì",
)
_AT_THE_END = (
    "là ai", "là gì", "của ai", "thế nào", "phải không", "hay không", "được không", "đúng không",
    "hay chưa", "có sao không", "thứ mấy", "mấy ngày", "mấy người", "mấy năm", "mấy tháng", "mấy lần",
    "để làm gì", "là bao nhiêu", "là khi nào", "ở đâu", "năm nào", "ngày nào", "mấy giờ", "những gì", "đến đâu",
)  # fmt: skip


@cache
def _table(*, folded: bool) -> dict[str, tuple[_Asking, ...]]:
    """The words that ask, by their first syllable, the longest first.

    Args:
        folded: whether the query was typed without diacritics.
    """
    found = [
        *(_Asking(tuple(text.split())) for text in _ANYWHERE),
        *(_Asking(tuple(text.split()), first=True) for text in _AT_THE_BEGINNING),
        *(_Asking(tuple(text.split()), last=True) for text in _AT_THE_END),
        _Asking(("ai",), first=True, names=_NAMES),
        # "Sao" is a star as well, "gì" and "đâu" stand in sayings: where a query is without diacritics
        # they may be anything.
        _Asking(("sao",), first=True, plain=False, later=frozenset({"lại", "vậy", "thế"})),
        _Asking(("gì",), plain=False),
        # "Người nào việc nấy", "ngày nào cũng".
        _Asking(("nào",), plain=False, names=frozenset({"việc", "cũng", "đó", "ấy", "nấy"})),
        _Asking(("đâu",), last=True, plain=False),
        _Asking(("mấy",), last=True, plain=False),
    ]
    table: dict[str, list[_Asking]] = {}
    for one in sorted(found, key=lambda one: -len(one.words)):
        if one.plain or not folded:
            its = one.folded() if folded else one
            table.setdefault(its.words[0], []).append(its)
    return {first: tuple(ones) for first, ones in table.items()}


def asking_words(words: Sequence[QueryWord], *, folded: bool) -> frozenset[int]:
    """Where the words that only ask begin; none where a query would be left without any other word.

    Args:
        words: of a query that holds nothing else, in order.
        folded: whether the query was typed without diacritics.
    """
    texts = [word.text for word in words]
    table = _table(folded=folded)
    found: set[int] = set()
    for at in range(len(texts)):
        if at in found:
            continue
        for asking in table.get(texts[at], ()):
            if _asks(asking, texts, at):
                found.update(range(at, at + len(asking.words)))
                break
    found.update(_around(texts, found, folded=folded))
    if len(found) == len(texts):
        return frozenset()
    return frozenset(words[at].start for at in found)


def _asks(asking: _Asking, texts: Sequence[str], at: int) -> bool:
    end = at + len(asking.words)
    if (asking.first and at) or (asking.last and end != len(texts)):
        return False
    if tuple(texts[at:end]) != asking.words:
        return False
    following = texts[end] if end < len(texts) else ""
    if following in asking.names:
        return False
    return not asking.later or not asking.later.isdisjoint(texts[end:])


def _around(texts: Sequence[str], found: set[int], *, folded: bool) -> Iterator[int]:
    """The "không" or "chưa" that ends a question which "có" or "đã" opens."""
    opening, closing = {"có", "đã"}, {"không", "chưa"}
    if folded:
        opening, closing = set(map(fold, opening)), set(map(fold, closing))
    last = len(texts) - 1
    if last > 1 and texts[last] in closing and last not in found:
        begin = next((at for at, text in enumerate(texts[:last]) if text in opening), None)
        if begin is not None:
            yield last
            if begin not in found:
                yield begin
