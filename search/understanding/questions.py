"""Words of a query that only ask: "vì sao", "ở đâu", "có phải … không".

They say what kind of answer is wanted, and nothing of what an article is about. They are told by where
they stand and what stands beside them: "ai" asks before "là", and is a name before "Cập".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
        before: syllables of which one has to follow at once; empty where any may.
        later: syllables of which one has to stand somewhere behind; empty where none has to.
        names: syllables with which they are a name or another word, where one follows at once.
    """

    words: tuple[str, ...]
    first: bool = False
    last: bool = False
    plain: bool = True
    before: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


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
def _table() -> tuple[_Asking, ...]:
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
    return tuple(sorted(found, key=lambda one: -len(one.words)))


def asking_words(words: Sequence[QueryWord], *, folded: bool) -> frozenset[int]:
    """Where the words that only ask begin; none where a query would be left without any other word.

    Args:
        words: of a query that holds nothing else, in order.
        folded: whether the query was typed without diacritics.
    """
    texts = [word.text for word in words]
    found: set[int] = set()
    for at in range(len(texts)):
        if at in found:
            continue
        for asking in _table():
            if _asks(asking, texts, at, folded=folded):
                found.update(range(at, at + len(asking.words)))
                break
    found.update(_around(texts, found, folded=folded))
    if len(found) == len(texts):
        return frozenset()
    return frozenset(words[at].start for at in found)


def _asks(asking: _Asking, texts: Sequence[str], at: int, *, folded: bool) -> bool:
    end = at + len(asking.words)
    if (asking.first and at) or (asking.last and end != len(texts)):
        return False
    if folded and not asking.plain:
        return False
    wanted = tuple(map(fold, asking.words)) if folded else asking.words
    if tuple(texts[at:end]) != wanted:
        return False
    following = texts[end] if end < len(texts) else ""
    if following in (set(map(fold, asking.names)) if folded else asking.names):
        return False
    allowed = set(map(fold, asking.before)) if folded else asking.before
    if allowed and following not in allowed:
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
