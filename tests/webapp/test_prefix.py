"""The site under a path of a host, such as /khobao: every link, form, redirect and cookie stays there."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask import Flask

from indexer.errors import KhobaoError
from khobao import cli
from khobao.sockets import bound
from search.archive import Archive
from tests.webapp.forms import fields
from tests.webapp.test_processes import archive, get, server
from webapp import create_app
from webapp.operations import Settings

__all__ = ["archive"]
PREFIX = "/kho/bao"
BEGINNINGS = (
    *("/", "/search?q=l%C5%A9", "/help", "/trends?q=l%C5%A9", "/dossiers", "/watches", "/lists"),
    *("/today", "/sample", "/coverage", "/names", "/people", "/provinces", "/day/2024-09-08"),
    *("/compare?q=l%C5%A9&with=b%C3%A3o", "/opensearch.xml", "/search.atom?q=l%C5%A9", "/no"),
    *("/api/v1/openapi.json", "/api/v1/search?q=l%C5%A9", "/suggest?q=l", "/article/bai-1"),
)
LINKS = re.compile(r'(?:href|src|action|formaction|template|data-[a-z-]+)="([^"]*)"')
IN_JSON = re.compile(r'"(?:url|href|next|self|web|page)": ?"([^"]*)"')


@pytest.fixture(scope="module")
def app(sample_archive: Path) -> Iterator[Flask]:
    with Archive.open(sample_archive) as opened:
        yield create_app(opened, Settings(rate_limit="", desk_key="mot-khoa-kho-doan"))


def links_of(app: Flask, path: str) -> list[str]:
    """The addresses on this host that a page leads to."""
    client = app.test_client(use_cookies=False)
    answer = client.get(path, environ_overrides={"SCRIPT_NAME": PREFIX})
    assert answer.status_code in (200, 301, 302, 303, 400, 404), path
    if answer.status_code in (301, 302, 303):
        found = [answer.headers["Location"]]
    else:
        text = answer.get_data().decode("utf-8", "replace")
        found = [unescape(one) for one in LINKS.findall(text)] + IN_JSON.findall(text)
    return [one for one in found if one.startswith("/") or "://localhost" in one]


def test_every_link_stays_under_the_prefix(app: Flask) -> None:
    todo, seen = list(BEGINNINGS), set[str]()
    while todo and len(seen) < 150:
        path = todo.pop(0)
        # One page of each kind.
        names = sorted(one.split("=")[0] for one in path.partition("?")[2].split("&"))
        kind = f"{re.sub('[0-9]+', 'N', path.split('?')[0])} {names}"
        if kind in seen:
            continue
        seen.add(kind)
        for link in links_of(app, path):
            parts = urlsplit(link)
            assert f"{parts.path}/".startswith(f"{PREFIX}/"), f"{link} on {path}"
            within = parts.path.removeprefix(PREFIX) or "/"
            if not within.startswith(("/static", "/export")):
                todo.append(f"{within}?{parts.query}" if parts.query else within)
    assert len(seen) > 60


def test_cookies_belong_to_the_site_alone(app: Flask) -> None:
    under = {"SCRIPT_NAME": PREFIX}
    client = app.test_client(use_cookies=False)
    asked = client.get("/dossiers?page=2", environ_overrides=under)
    assert asked.headers["Location"].startswith(f"{PREFIX}/sign-in?back={PREFIX}/dossiers")
    page = client.get(asked.headers["Location"].removeprefix(PREFIX), environ_overrides=under)
    shown = BeautifulSoup(page.text, "html.parser").select_one("form[method=post]")
    assert shown is not None
    form = {**fields(shown), "key": "mot-khoa-kho-doan"}
    assert form["back"] == f"{PREFIX}/dossiers?page=2"
    signed = client.post("/sign-in", data=form, environ_overrides=under)
    assert signed.headers["Location"] == f"{PREFIX}/dossiers?page=2"
    ended = client.post("/sign-out", data=form, environ_overrides=under)
    for answer in (signed, ended, client.get("/?lang=en", environ_overrides=under)):
        assert f"; Path={PREFIX}" in answer.headers["Set-Cookie"]


@pytest.mark.embedded
def test_a_server_under_a_prefix(archive: Path) -> None:
    with server(archive, "--prefix", "/khobao/") as (_, port):
        # A proxy may leave the prefix there or take it off.
        for path in ("/khobao/search?q=l%C5%A9", "/search?q=l%C5%A9"):
            status, page = get(port, path)
            assert status == 200
            assert 'action="/khobao/search"' in page
        assert get(port, "/khobao/healthz")[0] == 200


@pytest.mark.embedded
@pytest.mark.parametrize("prefix", ["/a b", "/../x", "http://a.example/x", "/a?b"])
def test_a_prefix_that_is_no_path_is_refused(archive: Path, prefix: str) -> None:
    found = CliRunner().invoke(cli, ["serve", "--archive", str(archive), "--prefix", prefix])
    assert isinstance(found.exception, KhobaoError)
    assert "--prefix" in str(found.exception)


@contextmanager
def nginx(folder: Path, port: int) -> Iterator[int]:
    """The port of nginx with the configuration that the documentation shows."""
    (socket,) = bound("127.0.0.1", 0)
    front = socket.getsockname()[1]
    socket.close()
    shown = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"
    places = shown.read_text("utf-8").replace(":8000", f":{port}")
    stores = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {stores}\n"
        f"server {{ listen 127.0.0.1:{front}; server_name kho.bao.example;\n{places}\n}} }}\n",
        "utf-8",
    )
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-e", "stderr"])
    try:
        for _ in range(100):
            try:
                http.client.HTTPConnection("127.0.0.1", front, timeout=5).request("GET", "/")
                break
            except ConnectionError:
                time.sleep(0.05)
        yield front
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.embedded
@pytest.mark.skipif(
    not shutil.which("nginx") and os.environ.get("CI") != "true", reason="nginx is not installed"
)
def test_behind_nginx(archive: Path, tmp_path: Path) -> None:
    options = ("--prefix", "/khobao", "--proxy", "127.0.0.1", "--hosts", "kho.bao.example")
    with (
        server(archive, *options, "--rate-limit", "40 per minute") as (_, port),
        nginx(tmp_path, port) as front,
    ):

        def ask(path: str, **headers: str) -> tuple[int, str]:
            client = http.client.HTTPConnection("127.0.0.1", front, timeout=20)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            client.request("GET", path, headers={"Host": "kho.bao.example", **named})
            answer = client.getresponse()
            return answer.status, answer.read().decode()

        assert ask("/khobao/metrics")[0] == 200
        status, page = ask("/khobao/search.atom?q=l%C5%A9", X_Forwarded_Host="evil.example")
        assert status == 200
        assert "http://kho.bao.example/khobao/article/" in page
        assert "evil" not in page
        assert ask("/khobao/", Host="evil.example")[0] == 400
        assert ask("/khobao/export.jsonl?q=")[1].count("\n") == 1
        # Who asks is the reader, whatever it says itself.
        codes = [ask("/khobao/", X_Forwarded_For=f"10.0.0.{n}")[0] for n in range(45)]
        assert codes[0] == 200
        assert codes[-1] == 429
