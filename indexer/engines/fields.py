"""The fields that the documents of an index may have."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

SOURCE = "source"
"""The facet by whose values documents may be private."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of an index.

    Attributes:
        terms: names of the fields of terms.
        facets: names of the facets.
        scored: fields of terms whose length in a document counts in its score.
    """

    terms: tuple[str, ...]
    facets: tuple[str, ...]
    scored: tuple[str, ...]


def source_key(name: str) -> str:
    """A source's name for comparing: letter case, spaces and the encoding of diacritics do not count."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
