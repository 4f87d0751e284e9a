"""What an archive knows of a person, a place or an organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from indexer.article import Article
from indexer.documents import (
    NAMED_FACETS,
    NEW_PROVINCE,
    OFFICE,
    PROVINCE,
    SPEAKER,
    SPELLING,
    with_detail,
)
from indexer.engines.base import EngineResult, Interval, Plan, Searcher
from indexer.language.analysis import current_text
from indexer.language.entities import EntityKind
from indexer.language.normalise import fold, has_diacritics, normalise, syllables_of
from indexer.records import decode_with_findings
from search.articles import fetch_headings
from search.presentation.timeline import fill
from search.requests import SearchRequest, Sort, Words
from search.results import FacetValue, TimelineBucket
from search.telling_words import log_likelihood

PERSON = EntityKind.PERSON.value
BESIDE = 10
"""Other names of each kind that are shown."""
OFFICES, SPELLINGS, QUOTATIONS, LATEST, ALIKE = 12, 8, 5, 5, 8
_MOST = 5000
"""Values of a facet that are looked through."""
_LEAST = 2
"""Articles in which two names have to stand together."""

_LOOKED_AT = 15
"""Articles in which quotations are looked for."""
_MANY = 20
_NEVER = 10_000
PlanOf = Callable[[SearchRequest], Plan]
"""The engine's plan of a request."""


@dataclass(frozen=True, slots=True)
class Office:
    """An office that a person is given with.

    Attributes:
        title: the office.
        value: of the facet `OFFICE`.
        first: the year of the first article with it; None where none is dated.
        last: of the last.
        counts: articles in each bucket of the page's timeline.
    """

    title: str
    value: str
    count: int
    first: int | None
    last: int | None
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation and its article, without the body."""

    article: Article
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class NamePage:
    """What an archive knows of one name; copies of a report count once.

    Attributes:
        facet: its kind.
        total: articles that name it.
        timeline: of these.
        spellings: other ways in which it is written; `count` is of articles.
        offices: by their first year; of people.
        beside: kind of name -> those that stand with it more often than chance would have it, the most
            telling first.
        said: what it is quoted with, the newest first; of people.
        about: what others are quoted with that names it.
        said_total: articles with `said`.
        about_total: articles with a quotation that has the name.
        latest: the newest articles.
        alike: other names of its kind that are longer or shorter by some syllables.
    """

    facet: str
    name: str
    total: int
    interval: Interval
    timeline: tuple[TimelineBucket, ...]
    spellings: tuple[FacetValue, ...]
    offices: tuple[Office, ...]
    beside: Mapping[str, tuple[FacetValue, ...]]
    said: tuple[Quoted, ...]
    about: tuple[Quoted, ...]
    said_total: int
    about_total: int
    latest: tuple[Article, ...]
    alike: tuple[FacetValue, ...]


@dataclass(frozen=True)
class AllNames:
    """The most frequent names of each kind in an archive: facet -> name -> articles."""

    total: int
    names: Mapping[str, Mapping[str, int]]

    @cached_property
    def forms(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Facet -> a form without capitals, or without diacritics as well -> the names that it stands for."""
        found: dict[str, dict[str, list[str]]] = {}
        for facet, names in self.names.items():
            forms = found[facet] = {}
            for name in names:
                normal = normalise(name)
                for form in {normal, fold(normal)}:
                    forms.setdefault(form, []).append(name)
        return found


def find_all_names(searcher: Searcher) -> AllNames:
    """The names of an archive that most articles name."""
    facets = (*NAMED_FACETS, PROVINCE, NEW_PROVINCE)
    found = searcher.search(_counting(Plan(folded=True, counts_groups=True), facets))
    return AllNames(found.groups, found.facets)


def names_like(everything: AllNames, facet: str, typed: str) -> tuple[str, ...]:
    """A name as it was typed; where no article has it, those that differ in capitals or diacritics alone."""
    known = everything.names[facet]
    if typed in known:
        return (typed,)
    form = normalise(typed)
    alike = everything.forms[facet].get(form, ())
    exact = tuple(one for one in alike if normalise(one) == form)
    if exact or has_diacritics(typed):
        return exact or (typed,)
    return tuple(alike) or (typed,)


def find_name(
    searcher: Searcher, plan_of: PlanOf, facet: str, name: str, everything: AllNames
) -> NamePage:
    """What an archive knows of a name; `total` is 0 where no article has it."""
    counted = [*NAMED_FACETS, SPELLING, *([OFFICE] if facet == PERSON else [])]
    plan = replace(_counting(plan_of(_request({facet: name})), counted), limit=LATEST)
    found = searcher.search(plan)
    said_total = about_total = 0
    said: list[Quoted] = []
    if facet == PERSON:
        said, said_total = _quotations(
            searcher, plan_of(_request({SPEAKER: name})), lambda speaker, _: speaker == name
        )
    about, about_total = _quotations(
        searcher,
        plan_of(about_request(name)),
        lambda speaker, text: speaker != name and _holds(text, name),
    )
    timeline = fill(found.timeline, found.interval)
    latest = fetch_headings(searcher, [hit.id for hit in found.hits])
    return NamePage(
        facet=facet,
        name=name,
        total=found.groups,
        interval=found.interval,
        timeline=timeline,
        spellings=_details(found.facets[SPELLING], name)[:SPELLINGS],
        offices=_offices(searcher, plan_of, found, name, timeline) if facet == PERSON else (),
        beside={
            kind: _beside(found, kind, everything, own=name if kind == facet else None)
            for kind in NAMED_FACETS
        },
        said=tuple(said),
        about=tuple(about),
        said_total=said_total,
        about_total=about_total,
        latest=tuple(one for one in latest if one is not None),
        alike=_alike(everything.names[facet], name),
    )


def about_request(name: str) -> SearchRequest:
    """The search for articles in which somebody is quoted with a name."""
    words = " ".join(syllables_of(normalise(name)))
    return replace(_request(), query=f'nói:* "{words}"', words=Words.ALL)


def _request(filters: Mapping[str, str] | None = None) -> SearchRequest:
    return SearchRequest("", filters=filters or {}, facets=(), sort=Sort.NEWEST)


def _counting(plan: Plan, facets: Iterable[str]) -> Plan:
    return replace(plan, facets=dict.fromkeys(facets, _MOST), limit=0)


def _details(counts: Mapping[str, int], name: str) -> tuple[FacetValue, ...]:
    """The values of a facet that are of one name, without the name."""
    mark = with_detail(name, "")
    return tuple(
        FacetValue(value[len(mark) :], count)
        for value, count in counts.items()
        if value.startswith(mark)
    )


def _offices(
    searcher: Searcher,
    plan_of: PlanOf,
    found: EngineResult,
    name: str,
    timeline: Sequence[TimelineBucket],
) -> tuple[Office, ...]:
    offices = []
    # What is told once among many articles is most often somebody else's.
    least = 1 if found.groups < _MANY else max(_LEAST, found.groups // 500)
    held = [one for one in _details(found.facets[OFFICE], name) if one.count >= least]
    for one in held[:OFFICES]:
        value = with_detail(name, one.value)
        plan = replace(plan_of(_request({OFFICE: value})), interval=found.interval, limit=0)
        counts = searcher.search(plan).timeline
        years = [day.year for day in counts]
        offices.append(
            Office(
                one.value,
                value,
                one.count,
                min(years, default=None),
                max(years, default=None),
                tuple(counts.get(bucket.since, 0) for bucket in timeline),
            )
        )
    return tuple(sorted(offices, key=lambda one: (one.first or _NEVER, one.last or _NEVER)))


def _quotations(
    searcher: Searcher, plan: Plan, is_wanted: Callable[[str, str], bool]
) -> tuple[list[Quoted], int]:
    """One quotation of each of the newest articles of a plan, and how many articles there are."""
    found = searcher.search(replace(plan, limit=_LOOKED_AT, facets={}, has_timeline=False))
    quoted: dict[str, Quoted] = {}
    for record in searcher.records([hit.id for hit in found.hits]):
        if record is None:
            continue
        article, findings = decode_with_findings(record)
        text = current_text(article)
        for one in findings.quotations:
            said = text[one.start : one.end]
            # The same words are told in other articles as well.
            if said not in quoted and is_wanted(one.speaker, said):
                quoted[said] = Quoted(replace(article, body=""), one.speaker, said)
                break
        if len(quoted) == QUOTATIONS:
            break
    return list(quoted.values()), found.groups


def _holds(text: str, name: str) -> bool:
    syllables = " ".join(syllables_of(normalise(text)))
    return f" {' '.join(syllables_of(normalise(name)))} " in f" {syllables} "


def _beside(
    found: EngineResult, kind: str, everything: AllNames, *, own: str | None
) -> tuple[FacetValue, ...]:
    """The names that stand in more of the articles found than in others.

    Source: Dunning (1993). A name that is too rare for the list of all is no more frequent than here.
    """
    counts = {one: n for one, n in found.facets[kind].items() if n >= _LEAST and one != own}
    names, known = list(counts), everything.names[kind]
    ours = np.array([counts[one] for one in names], dtype=np.int64)
    whole = np.array([max(known.get(one, 0), counts[one]) for one in names], dtype=np.int64)
    rest = max(1, everything.total - found.groups)
    theirs = np.minimum(whole - ours, rest)
    scores = log_likelihood(ours, theirs, found.groups, rest)
    is_more = ours * rest > theirs * found.groups
    order = sorted(np.flatnonzero(is_more).tolist(), key=lambda at: (-scores[at], names[at]))
    return tuple(FacetValue(names[at], counts[names[at]]) for at in order[:BESIDE])


def _alike(names: Mapping[str, int], name: str) -> tuple[FacetValue, ...]:
    key = f" {fold(normalise(name))} "
    found = []
    for other, count in names.items():
        its = f" {fold(normalise(other))} "
        if other != name and (its.endswith(key) or key.endswith(its) or its.startswith(key)):
            found.append(FacetValue(other, count))
    return tuple(found[:ALIKE])
