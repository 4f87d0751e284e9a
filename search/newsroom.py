"""One commit as the newsroom's desk asks it: comparing, days, samples, lists of names, new articles."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from indexer.article import Article
from indexer.documents import NAMED_FACETS
from indexer.engines.base import EngineResult, Order, Plan
from indexer.engines.capabilities import CanNarrow, CanPick, capability
from indexer.engines.conditions import Listed
from indexer.language.provinces import UNTIL_2025
from search.articles import fetch_headings
from search.batch import ListedName, look_up
from search.contrast import SAMPLE, Contrast, contrast_facets
from search.days import (
    Day,
    EarlierDay,
    Week,
    find_day,
    find_days,
    find_earlier,
    find_newest,
    find_week,
)
from search.desk.dossiers import Entry
from search.desk.resolving import current_ids
from search.meanings import without_meaning_sign
from search.names import AllNames, NamePage, find_all_names, find_name
from search.provinces import ProvinceCounts, count_provinces
from search.query.parser import parse_query
from search.query.tree import QueryProblem, leaves
from search.query_runner import QueryRunner
from search.ranking.planning import Ranking
from search.requests import Meaning, SearchRequest, Sort, Words
from search.snapshot import Snapshot
from search.telling_words import telling_words

_UNRANKED = Ranking(pair=0.0, word=0.0)
"""Where the order of hits counts for nothing."""


class Newsroom:
    """What the desk asks of one commit of an archive."""

    def __init__(self, snapshot: Snapshot, runner: QueryRunner) -> None:
        self._snapshot = snapshot
        self._searcher = snapshot.searcher
        self._runner = runner

    @property
    def commit(self) -> str:
        """Names the commit: no other commit of this or any other archive has the same name."""
        return self._searcher.commit

    def ids(self) -> Iterator[str]:
        """The ids of all articles."""
        return (origin.id for origin in self._searcher.origins())

    def headings(self, ids: Sequence[str]) -> list[Article | None]:
        """Articles without their bodies and versions: what a list shows of them; None where there is none."""
        return fetch_headings(self._searcher, ids)

    def current_ids(self, entries: Sequence[Entry]) -> list[str | None]:
        """The id of each entry's article by now; None for one that the archive does not hold."""
        return current_ids(self._searcher, entries)

    def contrast(self, first: SearchRequest, second: SearchRequest) -> Contrast:
        """Two searches beside each other, by articles that hold every word; filters and dates are those of both.

        Copies of a report count once. An article is of both when it holds every word of both.
        """
        one, other = map(_by_all_words, (first, second))
        results = self._runner.count(one), self._runner.count(other)
        best = self._best(one), self._best(other)
        asked = (leaves(parse_query(its.query).root) for its in (one, other))
        return Contrast(
            totals=(results[0].groups, results[1].groups),
            both=self._runner.count(replace(one, also=other.query)).groups,
            facets=contrast_facets(self._runner.count, (one, other), results),
            words=telling_words(
                self._searcher, best, frozenset(leaf.text for its in asked for leaf in its)
            ),
            looked_at=(len(best[0]), len(best[1])),
        )

    def _best(self, request: SearchRequest) -> list[str]:
        """The ids of the first hits of a request, in the engine's order."""
        first = replace(request, per_page=SAMPLE, facets=(), meaning=Meaning.OFF)
        plan = self._runner.plan_of(first).plan
        return [hit.id for hit in self._searcher.search(plan).hits]

    def matches_among(
        self, requests: Sequence[SearchRequest], ids: Sequence[str]
    ) -> list[list[str]]:
        """For each search those of some articles that it finds, in the order of `ids`, each copy by itself.

        What holds every word is found whatever the other articles are: for that, only these are looked at.
        """
        engine = capability(self._searcher, CanNarrow)
        few = engine.narrowed(ids) if engine else self._searcher
        among, places = Listed(tuple(ids)), {id: at for at, id in enumerate(ids)}
        found = []
        for request in requests:
            plan = self._runner.plan_of(replace(request, facets=()), _UNRANKED).plan
            plan = replace(
                plan, required=(*plan.required, among), boosts=(), offset=0, limit=len(ids),
                date_bonus=None, order=Order.NEWEST, folded=False, complete_first=False,
            )  # fmt: skip
            searcher = few if plan.minimum_idf_shares == (1.0,) else self._searcher
            picker = capability(searcher, CanPick)
            hits = (
                picker.matching(plan) if picker else [one.id for one in searcher.search(plan).hits]
            )
            found.append(sorted(hits, key=places.__getitem__))
        return found

    def batch(
        self, names: Iterable[str], asked: SearchRequest, *, as_phrases: bool = True
    ) -> Iterator[ListedName]:
        """Look up each name of a list; see `search.batch.look_up`."""
        return look_up(self._first, self.headings, names, asked, as_phrases=as_phrases)

    def _first(
        self, request: SearchRequest
    ) -> tuple[EngineResult, list[str], tuple[QueryProblem, ...]]:
        answer, _ = self._runner.find(replace(request, meaning=Meaning.OFF))
        ids = [hit.id for hit in answer.ranked.hits]
        return answer.ranked.result, ids, answer.query.problems

    def sample(self, request: SearchRequest, count: int, seed: int) -> tuple[list[str], int]:
        """The ids of hits that chance has chosen, in their order, and how many hits there are.

        The same seed chooses the same in one commit. Copies of a report count as the request says.

        Args:
            request: with `words` decided, see `ArchiveReader.decided`.
        """
        newest = replace(request, sort=Sort.NEWEST, per_page=0, page=1, offset=0, after=None)
        answer, _ = self._runner.find(replace(newest, facets=(), meaning=Meaning.OFF))
        plan, total = answer.query_plan.plan, answer.ranked.result.groups
        places = sorted(random.Random(seed).sample(range(total), min(count, total)))  # noqa: S311
        if engine := capability(self._searcher, CanPick):
            return engine.picked(plan, places), total
        hits = (self._searcher.search(replace(plan, offset=at, limit=1)).hits for at in places)
        return [hit.id for its in hits for hit in its], total

    def days(self) -> tuple[date, ...]:
        """All days in Việt Nam on which something was printed, ascending."""
        return self._snapshot.kept("days", lambda: find_days(self._searcher))

    def day(self, day: date) -> Day:
        """What all papers printed on a day."""
        return self._snapshot.kept(("day", day), lambda: find_day(self._searcher, day, self.days()))

    def earlier(self, today: date) -> tuple[EarlierDay, ...]:
        """The same day in earlier years, the latest first."""
        return self._snapshot.kept(
            ("earlier", today), lambda: find_earlier(self._searcher, today, self.days())
        )

    def names(self) -> AllNames:
        """The most frequent names of each kind."""
        return self._snapshot.kept("names", lambda: find_all_names(self._searcher))

    def kinds_of(self, name: str) -> tuple[str, ...]:
        """The kinds of names, as facets, that an article has a name as, however rare it is."""
        return tuple(
            facet
            for facet in NAMED_FACETS
            if self._searcher.search(Plan(filters={facet: name}, limit=0)).total
        )

    def name(self, facet: str, name: str) -> NamePage:
        """What is known of a person, a place or an organisation; see `find_name`."""
        return find_name(self._searcher, self._plan, facet, name, self.names())

    def provinces(self, request: SearchRequest) -> ProvinceCounts:
        """The articles of a search by the provinces that they name; see `count_provinces`."""

        def count(asked: SearchRequest) -> EngineResult:
            plan = self._plan(asked)
            facets = dict.fromkeys(plan.facets, len(UNTIL_2025))
            return self._searcher.search(replace(plan, facets=facets, limit=0))

        return count_provinces(count, request)

    def _plan(self, request: SearchRequest) -> Plan:
        return self._runner.plan_of(request, _UNRANKED).plan

    def newest(self, count: int) -> tuple[Article, ...]:
        """The newest articles, each report once, without their bodies."""
        return self._snapshot.kept(("newest", count), lambda: find_newest(self._searcher, count))

    def week(self, today: date) -> Week | None:
        """Which names rose in the last week of the archive; None where nothing until today is dated."""
        return self._snapshot.kept(
            ("week", today), lambda: find_week(self._searcher, today, self.days())
        )


def _by_all_words(request: SearchRequest) -> SearchRequest:
    query, _ = without_meaning_sign(request.query)
    return replace(request, query=query, words=Words.ALL, page=1, offset=0, after=None)
