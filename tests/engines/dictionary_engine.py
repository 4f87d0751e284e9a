"""A whole engine in plain dictionaries: what the `Engine` protocol asks for, and a term dictionary.

The tests of `search/` and `webapp/` pass on it (`pytest --engine dictionary`).
"""

from __future__ import annotations

import math
import pickle
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock
from uuid import uuid4

from indexer.durable import write_durably
from indexer.engines import base, conditions
from indexer.engines.capabilities import TermPart, TokenHashes
from indexer.engines.intervals import LONGER, LONGEST_OPEN, finest
from indexer.engines.token_hashes import hash_tokens
from indexer.errors import ArchiveError
from tests.engines import places

K1, B = 1.2, 0.75
SCORED = ("syllables", "bigrams", "words")
_FILE = "documents.pickle"


class DictionarySearcher:
    def __init__(self, commit: str, documents: list[base.Document]) -> None:
        self.commit = commit
        self._documents = documents
        self._places = {document.id: at for at, document in enumerate(documents)}
        self._matched: dict[conditions.Condition, set[int]] = {}
        self._counted: dict[conditions.Term, Counter[int]] = {}

    @cached_property
    def _postings(self) -> dict[str, dict[str, dict[int, int]]]:
        fields: dict[str, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
        for at, document in enumerate(self._documents):
            for field, terms in document.terms.items():
                for term, count in terms.items():
                    fields[field][term][at] = count
        return fields

    @cached_property
    def _norms(self) -> dict[str, list[float]]:
        norms = {}
        for field in SCORED:
            lengths = [sum(one.terms.get(field, {}).values()) for one in self._documents]
            mean = max(1.0, sum(lengths) / max(1, len(lengths)))
            norms[field] = [K1 * (1 - B + B * length / mean) for length in lengths]
        return norms

    def count(self) -> int:
        return len(self._documents)

    def records(self, ids: Sequence[str]) -> list[bytes | None]:
        places = map(self._places.get, ids)
        return [None if at is None else self._documents[at].record for at in places]

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        return [len(self._postings[field].get(term, ())) for term in terms]

    counts = frequencies

    def origins(self) -> Iterator[base.Origin]:
        return (base.Origin(one.id, one.digest, one.origin) for one in self._documents)

    def term_parts(self) -> Sequence[TermPart]:
        return [self]

    def terms(self, field: str, prefix: str = "") -> Iterable[tuple[str, int]]:
        postings = self._postings[field]
        return [(term, len(postings[term])) for term in sorted(postings) if term.startswith(prefix)]

    def frequent_terms(self, field: str, prefix: str) -> Iterable[tuple[str, int]]:
        return sorted(self.terms(field, prefix), key=lambda one: -one[1])

    def _group(self, at: int) -> str:
        return self._documents[at].group or self._documents[at].id

    def groups(self, ids: Sequence[str]) -> list[str | None]:
        places = map(self._places.get, ids)
        return [None if at is None else self._group(at) for at in places]

    def members(self, groups: Sequence[str]) -> list[tuple[str, ...]]:
        return [
            tuple(one.id for one in self._documents if one.group == name != one.id)
            for name in groups
        ]

    def token_hashes(self, ids: Sequence[str]) -> list[TokenHashes | None]:
        places = map(self._places.get, ids)
        return [None if at is None else hash_tokens(self._documents[at].tokens) for at in places]

    def sharing(self, sketches: Sequence[Sequence[int]], least: int, most: int) -> list[list[str]]:
        found = []
        for sketch in sketches:
            shared = [
                (len(set(sketch).intersection(one.sketch)), at)
                for at, one in enumerate(self._documents)
            ]
            best = sorted((one for one in shared if one[0] >= least), reverse=True)
            found.append([self._documents[at].id for _, at in best[:most]])
        return found

    def search(self, plan: base.Plan) -> base.EngineResult:
        everything = set(range(len(self._documents)))
        clauses = [self._matching(clause) for clause in plan.clauses]
        allowed = everything.intersection(*map(self._matching, plan.required))
        for facet, value in plan.filters.items():
            allowed &= {at for at in allowed if value in self._documents[at].facets.get(facet, ())}
        complete = allowed.intersection(*clauses)
        found = self._enough(plan, clauses, allowed, complete)
        hits = [self._hit(plan, clauses, at) for at in found]
        if plan.date_bonus and hits:
            hits = self._with_date_bonus(plan.date_bonus, hits)
        ordered = sorted(hits, key=lambda hit: self._key(plan, hit))
        if plan.folded:
            best = {self._group(self._places[hit.id]): hit for hit in reversed(ordered)}
            ordered = list(reversed(best.values()))
            ordered.sort(key=lambda hit: self._key(plan, hit))
        counted = complete & found if plan.counts_complete and complete & found else found
        interval, timeline = self._timeline(plan, counted if plan.has_timeline else set())
        return base.EngineResult(
            total=len(found),
            total_all=len(complete & found),
            groups=self._total(plan, found),
            groups_all=self._total(plan, complete & found),
            clause_totals=tuple(map(len, clauses)),
            hits=tuple(ordered[plan.offset : plan.offset + plan.limit]),
            facets={name: self._counts(plan, name, counted) for name in plan.facets},
            interval=interval,
            timeline=timeline,
        )

    def _idf(self, frequency: int) -> float:
        return math.log1p((len(self._documents) - frequency + 0.5) / (frequency + 0.5))

    def _enough(
        self, plan: base.Plan, clauses: list[set[int]], allowed: set[int], complete: set[int]
    ) -> set[int]:
        """The documents that hold enough of the clauses' idf."""
        if len(clauses) < 2 or min(plan.minimum_idf_shares) >= 1:
            return complete
        weights = [self._idf(len(one)) if one else 0.0 for one in clauses]
        found = complete
        for share in plan.minimum_idf_shares:
            least = max(0.0, share * sum(weights) - 1e-4)
            found = {
                at
                for at in allowed
                if sum(w for w, one in zip(weights, clauses, strict=True) if at in one) > least
            }
            if found:
                break
        return found

    def _matching(self, condition: conditions.Condition) -> set[int]:
        if condition not in self._matched:
            self._matched[condition] = self._find(condition)
        return self._matched[condition]

    def _find(self, condition: conditions.Condition) -> set[int]:
        match condition:
            case conditions.Term():
                return set(self._term_counts(condition))
            case conditions.AllOf(parts):
                return set.intersection(*map(self._matching, parts))
            case conditions.AnyOf(parts):
                return set.union(*map(self._matching, parts))
            case conditions.Not(part):
                return set(range(len(self._documents))) - self._matching(part)
            case _:
                return {
                    at for at, one in enumerate(self._documents) if places.holds(condition, one)
                }

    def _term_counts(self, term: conditions.Term) -> Counter[int]:
        if term in self._counted:
            return self._counted[term]
        counts = self._counted[term] = Counter()
        for text in term.terms:
            counts.update(self._postings[term.field].get(text, {}))
        for phrase in term.phrases:
            counts.update(self._matching(phrase))
        return counts

    def _earned(self, condition: conditions.Condition, at: int) -> float:
        match condition:
            case conditions.Term():
                counts = self._term_counts(condition)
                if not counts[at]:
                    return 0.0
                norms = self._norms.get(condition.field)
                norm = norms[at] if norms else K1
                return self._idf(len(counts)) * counts[at] / (counts[at] + norm)
            case conditions.Phrase():
                terms = condition.terms if at in self._matching(condition) else ()
                return sum(self._earned(term, at) for term in terms)
            case conditions.Together() | conditions.Repeated() | conditions.InPassage():
                if at not in self._matching(condition):
                    return 0.0
                return sum(self._earned(term, at) for term in conditions.spot_terms(condition))
            case conditions.AllOf(parts) | conditions.AnyOf(parts):
                return sum(self._earned(part, at) for part in parts)
            case _:
                return 0.0

    def _hit(self, plan: base.Plan, clauses: list[set[int]], at: int) -> base.EngineHit:
        return base.EngineHit(
            id=self._documents[at].id,
            clause_score=sum(self._earned(one, at) for one in (*plan.clauses, *plan.required)),
            boost_score=sum(one.weight * self._earned(one.term, at) for one in plan.boosts),
            date_score=0.0,
            missing=tuple(number for number, one in enumerate(clauses) if at not in one),
        )

    def _with_date_bonus(
        self, bonus: base.Recency | base.InPeriod, hits: list[base.EngineHit]
    ) -> list[base.EngineHit]:
        newest = max((one.published or 0 for one in self._documents), default=0)
        best = max(hit.score for hit in hits)

        def earned(hit: base.EngineHit) -> float:
            if isinstance(bonus, base.InPeriod):
                is_within = self._places[hit.id] in self._matching(bonus.period)
                return best * bonus.weight * is_within
            published = self._documents[self._places[hit.id]].published
            age = math.inf if published is None else (newest - published) / 86400
            return best * bonus.weight * math.exp2(-age / bonus.half_life)

        return [replace(hit, date_score=earned(hit)) for hit in hits]

    def _key(self, plan: base.Plan, hit: base.EngineHit) -> tuple[object, ...]:
        at = self._places[hit.id]
        published = self._documents[at].published
        newest = (published is None, -(published or 0), -at)
        incomplete = bool(hit.missing) if plan.complete_first else False
        if plan.order is base.Order.SCORE:
            return incomplete, -hit.score, *newest
        if plan.order is base.Order.OLDEST:
            return incomplete, published is None, published or 0, -at
        return incomplete, *newest

    def _total(self, plan: base.Plan, found: set[int]) -> int:
        return len({self._group(at) for at in found} if plan.folded else found)

    def _unit(self, plan: base.Plan, at: int) -> object:
        """What is counted once for each value."""
        return self._group(at) if plan.counts_groups else at

    def _counts(self, plan: base.Plan, facet: str, found: set[int]) -> dict[str, int]:
        having = {
            (value, self._unit(plan, at))
            for at in found
            for value in self._documents[at].facets.get(facet, ())
        }
        counts = Counter(value for value, _ in having)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return dict(ordered[: plan.facets[facet]])

    def _timeline(self, plan: base.Plan, found: set[int]) -> tuple[base.Interval, dict[date, int]]:
        dated = [
            (
                _day(one.published, plan.utc_offset),
                (one.published_until or one.published) - one.published,
                self._unit(plan, at),
            )
            for at in found
            if (one := self._documents[at]).published is not None
        ]
        if not dated:
            return plan.interval or base.Interval.YEAR, {}
        interval = plan.interval
        if interval is None:
            interval = finest(min(day for day, *_ in dated), max(day for day, *_ in dated))
            while interval in LONGER and 2 * sum(
                span <= LONGEST_OPEN[interval] for _, span, _ in dated
            ) < len(dated):
                interval = LONGER[interval]
        starts = {"year": {"month": 1, "day": 1}, "month": {"day": 1}, "day": {}}[interval]
        kept = {
            (day.replace(**starts), unit)
            for day, span, unit in dated
            if span <= LONGEST_OPEN[interval]
        }
        return interval, dict(sorted(Counter(day for day, _ in kept).items()))


def _day(seconds: int | None, utc_offset: int) -> date:
    return (
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=(seconds or 0) + utc_offset)
    ).date()


class DictionaryEngine:
    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._stamp: object = None
        self._lock = Lock()
        self._searcher: DictionarySearcher | None = None

    @classmethod
    def create(cls, folder: Path) -> DictionaryEngine:
        engine = cls(folder)
        engine._write({})
        return engine

    def _write(self, documents: dict[str, base.Document]) -> None:
        write_durably(self._path, pickle.dumps((uuid4().hex, list(documents.values()))))

    def searcher(self) -> DictionarySearcher:
        try:
            status = self._path.stat()
            stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
            with self._lock:
                if self._searcher is None or stamp != self._stamp:
                    self._searcher = DictionarySearcher(*pickle.loads(self._path.read_bytes()))
                    self._stamp = stamp
                return self._searcher
        except OSError as error:
            raise ArchiveError(f"{self._path}: {error}") from error

    @contextmanager
    def writer(self) -> Iterator[DictionaryWriter]:
        writer = DictionaryWriter({one.id: one for one in self.searcher()._documents})
        yield writer
        self._write(writer.documents)

    def close(self) -> None:
        self._searcher = None


class DictionaryWriter:
    def __init__(self, documents: dict[str, base.Document]) -> None:
        self.documents = documents

    def put(self, document: base.Document) -> None:
        self.documents.pop(document.id, None)
        self.documents[document.id] = document

    def delete(self, id: str) -> None:
        self.documents.pop(id, None)
