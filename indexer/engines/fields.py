"""The fields that the documents of an index may have."""

from __future__ import annotations

from dataclasses import dataclass


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
