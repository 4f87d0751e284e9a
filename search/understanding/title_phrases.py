"""The syllables that the words of a phrase in the title stand for, by which its places are looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from indexer.language.normalise import has_diacritics
from search.query.tree import (
    InField,
    Node,
    QueryField,
    QueryPattern,
    QueryPhrase,
    children,
)
from search.understanding.expansions import MOST_EXPANSIONS, Expansion


class HasAccentedForms(Protocol):
    """An archive's knowledge of its syllables."""

    def accented_forms(self, folded: str) -> tuple[str, ...]:
        """The syllables of the archive that fold to `folded`."""


def title_forms(
    root: Node, found: Mapping[QueryPattern, Expansion], vocabulary: HasAccentedForms
) -> dict[int, tuple[str, ...]]:
    """Where a word or pattern of a phrase in the title begins -> the syllables that it stands for.

    Args:
        found: the terms of the title that each pattern stands for.
    """
    forms: dict[int, tuple[str, ...]] = {}
    for phrase in _title_phrases(root):
        is_spelt = any(has_diacritics(one.text) for one in phrase.words)
        for one in phrase.words:
            terms = found[one].terms if isinstance(one, QueryPattern) else (one.text,)
            if not is_spelt:
                spelt = [form for term in terms for form in vocabulary.accented_forms(term)]
                terms = tuple(spelt[:MOST_EXPANSIONS])
            forms[one.start] = terms
    return forms


def _title_phrases(node: Node) -> Iterator[QueryPhrase]:
    if isinstance(node, InField):
        if node.field is QueryField.TITLE and isinstance(node.part, QueryPhrase):
            yield node.part
        return
    for part in children(node):
        yield from _title_phrases(part)
