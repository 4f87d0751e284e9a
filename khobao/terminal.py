"""Output of the commands for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from textwrap import shorten

import click

from indexer.article import Article
from indexer.documents import PARTS
from indexer.language.cleaning import json_text, printable
from indexer.moments import Moment, in_vietnam, moment_to_json, vietnam_day
from indexer.parsing import Listed, Parsed, PassedOver, UnreadKeys, Untitled, unread_fault
from indexer.parsing.evidence import Seen
from indexer.stages import WAITING
from search.article_results import ArticleVersion, ChangeKind, RelatedStories
from search.coverage.coverage import SourceCoverage
from search.presentation.wording import describe
from search.profiling import Profile
from search.requests import PAGE_SIZE
from search.results import ArchiveStats, Hit, SearchResult, Snippet

_PASSAGE = 240
"""Characters of a passage that are shown."""
_UNQUOTED = "Không bài nào có đúng các cụm trong ngoặc kép, nên đã tìm từng từ."
_UNSIGNED = "Không bài nào khớp khi hiểu dấu trừ, dấu cộng là lệnh, nên đã tìm từng từ."
_PARTS = {"date": "ngày", "author": "tác giả", "section": "chuyên mục", "lead": "sapo"}
_MISSING = {
    "date": "Không có ngày",
    "author": "Không có tác giả",
    "section": "Không có chuyên mục",
    "lead": "Không có sapo",
}


def print_article(article: Article) -> None:
    """Show an article as text, for people."""
    click.secho(article.title, bold=True)
    facts = [article.source, article.section, article.author]
    facts.insert(0, printed_moment(article.published))
    click.echo(" · ".join(fact for fact in facts if fact) or "(không có ngày, không có nguồn)")
    if article.credit:
        click.echo(f"Theo {', '.join(article.credit)}")
    for paragraph in (article.lead, *article.paragraphs):
        if paragraph:
            click.echo(f"\n{paragraph}")
    if article.related_links:
        click.echo("\nTin liên quan:")
    for link in article.related_links:
        click.echo(f"- {link.title}" + (f" <{link.url}>" if link.url else ""))


def print_profile(profile: Profile, *, as_json: bool) -> None:
    """Show where the time of a search goes."""
    rows = {**profile.stages, "whole search": profile.whole}
    if as_json:
        click.echo(json_text({name: asdict(times) for name, times in rows.items()}))
        return
    whole = profile.whole.median or 1.0
    click.echo(f"{'ms':28} {'first':>8} {'median':>8} {'share':>6}")
    for name, times in rows.items():
        share = 100 * times.median / whole
        click.echo(f"{name:28} {times.first:8.2f} {times.median:8.2f} {share:5.0f} %")


def print_run_profile(seconds: Mapping[str, float], whole: float) -> None:
    """Show which work of an indexing run took how long, on stderr.

    Args:
        seconds: of each stage, in all processes together; waiting is no work.
        whole: seconds from the run's beginning to its end.
    """
    work = sum(its for name, its in seconds.items() if name != WAITING) or 1.0
    click.echo(f"{'seconds':28} {'all':>8} {'share':>6}", err=True)
    for name, its in sorted(seconds.items(), key=lambda one: -one[1]):
        share = "" if name == WAITING else f"{100 * its / work:4.0f} %"
        click.echo(f"{name:28} {its:8.2f} {share}", err=True)
    click.echo(f"{'the whole run':28} {whole:8.2f}", err=True)


_CHANGES = {ChangeKind.SAME: "{}", ChangeKind.ADDED: "{{+{}+}}", ChangeKind.REMOVED: "[-{}-]"}
"""How changed words are written, as `git diff --word-diff` does."""


def print_versions(versions: Sequence[ArticleVersion]) -> None:
    """Show the versions of an article, the newest first, with the changes marked word by word."""
    for version in versions:
        date = printed_moment(version.name.date) or "không rõ ngày"
        click.secho(f"Phiên bản {version.name.number} ({date})", bold=True)
        facts = [version.article.url, printable(version.origin or version.article.path)]
        if version.replaced is not None:
            facts.append(f"được thay lúc {printed_moment(version.replaced)}")
        click.secho(" · ".join(fact for fact in facts if fact), dim=True)
        if version.changes:
            for line in version.changes:
                click.echo("".join(_CHANGES[part.kind].format(part.text) for part in line))
        else:
            print_article(version.article)
        click.echo("")


def complain(parsed: Parsed) -> bool:
    """Print the fault of a file or record that is no article; returns whether it was a fault."""
    if isinstance(parsed, Article):
        return False
    if isinstance(parsed, PassedOver):
        click.echo(f"khobao: {printable(parsed.address)}: not read: {parsed.kind}", err=True)
        return False
    if isinstance(parsed, Listed):
        facts = (parsed.url, printed_moment(parsed.published), parsed.source, *parsed.tags)
        line = printable(" · ".join(filter(None, facts)))
        click.echo(f"khobao: {printable(parsed.address)}: lists {line}", err=True)
        return False
    if isinstance(parsed, Untitled):
        click.echo(f"khobao: {parsed}", err=True)
        return False
    fault = (
        unread_fault(parsed.path, dict(parsed.keys)) if isinstance(parsed, UnreadKeys) else parsed
    )
    click.echo(f"khobao: {fault}", err=True)
    return True


def print_evidence(seen: Sequence[Seen], as_json: bool) -> None:
    """Print the evidence for each field of an article; a star marks the winner."""
    field = ""
    for one in seen:
        if as_json:
            click.echo(json_text(asdict(one)))
            continue
        if one.field != field:
            click.secho(one.field, bold=True)
            field = one.field
        star = "*" if one.chosen else " "
        click.echo(f"{star} {one.weight:6.1f}  {one.value}\n          {one.place}: {one.reason}")


def counted_articles(count: int) -> str:
    """A number of articles in English, as the commands for operators say it."""
    return f"{count:,} article{'' if count == 1 else 's'}"


def print_result(result: SearchResult) -> None:
    """Print one page of results; faults of the query go to stderr."""
    for problem in result.problems:
        click.echo(f"khobao: {describe(problem)}", err=True)
    if result.unquoted:
        click.echo(_UNQUOTED if result.had_quotes else _UNSIGNED)
    if result.reading:
        click.echo(f"Được đọc là: {result.reading}")
    if result.asking:
        click.echo(f"Từ để hỏi, không tính khi tìm: {', '.join(result.asking)}")
    if result.by_meaning is not None:
        click.echo(f"Tìm theo cả nghĩa: {result.by_meaning} bài chỉ gần nghĩa")
        if result.without_vectors:
            click.echo(f"Chưa tìm theo nghĩa được: {result.without_vectors} bài")
    if result.period:
        click.echo(f"Xếp lên trước bài của: {result.period.text}")
    if result.unknown_words:
        click.echo(f"Không bài nào có: {', '.join(result.unknown_words)}")
    if result.did_you_mean:
        click.echo(f"Được hiểu là: {result.did_you_mean}")
    if result.accented:
        click.echo(f"Có dấu: {result.accented}")
    copies = f" (tính cả bài đăng lại: {result.articles})" if result.articles > result.total else ""
    click.echo(
        f"{result.total} bài{copies}, {result.total_all_words} bài có mọi từ ({result.took_ms:.0f} ms)"
    )
    for number, hit in enumerate(result.hits, PAGE_SIZE * (result.page - 1) + 1):
        click.echo("")
        _print_hit(number, hit)


def _print_hit(number: int, hit: Hit) -> None:
    click.echo(f"{number}. {marked(hit.title)}")
    day = printed_day(hit.published)
    click.secho(
        "   " + " · ".join(x for x in (day, hit.source, hit.section, hit.id) if x), dim=True
    )
    for snippet in hit.snippets:
        version = snippet.version
        older = ""
        if version:
            date = printed_day(version.date)
            older = f"[phiên bản {version.number}{f', {date}' if date else ''}] "
        click.echo(f"   {older}{marked(snippet)}")
    for copy in hit.copies:
        facts = (printed_day(copy.published), copy.source, copy.id)
        click.secho(f"   Cũng đăng: {' · '.join(x for x in facts if x)}", dim=True)
    if hit.by_meaning:
        click.secho("   Gần nghĩa, không có đủ từ", dim=True)
    elif hit.missing:
        click.secho(f"   Không có: {', '.join(hit.missing)}", dim=True)
    if hit.parts:
        parts = sorted(hit.parts.items(), key=lambda part: -abs(part[1]))
        click.echo(
            f"   {hit.score:.2f} = " + " ".join(f"{value:+.2f} {name}" for name, value in parts)
        )


def printed_moment(moment: Moment | None) -> str | None:
    """A moment by the clock of Việt Nam, as the web pages show it."""
    if isinstance(moment, datetime):
        return in_vietnam(moment).isoformat()
    return moment_to_json(moment)


def printed_day(moment: Moment | None) -> str | None:
    """The day in Việt Nam, or the month or year where no day is known."""
    day = vietnam_day(moment)
    return moment_to_json(moment) if day is None else day.isoformat()


def marked(snippet: Snippet) -> str:
    """Text with its hits in bold."""
    parts, at = [], 0
    for start, end in snippet.highlights:
        parts += [snippet.text[at:start], click.style(snippet.text[start:end], bold=True)]
        at = end
    return "".join((*parts, snippet.text[at:]))


def print_related(related: RelatedStories) -> None:
    """Show the stories related to an article, by why they are."""
    if related.copies:
        click.secho("Bài này ở các báo", bold=True)
    for copy in related.copies:
        click.echo(f"- {copy.title}")
        _print_facts(copy.id, printed_moment(copy.published), copy.source)
    if related.passages:
        click.secho("Đoạn trùng với bài khác", bold=True)
    for passage in related.passages:
        click.echo(f"- “{shorten(passage.text, _PASSAGE, placeholder='…')}”")
        for one in passage.uses:
            note = "(bài này)" if one.is_this else ""
            _print_facts(printed_moment(one.published), one.source, one.title, one.id, note)
    if related.links:
        click.secho("Bài này dẫn", bold=True)
    for link in related.links:
        click.echo(f"- {link.link.title}")
        click.echo(f"  {link.id or link.link.url or '(không có trong kho)'}")
    groups = (
        ("Được dẫn trong", related.cited_by),
        ("Cùng vụ việc, theo thời gian", related.same_story),
        ("Bài tương tự", related.similar),
    )
    for heading, stories in groups:
        if stories:
            click.secho(heading, bold=True)
        for story in stories:
            click.echo(f"- {story.title}")
            shared = ", ".join(story.shared)
            _print_facts(story.id, printed_moment(story.published), story.source, shared)


def _print_facts(*facts: str | None) -> None:
    click.echo("  " + " · ".join(filter(None, facts)))


def print_coverage(covered: Sequence[SourceCoverage], failures: int) -> None:
    """Show what can be found of each source: its years, and where too few articles are."""
    for source in covered:
        click.secho(f"{source.source or '(không có nguồn)'}: {source.articles} bài", bold=True)
        shares = (
            f"{label} {100 * source.having[part] // max(source.articles, 1)}%"
            for part, label in _PARTS.items()
        )
        click.echo("  có " + ", ".join(shares))
        for year in source.years:
            missing = f", thiếu {year.missing} ngày" if year.missing else ""
            click.echo(f"  {year.year}: {year.articles:7} bài trong {year.days:3} ngày{missing}")
        for gap in source.gaps:
            kind = "trống" if gap.is_empty else "sụt"
            click.echo(
                f"  ! {kind} {printed_day(gap.since)} – {printed_day(gap.until)}:"
                f" {gap.found} bài, thường có {gap.expected:.0f}"
            )
        if source.undated:
            click.echo(f"  {source.undated} bài không rõ ngày, không có trong các số trên")
        click.echo("")
    if failures:
        click.echo(f"{failures} chỗ trong tệp nguồn chưa đọc được: khobao failures")


def print_stats(stats: ArchiveStats) -> None:
    """Show numbers about an archive."""
    click.echo(f"{stats.articles} bài")
    if stats.sources:
        click.echo("\nNguồn:  (có ngày, tác giả, chuyên mục, sapo)")
    for source in stats.sources:
        shares = " ".join(f"{100 * source.having[part] // source.articles:3}%" for part in PARTS)
        click.echo(f"{source.articles:8} {shares}  {source.source or '(không có nguồn)'}")
    for source, part in stats.gaps:
        missing = source.articles - source.having[part]
        name = source.source or "(không có nguồn)"
        click.echo(f"! {_MISSING[part]} ở {missing} trong {source.articles} bài của {name}")
    if stats.facets["section"]:
        click.echo("\nChuyên mục:")
    for one in stats.facets["section"]:
        click.echo(f"{one.count:8} {one.value}")
    if stats.timeline:
        click.echo("\nNăm:")
    for bucket in stats.timeline:
        click.echo(f"{bucket.count:8} {bucket.since.year}")
