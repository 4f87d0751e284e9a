"""`/api/v1` and what operators read: against its own description, and what no description says."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings

from indexer.pipeline import index_sources
from search.archive import Archive
from webapp import create_app
from webapp.operations import MAX_BODY, Settings


@pytest.fixture(scope="module")
def app(sample_archive: Path) -> Iterator[Flask]:
    with Archive.open(sample_archive) as archive:
        yield create_app(archive, Settings(rate_limit=""))


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


PATHS = (
    "/search",
    "/articles/{id}",
    "/articles/{id}/related",
    "/articles/{id}/versions",
    "/suggest",
    "/stats",
)


def test_every_path_is_described(client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").json
    assert described is not None
    assert set(described["paths"]) == set(PATHS)
    assert described["servers"] == [{"url": "http://localhost/api/v1"}]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize("path", PATHS)
def test_answers_are_as_described(app: Flask, path: str, mode: schemathesis.GenerationMode) -> None:
    """Right requests and wrong ones, made up by schemathesis out of the description."""
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = described[path]["GET"]
    if mode.is_negative and (path == "/stats" or path.startswith("/articles/")):
        pytest.skip("any text may be an id, and nothing else is asked")

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=60, deadline=None)
    def check(case: Any) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    check()


def test_a_search_page_after_page(tmp_path: Path) -> None:
    def write(numbers: range) -> None:
        lines = (
            json.dumps({"id": f"a{n}", "title": f"Lũ số {n}", "body": "Nước lên."}) for n in numbers
        )
        (tmp_path / f"{numbers.start}.jsonl").write_text("\n".join(lines), "utf-8")
        index_sources(tmp_path / "a", [tmp_path / f"{numbers.start}.jsonl"], workers=0)

    write(range(25))
    seen: list[str] = []
    with Archive.open(tmp_path / "a") as archive:
        client = create_app(archive).test_client()
        url = "/api/v1/search?q=lũ&limit=10"
        while url:
            response = client.get(url)
            seen += [hit["id"] for hit in response.json["hits"]]  # type: ignore[index]
            link = response.headers.get("Link", "")
            url = link[1 : link.index(">")] if link else ""
            if len(seen) == 10:
                # What comes before the page makes nothing appear twice and skips nothing.
                write(range(100, 112))
    assert len(seen) == len(set(seen))
    assert len(seen) >= 25


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("limit=101", "limit"),
        ("sort=best", "sort"),
        ("from=hôm+nay", "from"),
        ("cursor=abc", "cursor"),
        ("cursor=WzEsMl0", "cursor"),
        ("colour=red", "colour"),
        ("q=a&q=b", "q"),
        ("q=" + "a" * 2001, "q"),
    ],
)
def test_a_faulty_parameter_is_named(client: FlaskClient, query: str, parameter: str) -> None:
    response = client.get(f"/api/v1/search?{query}")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    body = response.get_json(force=True)
    assert body["status"] == 400
    assert body["parameter"] == parameter
    assert body["detail"]


def test_problems_of_every_kind(client: FlaskClient) -> None:
    for url, status in (("/api/v1/nothing", 404), ("/api/v1/articles/none", 404)):
        response = client.get(url)
        assert (response.status_code, response.content_type) == (status, "application/problem+json")
    response = client.post("/api/v1/search")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert response.content_type == "application/problem+json"


def test_articles_and_what_is_related(client: FlaskClient) -> None:
    response = client.get("/api/v1/articles/2023-01-05-hop-tac")
    assert response.json is not None
    assert response.json["title"].startswith("Hợp tác")
    assert "path" not in response.json
    again = client.get(
        "/api/v1/articles/2023-01-05-hop-tac", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    related = client.get("/api/v1/articles/2023-01-05-hop-tac/related").json
    assert set(related or {}) == {
        "links",
        "cited_by",
        "same_story",
        "similar",
        "copies",
        "passages",
    }


def test_the_time_that_a_search_takes_does_not_change_its_etag(client: FlaskClient) -> None:
    tags = {client.get("/api/v1/search?q=lũ").headers["ETag"] for _ in range(3)}
    assert len(tags) == 1


def test_other_sites_may_read_only_where_that_is_set(
    client: FlaskClient, sample_archive: Path
) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/api/v1/stats").headers
    with Archive.open(sample_archive) as archive:
        other = create_app(archive, Settings(cors_origin="https://bao.example")).test_client()
        headers = other.get("/api/v1/stats").headers
        assert headers["Access-Control-Allow-Origin"] == "https://bao.example"
        assert "Access-Control-Allow-Origin" not in other.get("/search?q=lũ").headers


def test_too_many_requests(sample_archive: Path) -> None:
    with Archive.open(sample_archive) as archive:
        client = create_app(archive, Settings(rate_limit="3 per minute")).test_client()
        codes = [client.get("/search?q=lũ").status_code for _ in range(8)]
        assert codes == [200] * 3 + [429] * 5
        refused = client.get("/search?q=lũ")
        assert "Quá nhiều yêu cầu" in refused.text
        assert int(refused.headers["Retry-After"]) > 0
        for path in ("/healthz", "/metrics", "/static/style.css"):
            assert client.get(path).status_code == 200
        # What is counted are the requests of an address, whatever they ask for.
        for path in (
            "/",
            "/article/bai-1",
            "/suggest?q=l",
            "/export.csv?q=",
            "/api/v1/search",
        ):
            assert client.get(path).status_code == 429
        assert client.get("/api/v1/search").content_type == "application/problem+json"
        other = {"REMOTE_ADDR": "10.0.0.9"}
        paths = ("/search?q=x", "/suggest?q=l", "/api/v1/search", "/")
        codes = [client.get(path, environ_base=other).status_code for path in paths]
        assert codes == [200, 200, 200, 429]


def test_health_and_metrics(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok", "articles": 4}
    client.get("/search?q=lũ")
    text = client.get("/metrics").text
    assert "khobao_articles 4.0" in text
    assert 'khobao_http_requests_total{endpoint="pages.search",status="200"}' in text
    assert 'khobao_http_request_seconds_count{endpoint="pages.search"}' in text
    assert "khobao_exports_running 0.0" in text
    held = client.get("/export.jsonl?q=")
    assert "khobao_exports_running 1.0" in client.get("/metrics").text
    held.close()
    assert "khobao_exports_running 0.0" in client.get("/metrics").text
    assert "khobao_partial_answers_total 0.0" in text
    assert "khobao_given_up_total 0.0" in text


@pytest.mark.embedded
def test_metrics_of_the_newest_commit(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("Lũ về\n\nNước lên.", "utf-8")
    index_sources(tmp_path / "a", [source], workers=0)
    with Archive.open(tmp_path / "a") as archive:
        client = create_app(archive).test_client()

        def value(name: str) -> float:
            (line,) = re.findall(rf"^{name} (.*)$", client.get("/metrics").text, re.MULTILINE)
            return float(line)

        first = value("khobao_commit_timestamp_seconds")
        assert abs(first - time.time()) < 60
        assert value("khobao_segments") == 1
        assert value("khobao_deleted_documents") == 0
        (tmp_path / "b.txt").write_text("Bão về\n\nGió lên.", "utf-8")
        index_sources(tmp_path / "a", [tmp_path / "b.txt"], workers=0)
        assert value("khobao_segments") == 2
        assert value("khobao_articles") == 2
        assert value("khobao_commit_timestamp_seconds") >= first


def test_a_large_body_is_refused(client: FlaskClient) -> None:
    assert client.post("/search", data=b"x" * MAX_BODY).status_code == 405
    for path in ("/search", "/api/v1/search", "/article/x", "/"):
        for method in ("POST", "GET", "PUT"):
            answer = client.open(path, method=method, data=b"x" * (MAX_BODY + 1))
            assert answer.status_code == 413, (method, path)
