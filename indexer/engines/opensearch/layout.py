"""The indices of an archive in a cluster: their names, settings and mappings.

    khobao-NAME-y2024, khobao-NAME-undated    articles, one index a year of publication
    khobao-NAME                               alias of all of these
    khobao-NAME-dictionary                    the terms and how many articles hold each
    khobao-NAME-state                         one document: which commit is the newest, who writes

A date range is answered by the few years that it meets: the cluster looks at the first and last day of
each shard before it searches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from indexer.engines.fields import Fields
from indexer.engines.opensearch.escaping import COUNT_MARK
from indexer.engines.scoring import K1

VERSION = 4
"""Raised when indices that were made before cannot be searched any more."""
SCALE = 1024
"""What a term's count of 1 in a document of mean length is stored as."""
MOST_COUNTED = 255
"""A term that is more frequent in a document counts no more, as in the embedded engine."""
LENGTH = "\\n"
"""The terms that every document holds in a scored field: `LENGTH` and a number n count n times."""
LENGTHS = 4
PREFIX = "khobao"
_UNDATED = "undated"
MOST_CLAUSES = 1024
"""Terms that a query may have in all; the usual limit of a cluster."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an archive's indices.

    Attributes:
        archive: unique in the cluster.
    """

    archive: str

    @property
    def alias(self) -> str:
        """All articles."""
        return f"{PREFIX}-{self.archive}"

    @property
    def state(self) -> str:
        """The index of the document that says which commit is the newest."""
        return f"{self.alias}-state"

    @property
    def dictionary(self) -> str:
        """The index of the term dictionary."""
        return f"{self.alias}-dictionary"

    @property
    def template(self) -> str:
        """The template of the indices of articles."""
        return self.alias

    def of(self, published: int | None) -> str:
        """The index of an article by its moment of publication, seconds since 1970 UTC."""
        if published is None:
            return f"{self.alias}-{_UNDATED}"
        year = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=published)).year
        return f"{self.alias}-y{year:04d}"


def template(names: Names, fields: ClusterFields) -> dict[str, Any]:
    """The index template of articles, for whoever restores or makes one of their indices."""
    return {
        "index_patterns": [f"{names.alias}-y*", f"{names.alias}-{_UNDATED}"],
        "priority": 500,
        "template": index_of_articles(names, fields),
    }


def index_of_articles(names: Names, fields: ClusterFields) -> dict[str, Any]:
    """The body of an index of articles: settings, mappings and the alias."""
    return {
        "settings": _settings(),
        "mappings": mappings(fields),
        "aliases": {names.alias: {}},
    }


def small_index() -> dict[str, Any]:
    """The body of an index that is only read by its documents' ids."""
    return {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
        "mappings": {"enabled": False, "_meta": {"khobao": VERSION}},
    }


@dataclass(frozen=True, slots=True)
class ClusterFields(Fields):
    """The fields of an archive in a cluster.

    Attributes:
        counted: fields of terms that are in the dictionary.
        tokens: the field of terms in which the tokens are counted.
    """

    counted: tuple[str, ...]
    tokens: str


def _settings() -> dict[str, Any]:
    # Everything that the similarity needs is in the stored count: see `stored_count`.
    formula = f"return query.boost * doc.freq / (doc.freq + {K1 * SCALE});"
    return {
        "number_of_shards": 1,
        "auto_expand_replicas": "0-1",
        # Only a commit shows what was written.
        "refresh_interval": "-1",
        "max_result_window": 10_000,
        "similarity": {"impact": {"type": "scripted", "script": {"source": formula}}},
        "analysis": {
            "tokenizer": {"terms": {"type": "whitespace", "max_token_length": 10_000}},
            "filter": {
                "counts": {"type": "delimited_term_freq", "delimiter": COUNT_MARK},
                "alternatives": {
                    "type": "pattern_capture",
                    "preserve_original": False,
                    "patterns": [f"([^{COUNT_MARK}]+)"],
                },
            },
            "analyzer": {
                "counted": {"tokenizer": "terms", "filter": ["counts"]},
                "group": {"tokenizer": "terms", "filter": ["alternatives"]},
            },
        },
    }


def mappings(fields: ClusterFields) -> dict[str, Any]:
    """The mappings of articles; nothing is added to them by itself."""
    counted = {
        "type": "text",
        "analyzer": "counted",
        "search_analyzer": "group",
        "index_options": "freqs",
        "norms": False,
        "similarity": "impact",
    }
    moment = {"type": "date", "format": "epoch_second"}
    # Columns are read row by row, as they are; a stored field is read with its neighbours.
    column = {"type": "binary", "doc_values": True}
    properties: dict[str, Any] = {
        "id": {"type": "keyword"},
        "whole_id": column,
        "origin": column,
        "digest": column,
        "record": column,
        "group": {"type": "keyword"},
        "group_name": column,
        "sketch": {"type": "keyword"},
        "born": {"type": "long"},
        "added": {"type": "long"},
        "published": moment,
        "published_until": moment,
        "open_seconds": {"type": "long"},
        "token_hashes": column,
        "token_starts": column,
        # A token and the marks beside it stand at one place.
        "tokens": {"type": "text", "analyzer": "group", "norms": False},
        "length": {"type": "integer"},
    }
    properties |= {term_field(name): counted for name in fields.terms}
    properties |= {facet_field(name): {"type": "keyword"} for name in fields.facets}
    return {
        "dynamic": "strict",
        "_meta": {"khobao": VERSION},
        # The record is stored once, as a column; nothing needs the request that an article came in.
        "_source": {"enabled": False},
        "properties": properties,
    }


def term_field(name: str) -> str:
    """The field of a cluster's index that holds the terms of an engine's field."""
    return f"t_{name}"


def facet_field(name: str) -> str:
    """The field of a cluster's index that holds the values of a facet."""
    return f"f_{name}"


def stored_count(count: int, norm: float) -> int:
    """A term's count in a document divided by the document's length norm, in steps of 1 / `SCALE`.

    BM25 gives a term count / (count + k1 norm). With the norm inside, that is f / (f + k1 SCALE): the
    same for every document, exact where Lucene keeps a length in one byte, and the counts of a group
    of terms may be added.
    """
    return max(1, round(SCALE * count / norm))


def difference(wanted: Mapping[str, Any], found: Mapping[str, Any], path: str = "") -> str | None:
    """The first setting of a mapping that is not as it was made; None where all are."""
    for name, value in wanted.items():
        here = f"{path}.{name}" if path else name
        other = found.get(name)
        if isinstance(value, Mapping):
            if not isinstance(other, Mapping):
                return here
            inner = difference(value, other, here)
            if inner:
                return inner
        elif str(other).lower() != str(value).lower():
            return here
    return None
