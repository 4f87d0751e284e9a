"""Parts of a query joined to larger ones."""

from __future__ import annotations

from dataclasses import replace

from search.query.tree import (
    Either,
    Exclude,
    Must,
    Node,
    QueryPattern,
    QueryPhrase,
    QueryRepeated,
    QueryTogether,
    QueryWord,
    Sequence,
    Spoken,
)


def with_speakers(parts: list[Node]) -> tuple[list[Node], list[Node]]:
    """Words put into the quotation in which they are looked for: those behind the speaker's name.

    Those before the first speaker belong to it as well.

    Returns:
        The parts, and those among them on places that are looked for in the whole article.
    """
    speakers = {at: part for at, part in enumerate(parts) if isinstance(part, Spoken)}
    if not speakers:
        return parts, []
    said: dict[int, list[Node]] = {at: [] for at in speakers}
    beside: list[Node] = []
    others: list[Node] = []
    for at, part in enumerate(parts):
        inner = part.part if isinstance(part, Must) else part
        if at in said:
            continue
        if is_spot(inner):
            said[max((one for one in speakers if one < at), default=min(speakers))].append(inner)
            continue
        if isinstance(inner, QueryTogether | QueryRepeated):
            beside.append(inner)
        others.append(part)
    found = [replace(part, parts=tuple(said[at])) for at, part in speakers.items()]
    return [*found, *others], beside


def as_one(parts: list[Node]) -> Node:
    """Several syllables that were written without a space between them, as one part."""
    if len(parts) == 1:
        return parts[0]
    words = [part for part in parts if isinstance(part, QueryWord | QueryPattern)]
    return QueryPhrase(tuple(words)) if len(words) == len(parts) else Sequence(tuple(parts))


def excluded(part: Node) -> Node:
    """Without a part; what is excluded twice is wanted."""
    if isinstance(part, Must) and not isinstance(part.part, Sequence | Spoken):
        part = part.part
    return wanted(part.part) if isinstance(part, Exclude) else Exclude(part)


def wanted(part: Node) -> Must:
    """A part that has to match."""
    return part if isinstance(part, Must) else Must(part)


def is_spot(part: Node) -> bool:
    """Whether a part has places in a text: a word, a pattern, a phrase, or alternatives of these."""
    if isinstance(part, Either):
        return all(map(is_spot, part.parts))
    return isinstance(part, QueryWord | QueryPattern | QueryPhrase)
