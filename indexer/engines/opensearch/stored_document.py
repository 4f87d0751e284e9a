"""A document as a cluster stores it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indexer.engines.base import PARAGRAPH_END, Document
from indexer.engines.conditions import Scope
from indexer.engines.opensearch.columns import (
    DIGEST,
    GROUP,
    GROUP_NAME,
    HASHES,
    ID,
    ORIGIN,
    RECORD,
    SKETCH,
    STARTS,
    WHOLE_ID,
    bytes_out,
)
from indexer.engines.opensearch.escaping import (
    COUNT_MARK,
    PART_END,
    SCOPE_MARKS,
    passage_marks,
    term_out,
    value_out,
)
from indexer.engines.opensearch.layout import (
    LENGTH,
    LENGTHS,
    MOST_COUNTED,
    facet_field,
    stored_count,
    term_field,
)
from indexer.engines.scoring import B
from indexer.engines.token_hashes import hashes_of, pack_starts


def mean_lengths(documents: Sequence[Document], fields: Sequence[str]) -> dict[str, float]:
    """The mean length of documents in some fields of terms."""
    return {
        name: max(
            1.0,
            sum(sum(one.terms.get(name, {}).values()) for one in documents) / len(documents),
        )
        for name in fields
    }


def stored(
    document: Document, transaction: int, added: int, lengths: Mapping[str, float]
) -> dict[str, Any]:
    """The JSON of a document.

    Args:
        transaction: that writes it.
        added: how many were added before it, and itself.
        lengths: the mean length in each field where the length counts.
    """
    content: dict[str, Any] = {
        ID: value_out(document.id),
        DIGEST: bytes_out(document.digest.encode("utf-8", "surrogatepass")),
        ORIGIN: bytes_out(document.origin.encode("utf-8", "surrogatepass")),
        RECORD: bytes_out(document.record),
        HASHES: bytes_out(hashes_of(document).tobytes()),
        STARTS: bytes_out(pack_starts(document.token_offsets)),
        "born": transaction,
        "added": added,
        "tokens": _marked_tokens(document),
        "length": document.length,
    }
    content[GROUP] = value_out(document.group or document.id)
    content[SKETCH] = list(map(sketch_value, document.sketch))
    if document.group and document.group != document.id:
        content[GROUP_NAME] = bytes_out(document.group.encode("utf-8", "surrogatepass"))
    if content[ID] != document.id:
        content[WHOLE_ID] = bytes_out(document.id.encode("utf-8", "surrogatepass"))
    if document.published is not None:
        until = document.published_until
        until = document.published if until is None else until
        content["published"] = document.published
        content["published_until"] = until
        content["open_seconds"] = until - document.published
    for name, counts in document.terms.items():
        content[term_field(name)] = _counted(counts, lengths.get(name))
    for name, values in document.facets.items():
        content[facet_field(name)] = [value_out(one) for one in values]
    return content


def _marked_tokens(document: Document) -> str:
    """The tokens, with marks beside the first and the last of each sentence, paragraph and passage."""
    tokens = [term_out(one) if one else PART_END for one in document.tokens]
    begins = at = 0
    for number, length in enumerate(document.breaks or [len(tokens) | PARAGRAPH_END]):
        first, last = at, at + (length & ~PARAGRAPH_END) - 1
        at = last + 1
        _mark(tokens, first, last, SCOPE_MARKS[Scope.SENTENCE])
        if length & PARAGRAPH_END or number == len(document.breaks) - 1:
            _mark(tokens, begins, last, SCOPE_MARKS[Scope.PARAGRAPH])
            begins = at
    for one in document.passages:
        for key in one.keys:
            _mark(tokens, one.start, one.end - 1, passage_marks(key))
    return " ".join(tokens)


def _mark(tokens: list[str], first: int, last: int, marks: tuple[str, str, str]) -> None:
    begins, ends, alone = marks
    # One that is alone neither begins nor ends anything: then each begin is followed by its own end.
    if first == last:
        tokens[first] += COUNT_MARK + alone
    else:
        tokens[first] += COUNT_MARK + begins
        tokens[last] += COUNT_MARK + ends


def sketch_value(number: int) -> str:
    """A number of a sketch as a cluster's index holds it."""
    return f"{number:08x}"


def _counted(counts: Mapping[str, int], mean: float | None) -> str:
    """A field's terms with their stored counts; `mean` is None where the length does not count."""
    norm, parts = 1.0, []
    if mean is not None:
        norm = 1 - B + B * sum(counts.values()) / mean
        parts = [f"{LENGTH}{n}{COUNT_MARK}{stored_count(n, norm)}" for n in range(1, LENGTHS + 1)]
    known = {one: stored_count(min(one, MOST_COUNTED), norm) for one in set(counts.values())}
    parts += [f"{term_out(one)}{COUNT_MARK}{known[count]}" for one, count in counts.items()]
    return " ".join(parts)
