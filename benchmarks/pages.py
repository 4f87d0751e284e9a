"""How right, and how fast, saved pages are read: fields of labelled pages, beside trafilatura in the same run.

    python -m benchmarks.pages --pages FOLDER --labels FILE

A label is a JSON object a line: ``file``; ``kind`` (``article`` or ``front``); for articles ``title``, ``lead``,
``body_first``, ``body_last`` (text or a list of accepted texts), ``published``, ``author``, ``not_in_body``, and
where known ``related_count``, ``section`` and ``source`` (accepted names), ``tags_count``.
"""

from __future__ import annotations

import json
import re
import statistics
import time
import unicodedata
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from indexer.article import Article, article_fields
from indexer.errors import ParseError
from indexer.parsing.html import parse_html

Fields = Mapping[str, Any]
"""What a reader gives of a page, as `article_fields` names it; empty where it refuses the page."""
RUNS = 5


def our_article(data: bytes, name: str) -> Article | None:
    """The article that Kho Báo reads; None where it refuses the page."""
    try:
        return parse_html(data, name)
    except ParseError:
        return None


def their_document(data: bytes, _name: str) -> Any:
    """The document that trafilatura reads, with its dates, names and tags."""
    import trafilatura

    return trafilatura.bare_extraction(data, include_comments=False, with_metadata=True)


def ours(data: bytes, name: str) -> Fields:
    """Kho Báo."""
    article = our_article(data, name)
    return article_fields(article) if article is not None else {}


def theirs(data: bytes, name: str) -> Fields:
    """trafilatura."""
    found = their_document(data, name)
    if not found:
        return {}
    return {
        "title": found.title,
        "lead": found.description,
        "body": found.text or "",
        "published": found.date,
        "author": found.author,
        "source": found.sitename,
        "section": ", ".join(found.categories or ()),
        "tags": list(found.tags or ()),
        "related_links": [],
    }


def _norm(text: object) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()) if isinstance(text, str) else ""


def _many(value: object) -> list[str]:
    return [_norm(one) for one in (value if isinstance(value, list) else [value])]


def checks(label: Fields, found: Fields) -> Iterator[tuple[str, bool]]:
    """Each field of a page that has a label, and whether it came out right."""
    if label["kind"] == "front":
        yield "front refused", not found
        return
    body, published = _norm(found.get("body")), found.get("published") or ""
    titles = _many(label["title"]) + _many(label.get("title_also") or [])
    yield "title", _norm(found.get("title")) in titles
    if label.get("lead"):
        yield (
            "lead",
            any(_norm(found.get("lead")).startswith(one[:45]) for one in _many(label["lead"])),
        )
    want = label.get("published") or ""
    missing = bool(label.get("published_optional")) and not published
    yield "published", published[:10] == want[:10] or missing
    if "T" in want:
        yield "time", published[:16] == want[:16]
    author = _norm(found.get("author")).casefold()
    names = re.split(r"\s+-\s+|[,;/]", label["author"]) if label.get("author") else []
    yield "author", all(_norm(one).casefold() in author for one in names) if names else not author
    yield "body start", any(one[:45] in body[:400] for one in _many(label["body_first"]))
    yield "body end", any(one[-45:] in body[-500:] for one in _many(label["body_last"]))
    yield "no junk", bool(body) and not any(_norm(one) in body for one in label["not_in_body"])
    yield from _counted(label, found)


def _counted(label: Fields, found: Fields) -> Iterator[tuple[str, bool]]:
    for name, count in (("related_links", "related_count"), ("tags", "tags_count")):
        if label.get(count):
            yield name, abs(len(found.get(name) or []) - label[count]) <= 1
    for name in ("section", "source"):
        if label.get(name):
            value = _norm(found.get(name)).casefold()
            yield name, any(_norm(one).casefold() in value for one in label[name])


def score(
    read: Callable[[bytes, str], Fields], labels: list[Fields], pages: Mapping[str, bytes]
) -> dict[str, tuple[int, int]]:
    """Field -> how many are right, of how many."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for label in labels:
        for field, right in checks(label, read(pages[label["file"]], label["file"])):
            counts[field].append(right)
    return {field: (sum(found), len(found)) for field, found in counts.items()}


def rates(pages: Mapping[str, bytes], readers: list[Callable[[bytes, str], Any]]) -> list[float]:
    """Pages a second on one core: the median of several rounds, the readers in turn.

    Each has a process of its own, as at its user's: what one leaves in memory slows the other by a twentieth.
    """
    seconds: list[list[float]] = [[] for _ in readers]
    with ExitStack() as stack:
        homes = [
            stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn")))
            for _ in readers
        ]
        for round_ in range(RUNS + 1):
            for found, home, read in zip(seconds, homes, readers, strict=True):
                taken = home.submit(_seconds, read, pages).result()
                # The first loads tables and modules.
                if round_:
                    found.append(taken)
    return [len(pages) / statistics.median(found) for found in seconds]


def _seconds(read: Callable[[bytes, str], Any], pages: Mapping[str, bytes]) -> float:
    start = time.perf_counter()
    for name, data in pages.items():
        read(data, name)
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    options = parser.parse_args()
    labels = [json.loads(line) for line in options.labels.read_text("utf-8").splitlines() if line]
    pages = {label["file"]: (options.pages / label["file"]).read_bytes() for label in labels}
    own, other = (score(read, labels, pages) for read in (ours, theirs))
    print(f"{len(pages)} pages of {sum(map(len, pages.values())) / len(pages) / 1000:.0f} KB")
    print("| field | Kho Báo | trafilatura |\n| --- | --- | --- |")
    for field, (right, of) in own.items():
        print(f"| {field} | {right}/{of} | {other[field][0]}/{other[field][1]} |")
    totals = [[sum(one[at] for one in found.values()) for at in (0, 1)] for found in (own, other)]
    print(
        "| all | " + " | ".join(f"{right}/{of} = {right / of:.2f}" for right, of in totals) + " |"
    )
    mine, its = rates(pages, [our_article, their_document])
    print(f"| pages a second, one core | {mine:.1f} | {its:.1f} (ours: {mine / its:.1f} times) |")


if __name__ == "__main__":
    main()
