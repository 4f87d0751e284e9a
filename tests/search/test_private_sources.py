"""Who may not see a private source is answered as if its articles were not in the archive at all."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.engine_factory import open_engine
from indexer.engines.capabilities import CanCompareVectors, HidesSources, capability, hide_sources
from indexer.errors import ArticleNotFoundError
from indexer.meanings.vector_table import VectorTable, key_of
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import Copies, SearchRequest

pytestmark = pytest.mark.embedded
PRIVATE = ("Hồ sơ nội bộ", "Ảnh riêng")
NOBODY: frozenset[str] = frozenset()
_FLOOD = (
    "Nước sông Hồng dâng nhanh trong đêm, huyện Bát Xát phải sơ tán hàng trăm hộ dân lên đồi cao."
)
_QUERIES = (
    "sông hồng",
    "lu lut",
    "thủ tướng",
    '"sơ tán"',
    "zirconi",
    "mat danh",
    "-lũ tỉnh",
    "nguồn:nội",
)


def records() -> list[dict[str, Any]]:
    """Articles of two papers, and of two private sources with words and names that are theirs alone."""
    made = []
    for number in range(24):
        source = ("Báo Sáng", "Báo Chiều", *PRIVATE)[number % 4]
        own = {
            PRIVATE[0]: "Mật danh zirconium, ông Trần Kín Đáo nói với tỉnh Lào Cai.",
            PRIVATE[1]: "Ảnh chụp cầu Phong Châu gãy, bà Ngô Bí Ẩn đứng xem.",
        }.get(source, "Thủ tướng Phạm Văn Xa đến tỉnh Lào Cai thăm dân.")
        made.append(
            {
                "id": f"bai{number:02}",
                "title": f"Lũ lụt ngày thứ {number} ở Lào Cai",
                # The same report in all papers: copies of each other over the borders of sources.
                "lead": _FLOOD if number < 4 else f"Tin số {number}.",
                "body": f"{_FLOOD}\n{own}\nNgày {number} có {number * 3} nhà bị ngập.",
                "published": f"2024-09-{number + 1:02}",
                "source": source,
                "author": f"Tác giả {source}",
            }
        )
    return made


def write_records(path: Path, articles: list[dict[str, Any]]) -> Path:
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in articles)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def hide(archive: Path, *names: str) -> None:
    engine = open_engine(archive)
    hide_sources(engine, frozenset(name.casefold() for name in names))
    engine.close()


def answers(archive: Archive, shown: frozenset[str] | None) -> Iterator[Any]:
    """Everything that a reader can be told, as far as it can be compared."""
    reader = archive.reader(shown=shown)
    yield reader.count(), reader.sources(), reader.stats()
    for query in ("", *_QUERIES):
        for copies in Copies:
            found = reader.search(SearchRequest(query, copies=copies, per_page=50))
            yield replace(found, took_ms=0)
    for typed in ("zir", "lu", "tran", "ngo bi", "mat d", "pham"):
        yield reader.suggest(typed)
    yield reader.newsroom.names()
    for one in records():
        if one["source"] not in PRIVATE:
            yield reader.related(one["id"]), reader.copies(one["id"]), reader.view(one["id"])


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """An archive of everything, and of what is public alone."""
    everything, public, file = tmp_path / "all", tmp_path / "public", tmp_path / "a.jsonl"
    index_sources(everything, [write_records(file, records())], workers=0)
    seen = [one for one in records() if one["source"] not in PRIVATE]
    index_sources(public, [write_records(file, seen)], workers=0)
    return everything, public


def test_what_is_hidden_is_as_if_it_were_not_there(both: tuple[Path, Path]) -> None:
    everything, public = both
    hide(everything, *PRIVATE)
    with Archive.open(everything) as hiding, Archive.open(public) as without:
        for got, expected in zip(answers(hiding, NOBODY), answers(without, None), strict=True):
            assert repr(got) == repr(expected)
        for one in records():
            if one["source"] in PRIVATE:
                with pytest.raises(ArticleNotFoundError):
                    hiding.reader(shown=NOBODY).article(one["id"])
        assert hiding.reader().count() == 24
        assert hiding.reader(shown=frozenset({PRIVATE[0].casefold()})).count() == 18


def test_articles_that_come_later_are_hidden_too(tmp_path: Path) -> None:
    """Also after updates, deletions, merges and when a paper's article moves to a private source."""
    archive, file = tmp_path / "a", tmp_path / "a.jsonl"
    index_sources(archive, [write_records(file, records()[:2])], workers=0)
    hide(archive, *PRIVATE)
    for size in range(2, 25):
        changed = [
            one | {"body": one["body"] + f" Lần {size}."} if number % 5 == 0 else one
            for number, one in enumerate(records()[:size])
        ]
        index_sources(archive, [write_records(file, changed)], workers=0)
        public = sum(one["source"] not in PRIVATE for one in changed)
        with Archive.open(archive) as opened:
            assert (opened.reader(shown=NOBODY).count(), opened.count()) == (public, size)
    moved = [
        one | {"source": "HỒ SƠ  Nội bộ"} if one["id"] == "bai00" else one for one in records()
    ]
    index_sources(archive, [write_records(file, moved)], workers=0)
    with Archive.open(archive) as opened:
        assert opened.reader(shown=NOBODY).count() == 11
    engine = open_engine(archive)
    hide_sources(engine, NOBODY)
    hiding = capability(engine, HidesSources)
    assert hiding
    assert not hiding.private_sources()
    engine.close()
    with Archive.open(archive) as opened:
        assert opened.reader(shown=NOBODY).count() == 24


def test_a_source_that_becomes_private_is_hidden_at_once(both: tuple[Path, Path]) -> None:
    archive = both[0]
    with Archive.open(archive) as opened, opened.kept_warm(shown=NOBODY, seconds=60):
        assert opened.reader(shown=NOBODY).count() == 24
        hide(archive, PRIVATE[0])
        assert opened.reader(shown=NOBODY).count() == 18
        hide(archive)
        # The watch has not looked yet: the reader of a moment ago still answers, and hides.
        assert opened.reader(shown=NOBODY).count() in (18, 24)
        hide(archive, *PRIVATE)
        assert opened.reader(shown=NOBODY).count() == 12
        assert not opened.reader(shown=NOBODY).search(SearchRequest("zirconium")).total


def test_articles_without_a_vector_are_counted_among_those_that_are_seen(
    both: tuple[Path, Path],
) -> None:
    engine = open_engine(both[0])
    searcher = engine.searcher()
    comparing = capability(searcher, CanCompareVectors)
    assert comparing is not None
    numbers = np.zeros((3, 384), dtype=np.int8)
    digests = {one.id: one.digest for one in searcher.origins()}
    keys = sorted(key_of(digests[f"bai{at:02}"]) for at in (0, 2, 3))
    table = VectorTable.of(np.array(keys, dtype=np.uint64), numbers, np.ones(3, dtype=np.float32))
    assert comparing.without_vector(table) == 21
    engine.close()
    hide(both[0], *PRIVATE)
    with Archive.open(both[0]) as opened:
        shown = capability(opened.reader(shown=NOBODY)._snapshot.searcher, CanCompareVectors)
        assert shown is not None
        assert shown.without_vector(table) == 11
