"""Results as JSON values: what `khobao search --json` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indexer.article import article_fields
from indexer.moments import moment_to_json
from search.article_results import ArticleVersion, RelatedStories, RelatedStory, SharedPassage
from search.coverage.coverage import SourceCoverage
from search.results import (
    ArchiveStats,
    ArticleCopy,
    FacetValue,
    Hit,
    PreferredPeriod,
    SearchResult,
    Snippet,
    Suggestion,
    TimelineBucket,
    VersionName,
)


def result_to_json(result: SearchResult) -> dict[str, Any]:
    """One page of results."""
    return {
        "query": result.query,
        "total": result.total,
        "total_all_words": result.total_all_words,
        "counts_all_words": result.counts_all_words,
        "articles": result.articles,
        "took_ms": round(result.took_ms, 2),
        "hits": [_hit(hit) for hit in result.hits],
        "facets": {name: _facet(values) for name, values in result.facets.items()},
        "interval": result.interval.value,
        "timeline": _timeline(result.timeline),
        "did_you_mean": result.did_you_mean,
        "accented": result.accented,
        "unknown_words": list(result.unknown_words),
        "reading": result.reading,
        "asking": list(result.asking),
        "period": _period(result.period),
        "by_meaning": result.by_meaning,
        "without_vectors": result.without_vectors,
        "unquoted": result.unquoted,
        "partial": result.is_partial,
        "problems": [
            {"issue": one.issue, "start": one.start, "end": one.end, "text": one.text}
            for one in result.problems
        ],
        "page": result.page,
        "pages": result.pages,
    }


def _period(period: PreferredPeriod | None) -> dict[str, str] | None:
    if period is None:
        return None
    return {
        "text": period.text,
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
    }


def stats_to_json(stats: ArchiveStats) -> dict[str, Any]:
    """Numbers about an archive."""
    return {
        "articles": stats.articles,
        "facets": {name: _facet(values) for name, values in stats.facets.items()},
        "timeline": _timeline(stats.timeline),
        **(_sources(stats) if stats.sources else {}),
    }


def _sources(stats: ArchiveStats) -> dict[str, Any]:
    return {
        "sources": [
            {
                "source": one.source,
                "articles": one.articles,
                **{f"with_{part}": count for part, count in one.having.items()},
            }
            for one in stats.sources
        ],
        "gaps": [
            {
                "source": one.source,
                "missing": part,
                "articles": one.articles - one.having[part],
                "of": one.articles,
            }
            for one, part in stats.gaps
        ],
    }


def coverage_to_json(covered: SourceCoverage) -> dict[str, Any]:
    """How an archive covers a source."""
    return {
        "source": covered.source,
        "articles": covered.articles,
        "undated": covered.undated,
        **{f"with_{part}": count for part, count in covered.having.items()},
        "since": moment_to_json(min(covered.days, default=None)),
        "until": moment_to_json(max(covered.days, default=None)),
        "years": [
            {
                "year": one.year,
                "articles": one.articles,
                "days_with_articles": one.days,
                "days_in_gaps": one.missing,
            }
            for one in covered.years
        ],
        "gaps": [
            {
                "since": one.since.isoformat(),
                "until": one.until.isoformat(),
                "found": one.found,
                "expected": one.expected,
                "kind": "gap" if one.is_empty else "drop",
            }
            for one in covered.gaps
        ],
        "days": {day.isoformat(): count for day, count in covered.days.items()},
    }


def suggestion_to_json(suggestion: Suggestion) -> dict[str, Any]:
    """One completion of a query."""
    return {**_snippet(suggestion.text), "id": suggestion.id}


def versions_to_json(versions: Sequence[ArticleVersion], *, with_files: bool) -> dict[str, Any]:
    """The versions of an article, the newest first.

    Args:
        with_files: whether the files are named that they came from.
    """
    return {"versions": [_version(one, with_files=with_files) for one in versions]}


def _version(version: ArticleVersion, *, with_files: bool) -> dict[str, Any]:
    fields = article_fields(version.article)
    path = fields.pop("path")
    return {
        **version_to_json(version.name),
        "replaced": moment_to_json(version.replaced),
        **({"file": version.origin or path} if with_files else {}),
        "article": {**fields, "digest": version.digest},
        "changes": [
            [{"kind": part.kind.value, "text": part.text} for part in line]
            for line in version.changes
        ],
    }


def related_to_json(related: RelatedStories) -> dict[str, Any]:
    """Related stories, grouped by their relation."""
    return {
        "links": [
            {"title": one.link.title, "url": one.link.url, "id": one.id} for one in related.links
        ],
        "cited_by": [_story(one) for one in related.cited_by],
        "same_story": [_story(one) for one in related.same_story],
        "similar": [_story(one) for one in related.similar],
        "copies": [copy_to_json(one) for one in related.copies],
        "passages": [_passage(one) for one in related.passages],
    }


def _passage(passage: SharedPassage) -> dict[str, Any]:
    return {
        "text": passage.text,
        "syllables": passage.syllables,
        "articles": [
            {
                "id": one.id,
                "title": one.title,
                "published": moment_to_json(one.published),
                "source": one.source,
                "is_this": one.is_this,
            }
            for one in passage.uses
        ],
    }


def _story(story: RelatedStory) -> dict[str, Any]:
    return {
        "id": story.id,
        "title": story.title,
        "published": moment_to_json(story.published),
        "source": story.source,
        "share": round(story.share, 4),
        "shared": list(story.shared),
        "days": story.days,
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "title": hit.title.text,
        "url": hit.url,
        "published": moment_to_json(hit.published),
        "source": hit.source,
        "section": hit.section,
        "score": round(hit.score, 4),
        "missing": list(hit.missing),
        "by_meaning": hit.by_meaning,
        "snippets": [_snippet(snippet) for snippet in hit.snippets],
        "also_in": list(hit.also_in),
        "copies": [copy_to_json(copy) for copy in hit.copies],
        **({"score_parts": _rounded(hit.parts)} if hit.parts else {}),
    }


def copy_to_json(copy: ArticleCopy) -> dict[str, Any]:
    """A copy of an article."""
    return {
        "id": copy.id,
        "title": copy.title,
        "url": copy.url,
        "published": moment_to_json(copy.published),
        "source": copy.source,
    }


def _rounded(parts: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in parts.items()}


def _snippet(snippet: Snippet) -> dict[str, Any]:
    version = snippet.version
    return {
        "text": snippet.text,
        "highlights": [list(span) for span in snippet.highlights],
        **({"version": version_to_json(version)} if version else {}),
    }


def version_to_json(version: VersionName) -> dict[str, Any]:
    """Which version of an article something is from."""
    return {"version": version.number, "date": moment_to_json(version.date)}


def _timeline(buckets: tuple[TimelineBucket, ...]) -> list[dict[str, Any]]:
    return [
        {
            "since": bucket.since.isoformat(),
            "until": bucket.until.isoformat(),
            "count": bucket.count,
        }
        for bucket in buckets
    ]


def _facet(values: tuple[FacetValue, ...]) -> list[dict[str, Any]]:
    return [{"value": value.value, "count": value.count} for value in values]
