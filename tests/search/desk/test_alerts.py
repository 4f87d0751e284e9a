"""Watches: each new article that a search finds is told once, whatever happens in between."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.errors import SourceError
from indexer.pipeline import index_sources
from search.archive import Archive
from search.desk import watch_store
from search.desk.alerts import look, run, tell
from search.desk.database import DeskDatabase
from search.desk.desk import Desk
from search.desk.dossiers import DossierError, entry_of
from search.desk.settings import AlertSettings, MailSettings, alert_settings
from search.desk.watch_store import WatchStore
from search.desk.watches import Every, clean_mail, clean_webhook
from search.requests import SearchRequest, Words
from tests.search.desk.receivers import hook, post

WORDS = ("lũ", "quét", "bão", "cầu", "gạo", "rừng", "trường", "U23")
QUERIES = (
    "lũ", "lu", "lũ quét", '"lũ quét"', "lũ OR bão", "lũ NOT bão", "lũ GẦN/2 bão", "tiêu_đề:tin lũ", "qu*",
    "u23", "từ:2016 lũ", "hồ_sơ:chọn lũ", "dài:<9", "không_có_từ_này", "(lũ", "",
)  # fmt: skip


class Place:
    """An archive that grows, and its desk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "archive"
        self._chance = random.Random(4)
        self._made = 0

    def grow(self, count: int) -> list[str]:
        """Index more articles; their ids."""
        file = self.folder / f"{self._made}.jsonl"
        ids = []
        with file.open("w", encoding="utf-8") as stream:
            for _ in range(count):
                held = self._chance.choices(WORDS, k=self._chance.randint(1, 5))
                ids.append(f"a{self._made}")
                record = {
                    "id": ids[-1], "title": f"Tin {self._made}", "body": f"{' '.join(held)} {self._made}",
                    "published": f"{self._chance.randint(2014, 2018)}-01-05", "source": "Báo Sông",
                }  # fmt: skip
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
                self._made += 1
        index_sources(self.path, [file], workers=0)
        return ids


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.grow(40)
    return place


@pytest.fixture
def archive(place: Place) -> Iterator[Archive]:
    with Archive.open(place.path) as archive:
        yield archive


def desk_of(archive: Archive) -> Desk:
    assert archive.desk is not None
    return archive.desk


def watch(archive: Archive, query: str, **how: str) -> int:
    desk = desk_of(archive)
    look(desk, archive.reader())
    every = Every(how.pop("every", "now"))
    return desk.watches.create("Tên", SearchRequest(query), every, **how).number


def test_a_watch_finds_what_the_search_finds_among_new_articles(
    place: Place, archive: Archive
) -> None:
    first = entry_of(archive.article("a3"), datetime.now(UTC))
    number = desk_of(archive).dossiers.create("chọn", "", [first]).number
    made = {query: watch(archive, query) for query in QUERIES}
    some = desk_of(archive).watches.create(
        "x", SearchRequest("lũ bão cầu", words=Words.ANY), Every.NOW
    )
    for _ in range(3):
        new = place.grow(30)
        chosen = entry_of(archive.article(new[0]), datetime.now(UTC))
        desk_of(archive).dossiers.add(number, [chosen])
        look(desk_of(archive), archive.reader())
        for query, at in made.items():
            found = {one.article for one in desk_of(archive).watches.matches(at)}
            request = SearchRequest(query, words=Words.ALL)
            every = {one.id for one in archive.results(request)}
            # What the dossier got later was there before.
            assert found.intersection(new) == every.intersection(new), query
            assert not found.intersection(f"a{n}" for n in range(40)), query
        found = {one.article for one in desk_of(archive).watches.matches(some.number)}
        any_of = {one.id for one in archive.results(SearchRequest("lũ bão cầu", words=Words.ANY))}
        assert found.intersection(new) == any_of.intersection(new)


def test_each_new_article_is_told_once(place: Place, archive: Archive) -> None:
    with hook() as told:
        watch(archive, "lũ", webhook=told.address)
        expected = []
        for _ in range(3):
            expected += place.grow(20)
            run(desk_of(archive), archive.reader(), AlertSettings("https://kho.example"))
            run(desk_of(archive), archive.reader(), AlertSettings())
        every = {one.id for one in archive.results(SearchRequest("lũ", words=Words.ALL))}
        assert sorted(told.articles()) == sorted(every.intersection(expected))
        assert len(told.got) == 3
        (_, body), *_ = told.got
        assert body["query"] == "lũ"
        assert body["count"] == len(body["articles"])
        assert body["articles"][0]["page"].startswith("https://kho.example/article/a")
        assert body["page"].startswith("https://kho.example/watch/")


def test_an_article_that_is_indexed_again_is_not_new(place: Place, archive: Archive) -> None:
    number = watch(archive, "tin")
    new = place.grow(5)
    assert look(desk_of(archive), archive.reader()) == (5, 5)
    index_sources(place.path, [place.folder / "40.jsonl"], workers=0, exclude=())
    assert look(desk_of(archive), archive.reader())[1] == 0
    assert [one.article for one in reversed(desk_of(archive).watches.matches(number))] == new


@pytest.mark.embedded
def test_what_is_not_taken_is_tried_again(place: Place, archive: Archive) -> None:
    desk = desk_of(archive)
    with hook() as told:
        number = watch(archive, "tin", webhook=told.address)
        place.grow(4)
        for status in (500, 302, 404):
            told.status = status
            report = run(desk, archive.reader(), AlertSettings())
            assert (report.sent, len(report.failed)) == (0, 1)
            assert str(status) in desk.watches.watch(number).error
        told.status = 200
        place.grow(2)
        assert run(desk, archive.reader(), AlertSettings()).sent == 2
        assert len(told.articles()) == 6
        assert desk.watches.watch(number).error == ""
    place.grow(1)
    ((_, fault),) = run(desk, archive.reader(), AlertSettings()).failed
    assert "refused" in fault


@pytest.mark.embedded
def test_mail(place: Place, archive: Archive) -> None:
    with post() as box:
        settings = AlertSettings(
            "", (), MailSettings("127.0.0.1", "kho@bao.example", box.port, "none")
        )
        watch(archive, "tin", mail="ban@toasoan.example")
        place.grow(120)
        assert run(desk_of(archive), archive.reader(), settings).sent == 1
        (mail,) = box.got
    assert mail["Subject"] == "Tên: 120 bài mới"
    assert mail["To"] == "ban@toasoan.example"
    text = mail.get_content()
    assert text.count("Báo Sông") == 100
    assert "và 20 bài nữa" in text
    place.grow(1)
    ((_, fault),) = run(desk_of(archive), archive.reader(), AlertSettings()).failed
    assert "alerts.mail" in fault


@pytest.mark.embedded
def test_how_often(place: Place) -> None:
    clock = [datetime(2026, 11, 27, 8, tzinfo=UTC)]
    desk = Desk(place.path)
    desk.watches = WatchStore(DeskDatabase(place.path), lambda: clock[0])
    with Archive.open(place.path) as archive, hook() as told:
        look(desk, archive.reader())
        for every in Every:
            address = f"{told.address}{every}"
            desk.watches.create(every, SearchRequest("tin"), every, address)
        counts = []
        for hours in (0, 0.5, 0.6, 12, 13):
            place.grow(2)
            clock[0] += timedelta(hours=hours)
            before = len(told.got)
            run(desk, archive.reader(), AlertSettings())
            counts.append(sorted(body["watch"] for _, body in told.got[before:]))
        assert counts == [
            ["day", "hour", "now"], ["now"], ["hour", "now"], ["hour", "now"], ["day", "hour", "now"],
        ]  # fmt: skip
        sent = dict.fromkeys(Every, 0)
        for _, body in told.got:
            sent[Every(body["watch"])] += body["count"]
        assert set(sent.values()) == {10}


@pytest.mark.embedded
def test_a_killed_run_loses_nothing_and_tells_nothing_twice(place: Place, archive: Archive) -> None:
    chance = random.Random(9)
    expected: list[str] = []
    with hook() as told:
        told.pause = 0.02
        for query in ("tin", "lũ", "bão"):
            watch(archive, query, webhook=f"{told.address}{len(query)}")
        command = [sys.executable, "-m", "khobao", "alerts", "--archive", str(place.path), "--follow", "--seconds", "0.1"]  # fmt: skip
        for _ in range(5):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            assert process.stdout is not None
            expected += place.grow(10)
            process.stdout.readline()
            time.sleep(chance.random() * 0.2)
            process.kill()
            process.communicate()
        run(desk_of(archive), archive.reader(), AlertSettings())
    bodies = dict(told.got)
    for key, body in told.got:
        assert body == bodies[key]
    for query in ("tin", "lũ", "bão"):
        every = {one.id for one in archive.results(SearchRequest(query, words=Words.ALL))}
        got = [
            one["id"]
            for body in bodies.values()
            if body["query"] == query
            for one in body["articles"]
        ]
        assert sorted(got) == sorted(every.intersection(expected))


@pytest.mark.embedded
def test_two_runs_at_once_tell_once(place: Place, archive: Archive) -> None:
    with hook() as told:
        told.pause = 0.3
        watch(archive, "tin", webhook=told.address)
        place.grow(3)
        command = [sys.executable, "-m", "khobao", "alerts", "--archive", str(place.path), "--json"]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
        said = [json.loads(one.communicate()[0]) for one in both]
    assert len(told.got) == 1
    assert sorted(one["sent"] for one in said) == [0, 1]


@pytest.mark.embedded
def test_old_matches_go_but_none_that_is_untold(
    place: Place, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_store, "KEPT", 3)
    with hook() as told:
        quiet, loud = watch(archive, "tin"), watch(archive, "tin", webhook=told.address)
        told.status = 500
        for _ in range(2):
            place.grow(4)
            run(desk_of(archive), archive.reader(), AlertSettings())
        store = desk_of(archive).watches
        assert [len(store.matches(one)) for one in (quiet, loud)] == [3, 8]
        told.status = 200
        assert tell(desk_of(archive), AlertSettings()).sent == 2
        assert len(told.articles()) == 8


@pytest.mark.embedded
def test_a_webhook_that_comes_later_is_told_what_comes_later(
    place: Place, archive: Archive
) -> None:
    number = watch(archive, "tin")
    place.grow(3)
    run(desk_of(archive), archive.reader(), AlertSettings())
    with hook() as told:
        desk_of(archive).watches.change(number, "Khác", Every.NOW, told.address, "")
        new = place.grow(2)
        run(desk_of(archive), archive.reader(), AlertSettings())
        assert sorted(told.articles()) == sorted(new)
    store = desk_of(archive).watches
    assert (store.watch(number).new, store.watch(number).total) == (5, 5)
    assert store.see(number) == 0
    assert store.watch(number).new == 0


@pytest.mark.parametrize(
    "address", ["ftp://a.example/", "javascript:x", "https://", "https://a b/", "http://[", "https://a:x/", "a"]
)  # fmt: skip
def test_no_webhook(address: str) -> None:
    with pytest.raises(DossierError):
        clean_webhook(address)


def test_what_settings_allow() -> None:
    assert clean_webhook("https://a.example/x", ("https://a.example/",)) == "https://a.example/x"
    with pytest.raises(DossierError):
        clean_webhook("https://b.example/", ("https://a.example/",))
    assert clean_mail("b@a.example", ("@a.example",)) == "b@a.example"
    for address in ("b@evil.example", "b", "a@b\r\nBcc: c@d.example", "a@b, c@a.example"):
        with pytest.raises(DossierError):
            clean_mail(address, ("@a.example",))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[alerts", "TOML"),
        ("[alerts]\nwebhook = 'x'", "nothing else"),
        ("[alerts]\naddress = 'kho'", "address"),
        ("[alerts]\naddress = 'https://['", "address"),
        ("[alerts]\nwebhooks = ['https://[/']", "slash"),
        ("[alerts]\nwebhooks = ['https://a.example']", "slash"),
        ("[alerts]\nwebhooks = 'x'", "list"),
        ("[alerts.mail]\nhost = 'x'", "from"),
        ("[alerts.mail]\nhost = 'x'\nfrom = 'a@b'\nsecurity = 'ssl'", "security"),
        ("[alerts.mail]\nhost = 'x'\nfrom = 'a@b'\nport = 'y'", "port"),
        ("[alerts.mail]\nhost = 'x'\nfrom = 'a@b'\nto = ['b']", "ends"),
    ],
)  # fmt: skip
def test_faults_of_settings(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "khobao.toml").write_text(text, "utf-8")
    with pytest.raises(SourceError, match=fault):
        alert_settings(tmp_path / "archive")
