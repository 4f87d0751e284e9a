"""The versions of an article: their names, and the changes from each to the next, word by word."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher

from indexer.article import Article, article_digest, earlier_lines
from indexer.language.analysis import current_text
from indexer.moments import Moment
from search.article_results import ArticleVersion, Change, ChangeKind
from search.results import VersionName

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def older_lines(article: Article) -> list[tuple[int, VersionName]]:
    """Where the lines that only older versions have begin in `searched_text`, and whose they are."""
    if not article.versions:
        return []
    begin = len(current_text(article))
    found = []
    for line, index in earlier_lines(article):
        found.append((begin, _name(article, index)))
        begin += len(line) + 1
    return found


def _name(article: Article, index: int) -> VersionName:
    """The name of a version by its place in `Article.versions`."""
    return VersionName(len(article.versions) - index, date_of(article.versions[index].article))


def date_of(article: Article) -> Moment | None:
    """When a content was there: captured, else changed or published."""
    return article.captured or article.updated or article.published


def versions_of(article: Article) -> tuple[ArticleVersion, ...]:
    """The versions of an article, the newest first, each with its changes from the one before.

    Contents that differ in neither headline nor text are one version, that of the first.
    """
    newest = replace(article, versions=())
    contents = [(newest, "", None)] + [
        (one.article, one.origin, one.replaced) for one in article.versions
    ]
    found: list[ArticleVersion] = []
    before: Article | None = None
    for number, (content, origin, replaced) in enumerate(reversed(contents), 1):
        if before is None or _text(content) != _text(before):
            found.append(
                ArticleVersion(
                    VersionName(number, date_of(content)),
                    content,
                    article_digest(content),
                    origin,
                    replaced,
                    changes(before, content) if before else (),
                )
            )
            before = content
        else:
            found[-1] = replace(found[-1], replaced=replaced)
    return tuple(reversed(found))


def _text(article: Article) -> tuple[str, str, str]:
    return article.title, article.lead, article.body


def changes(before: Article, after: Article) -> tuple[tuple[Change, ...], ...]:
    """What changed from a content to the next, line by line: the parts of each line, in order."""
    old, new = ([one.title, one.lead, *one.paragraphs] for one in (before, after))
    lines: list[tuple[Change, ...]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [(Change(ChangeKind.SAME, line),) for line in old[a:b] if line]
            continue
        paired = min(b - a, d - c)
        lines += [
            _of_line(*pair) for pair in zip(old[a : a + paired], new[c : c + paired], strict=True)
        ]
        lines += [(Change(ChangeKind.REMOVED, line),) for line in old[a + paired : b] if line]
        lines += [(Change(ChangeKind.ADDED, line),) for line in new[c + paired : d] if line]
    return tuple(line for line in lines if line)


def _of_line(before: str, after: str) -> tuple[Change, ...]:
    """The parts of a line that was changed, word by word."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    parts: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(Change(ChangeKind.SAME, "".join(old[a:b])))
            continue
        if b > a:
            parts.append(Change(ChangeKind.REMOVED, "".join(old[a:b])))
        if d > c:
            parts.append(Change(ChangeKind.ADDED, "".join(new[c:d])))
    return tuple(parts)
