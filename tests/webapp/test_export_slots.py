"""Exports leave searches their threads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask

from indexer.pipeline import index_sources
from search.archive import Archive
from search.reader import ArchiveReader
from webapp import create_app, export_slots, exports
from webapp.export_slots import ExportSlots, Slot


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(export_slots, "PATIENCE", 0.1)
    records = [{"id": f"a{n}", "title": f"Lũ lớn số {n}", "body": "Nước lên."} for n in range(300)]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    index_sources(tmp_path / "archive", [tmp_path / "x.jsonl"], workers=0)
    with Archive.open(tmp_path / "archive") as archive:
        yield create_app(archive)


def from_address(number: int) -> dict[str, str]:
    return {"REMOTE_ADDR": f"10.0.0.{number}"}


def test_few_exports_are_written_at_once_and_others_are_told_when_to_come_again(app: Flask) -> None:
    client = app.test_client()
    held = [client.get("/export.csv?q=", environ_base=from_address(n)) for n in range(2)]
    assert [one.status_code for one in held] == [200, 200]
    refused = client.get("/export.csv?q=", environ_base=from_address(3))
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "10"
    assert "Đang có nhiều lượt xuất" in refused.get_data(as_text=True)
    english = client.get("/export.csv?q=&lang=en", environ_base=from_address(3))
    assert "Many exports are being written" in english.get_data(as_text=True)
    assert client.get("/search?q=l%C5%A9").status_code == 200
    held[0].close()
    assert client.get("/export.csv?q=", environ_base=from_address(3)).status_code == 200


def test_an_address_has_one_export_at_a_time(app: Flask) -> None:
    client = app.test_client()
    held = client.get("/export.jsonl?q=", environ_base=from_address(1))
    assert client.get("/export.jsonl?q=", environ_base=from_address(1)).status_code == 503
    assert client.get("/export.jsonl?q=", environ_base=from_address(2)).status_code == 200
    held.close()


def test_a_few_chosen_articles_wait_for_nobody(app: Flask) -> None:
    client = app.test_client()
    held = [client.get("/export.csv?q=", environ_base=from_address(n)) for n in range(2)]
    for number in (1, exports.FEW):
        path = "/export.jsonl?" + "&".join(f"id=a{n}" for n in range(number))
        chosen = [client.get(path, environ_base=from_address(0)) for _ in range(4)]
        assert [one.status_code for one in chosen] == [200] * 4
        assert chosen[0].get_data().count(b"\n") == number
        assert client.get("/export.csv?q=", environ_base=from_address(3)).status_code == 503
    more = f"{path}&id=a200"
    assert client.get(more, environ_base=from_address(3)).status_code == 503
    for one in held:
        one.close()
    assert client.get(more, environ_base=from_address(3)).get_data().count(b"\n") == number + 1


@pytest.mark.parametrize("path", ["/export.csv?q=", "/export.xyz?q=", "/export.csv?id=none"])
def test_an_export_that_ends_anyhow_gives_its_place_back(app: Flask, path: str) -> None:
    client = app.test_client()
    for _ in range(5):
        client.get(path).close()
        client.head(path).close()
    assert client.get("/export.csv?q=").status_code == 200


def test_an_export_that_fails_gives_its_place_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    with monkeypatch.context() as patched:

        def fail(*_: object) -> None:
            raise RuntimeError("no")

        patched.setattr(ArchiveReader, "results", fail)
        for _ in range(5):
            assert client.get("/export.csv?q=").status_code == 500
    assert client.get("/export.csv?q=").status_code == 200


def test_who_waits_a_little_gets_the_place_that_becomes_free() -> None:
    slots = ExportSlots(threads=4)
    first = slots.take("a")
    assert first
    found: list[Slot | None] = []
    waits = Thread(target=lambda: found.append(slots.take("b")))
    waits.start()
    while not slots._waiting:
        pass
    # Nobody else may wait: that would take the last threads.
    assert not slots.take("c")
    first.give_back()
    first.give_back()
    waits.join(10)
    assert found[0]
    assert not slots.take("a")
    found[0].give_back()
    assert slots.take("a")


def test_a_server_of_one_thread_writes_exports_as_well() -> None:
    slots = ExportSlots(threads=1)
    first = slots.take("a")
    assert first
    assert not slots.take("b")
    first.give_back()
    assert slots.take("b")
