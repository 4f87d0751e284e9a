"""The syllables of an archive: how frequent they are, and which of them differ in diacritics alone."""

from __future__ import annotations

from itertools import islice
from threading import Lock

from indexer.engines.base import Engine
from indexer.language.analysis import SYLLABLES, fold_term
from search.ranking import MOST_EXPANSIONS


class EngineVocabulary:
    """`ranking.Vocabulary` of one engine; what it remembers is dropped at the next commit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._generation = -1
        self._forms: dict[str, list[str]] = {}

    def frequency(self, kind: str, term: str) -> int:
        """How many articles hold a term."""
        return self._engine.frequencies(kind, [term])[0]

    def accented_forms(self, folded: str) -> tuple[str, ...]:
        """The syllables of the archive that fold to `folded`."""
        with self._lock:
            generation = self._engine.generation()
            if generation != self._generation:
                forms: dict[str, list[str]] = {}
                for term in self._engine.terms(SYLLABLES):
                    forms.setdefault(fold_term(term), []).append(term)
                self._forms, self._generation = forms, generation
            return tuple(self._forms.get(folded, ()))

    def with_prefix(self, field: str, prefix: str) -> tuple[str, ...]:
        """The single terms of a field that begin with `prefix`, the first `MOST_EXPANSIONS`."""
        found = (term for term in self._engine.terms(field, prefix) if " " not in term)
        return tuple(islice(found, MOST_EXPANSIONS))
