"""Watches as a reporter meets them: made from a search, looked at, fed, told, guarded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from indexer.pipeline import index_sources
from search.archive import Archive
from search.desk.alerts import look, run
from search.desk.settings import AlertSettings
from tests.search.desk.receivers import hook
from tests.webapp.forms import page, send
from webapp import create_app
from webapp.operations import Settings

ATOM = "{http://www.w3.org/2005/Atom}"


def grow(folder: Path, *titles: str, source: str = "Báo Sông") -> None:
    """Index articles with these titles, which are their ids as well."""
    file = folder / f"{len(list(folder.glob('*.jsonl')))}.jsonl"
    records = (
        {
            "id": title.replace(" ", "-"),
            "title": title,
            "body": f"Chuyện {title}.",
            "source": source,
        }
        for title in titles
    )
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")
    index_sources(folder / "archive", [file], workers=0)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    grow(tmp_path, "lu quet cu", "bao cu")
    with Archive.open(tmp_path / "archive") as archive:
        yield archive


@pytest.fixture
def client(archive: Archive) -> FlaskClient:
    return create_app(archive).test_client()


def watch(client: FlaskClient, address: str) -> BeautifulSoup:
    form = page(client, address).find("form", id="export")
    assert isinstance(form, Tag)
    answer = send(client, form, "Theo dõi tìm kiếm này")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def catch_up(archive: Archive) -> None:
    assert archive.desk is not None
    look(archive.desk, archive.reader())


def listed(client: FlaskClient, address: str = "/watch/1") -> list[str]:
    return [" ".join(one.text.split()) for one in page(client, address).select("ol.hits h2")]


def test_new_articles_since_the_last_look(
    client: FlaskClient, archive: Archive, tmp_path: Path
) -> None:
    assert "Chưa có bài mới" in watch(client, "/search?q=lu").text
    grow(tmp_path, "lu moi", "bao moi", "lu nua")
    catch_up(archive)
    row = page(client, "/watches").select_one("tbody tr")
    assert row is not None
    assert [one.text for one in row.find_all("td")][1:] == ["2", "2"]
    assert sorted(listed(client)) == ["lu moi mới", "lu nua mới"]
    # A number leads to the articles that it counts, and reading a page changes nothing.
    assert len(page(client, "/watch/1").select("ol.hits > li")) == 2
    (form,) = page(client, "/watch/1").find_all("form", action="/watch/1/seen")
    answer = send(client, form)
    assert sorted(" ".join(h.text.split()) for h in BeautifulSoup(answer.text, "html.parser").select("ol.hits h2")) == [
        "lu moi mới", "lu nua mới",
    ]  # fmt: skip
    assert sorted(listed(client)) == ["lu moi", "lu nua"]
    grow(tmp_path, "lu cuoi")
    catch_up(archive)
    assert listed(client)[0] == "lu cuoi mới"


def test_a_watch_keeps_filters(client: FlaskClient, archive: Archive, tmp_path: Path) -> None:
    watch(client, "/search?q=lu&source=B%C3%A1o+S%C3%B4ng")
    grow(tmp_path, "lu nui", source="Báo Núi")
    grow(tmp_path, "lu song")
    catch_up(archive)
    assert listed(client) == ["lu song mới"]
    assert "Báo Sông" in page(client, "/watch/1").text


def test_its_feed(client: FlaskClient, archive: Archive, tmp_path: Path) -> None:
    found = watch(client, "/search?q=lu")
    link = found.select_one("link[type='application/atom+xml']")
    assert link is not None
    grow(tmp_path, "lu moi")
    catch_up(archive)
    # A reader of feeds knows no key.
    other = create_app(archive, Settings(desk_key="một khóa dài")).test_client()
    answer = other.get(str(link["href"]))
    root = ET.fromstring(answer.data)
    assert [one.findtext(f"{ATOM}title") for one in root.iter(f"{ATOM}entry")] == ["lu moi"]
    assert "private" in answer.headers["Cache-Control"]
    again = other.get(str(link["href"]), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert other.get("/watch/1.atom").status_code == 404
    assert other.get("/watch/1").status_code == 303
    assert other.get("/watches").status_code == 303


def test_a_webhook_by_the_page(client: FlaskClient, archive: Archive, tmp_path: Path) -> None:
    watch(client, "/search?q=lu")
    (form,) = page(client, "/watch/1").find_all("form", action="/watch/1/edit")
    answer = send(client, form, webhook="ftp://a")
    assert answer.status_code == 400
    assert "Webhook là địa chỉ" in answer.text
    assert send(client, form, name="").status_code == 400
    assert archive.desk is not None
    with hook() as told:
        assert send(client, form, name="Lũ", webhook=told.address, every="now").status_code == 200
        grow(tmp_path, "lu moi")
        told.status = 503
        run(archive.desk, archive.reader(), AlertSettings())
        assert "Chưa gửi được" in page(client, "/watch/1").text
        assert "503" in page(client, "/watches").text
        told.status = 200
        run(archive.desk, archive.reader(), AlertSettings())
        assert told.articles() == ["lu-moi"]
    assert "Chưa gửi được" not in page(client, "/watch/1").text
    (form,) = page(client, "/watch/1").find_all("form", action="/watch/1/delete")
    send(client, form)
    assert client.get("/watch/1").status_code == 404


def test_settings_limit_what_pages_take(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "khobao.toml").write_text(
        '[alerts]\nwebhooks = ["https://hooks.example/"]\n[alerts.mail]\nhost = "mail.example"\n'
        'from = "kho@bao.example"\nto = ["@bao.example"]\n',
        "utf-8",
    )
    watch(client, "/search?q=lu")
    (form,) = page(client, "/watch/1").find_all("form", action="/watch/1/edit")
    for values in ({"webhook": "http://127.0.0.1:9200/"}, {"mail": "ai@do.example"}):
        answer = send(client, form, **values)
        assert answer.status_code == 400
        assert "không cho phép" in answer.text
    values = {"webhook": "https://hooks.example/x", "mail": "toi@bao.example"}
    assert send(client, form, **values).status_code == 200
    found = page(client, "/watch/1")
    assert found.select_one("input[value='toi@bao.example']")


def test_all_new_articles(client: FlaskClient, archive: Archive, tmp_path: Path) -> None:
    watch(client, "/search?sort=newest")
    grow(tmp_path, "mot", "hai")
    catch_up(archive)
    assert sorted(listed(client)) == ["hai mới", "mot mới"]
    assert "Mọi bài mới" in page(client, "/watches").text
