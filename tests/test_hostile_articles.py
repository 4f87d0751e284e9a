"""Whatever an article file holds, nothing that serves it fails."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from indexer.pipeline import index_sources
from khobao import cli
from search.archive import Archive
from search.presentation.exports import FORMATS
from webapp import create_app
from webapp.operations import Settings

# Any character at all, those that break things more often than not, and words to be found by.
CHARACTERS = st.one_of(
    st.characters(),
    st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Zl", "Zp"]),
    st.sampled_from("<>&\"'\\{}[]()*:;-|=@\n\r\t\x00\u2028\ufffe\ud83cAbc"),
)
TEXTS = st.text(CHARACTERS, max_size=60)
DATES = st.one_of(
    TEXTS,
    st.integers(),
    st.floats(),
    st.sampled_from(
        [
            "9999-12-31T23:59:59Z",
            "0001-01-01",
            "1999",
            "9/1999",
            "2024-09-18T00:00:00+14:00",
            "1800-01-01",
            "2100-12-31T23:59:59-12:00",
            "9999",
            "0000-00-00",
            "-1",
            "1e400",
            253402300799,
            -62135596800,
        ]
    ),
)
RECORDS = st.fixed_dictionaries(
    {
        "title": TEXTS.map(lambda text: f"Tin {text}"),
        "body": TEXTS.map(lambda text: f"Sông {text}"),
    },
    optional={
        "id": TEXTS,
        "lead": TEXTS,
        "url": TEXTS,
        "published": DATES,
        "updated": DATES,
        "author": TEXTS,
        "source": TEXTS,
        "credit": TEXTS,
        "section": TEXTS,
        "tags": st.lists(TEXTS, max_size=3),
        "captions": st.lists(TEXTS, max_size=2),
        "related_links": st.lists(
            st.fixed_dictionaries({"title": TEXTS, "url": TEXTS}), max_size=2
        ),
    },
)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _addresses(id: str) -> list[str]:
    one = quote(id, safe="")
    kinds = [f"/article/{one}/cite.{kind}" for kind in ("txt", "ris", "bib", "csl.json")]
    return [
        "/", "/search?q=sông", "/search?q=sông&sort=newest", "/search?q=", "/search.atom?q=sông", "/search.rss?q=",
        "/search?q=sông&from=1999&to=2024", f"/article/{one}", f"/article/{one}?q=sông", "/compare?a=sông&b=tin",
        "/suggest?q=s", "/healthz", "/metrics", "/api/v1/search?q=sông", "/api/v1/stats", "/api/v1/suggest?q=ti",
        f"/api/v1/articles/{one}", f"/api/v1/articles/{one}/related", *kinds,
        *(f"/export.{kind}?q=sông" for kind in FORMATS),
    ]  # fmt: skip


def _ask_everything(client: FlaskClient, id: str) -> None:
    for address in _addresses(id):
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.data
        if address.startswith(("/search.atom", "/search.rss")):
            etree.fromstring(response.data)
        elif address.startswith("/api/v1/a") or response.mimetype == "application/json":
            json.loads(response.data)


def _run_every_command(archive: Path, id: str) -> None:
    commands = [
        ["search", "sông"], ["search", "sông", "--json"], ["suggest", "s"], ["stats"], ["check"], ["show", "--", id],
        ["show", "--json", "--", id], ["related", "--", id], *(["export", "sông", "--format", kind] for kind in FORMATS),
    ]  # fmt: skip
    for command in commands:
        at = command.index("--") if "--" in command else len(command)
        arguments = [*command[:at], "--archive", str(archive), *command[at:]]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, (arguments, result.output, result.exception)
        assert "Traceback" not in result.output


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(RECORDS, min_size=1, max_size=3), TEXTS, TEXTS)
def test_nothing_that_is_read_breaks_what_is_served(
    records: list[dict[str, Any]], text: str, page: str
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / "bài"
        source.mkdir()
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (source / "a.jsonl").write_text(lines, "utf-8")
        (source / "b.txt").write_bytes(_bytes(f"Tin {text}\n\nSông {text}\n\nDài {text}"))
        markup = f"<html><h1>Tin {page}</h1><p>Sông {page} chảy {'rất dài ' * 30}</p>{page}</html>"
        (source / "c.html").write_bytes(_bytes(markup))
        report = index_sources(root / "kho", [source], workers=0)
        for failure in report.failures:
            assert len(str(failure).splitlines()) == 1
        with Archive.open(root / "kho") as archive:
            client = create_app(archive, Settings(rate_limit="")).test_client()
            ids = _ids(client)
            assert len(ids) == report.added > 0
            for id in ids:
                _ask_everything(client, id)
        _run_every_command(root / "kho", ids[0])


def _ids(client: FlaskClient) -> list[str]:
    lines = client.get("/export.jsonl").text.split("\n")
    return [json.loads(line)["id"] for line in lines if line]


@pytest.mark.parametrize("day", ["1999", "9/1999"])
def test_a_month_or_year_alone_is_kept_shown_found_and_exported(tmp_path: Path, day: str) -> None:
    record = {"id": "a", "title": "Số đặc biệt", "body": "Chuyện một tạp chí cũ.", "published": day}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), "utf-8")
    report = index_sources(tmp_path / "kho", [tmp_path / "a.jsonl"], workers=0)
    assert not report.failures
    written = "1999" if day == "1999" else "1999-09"
    with Archive.open(tmp_path / "kho") as archive:
        client = create_app(archive, Settings(rate_limit="")).test_client()
        assert client.get("/api/v1/articles/a").get_json()["published"] == written
        page = client.get("/article/a").text
        assert re.search(rf'<time datetime="{written}">{day}</time>', page)
        for asked, count in (
            ("from=1999&to=1999", 1), ("from=1998&to=2000", 1), ("to=1999", 1), ("from=2000", 0),
            ("from=1999-09&to=1999-09", int(written != "1999")), ("from=1999-09-15", 0),
        ):  # fmt: skip
            assert client.get(f"/api/v1/search?{asked}").get_json()["total"] == count, asked
        timeline = client.get("/api/v1/stats").get_json()["timeline"]
        assert [(one["since"], one["count"]) for one in timeline if one["count"]] == [
            ("1999-01-01", 1)
        ]
        assert f"{{{written}}}" in client.get("/article/a/cite.bib").text
        assert client.get("/article/a/cite.csl.json").get_json()
        assert "1999" in client.get("/article/a/cite.ris").text
        etree.fromstring(client.get("/search.atom?q=").data)
