"""Older versions of articles: searched when asked for, shown with their changes word by word."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.pipeline import index_sources
from khobao import cli
from search.archive import Archive
from search.article_results import ChangeKind
from search.presentation.versions import changes
from search.requests import SearchRequest, Words

KEPT = "Các xã ven đê đã chuẩn bị phương án sơ tán người già và trẻ em trong đêm."
BODIES = [
    f"Ông Trần Hữu Nghĩa nói nước đã lên mức báo động một.\n{KEPT}",
    f"Ông Trần Hữu Nghĩa nói nước đã lên mức báo động ba, thiệt hại chừng mười tỉ đồng.\n{KEPT}",
    f"Chủ tịch xã nói nước đã lên mức báo động ba.\n{KEPT}",
]
OLD_ID = "lu-ve-cu"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("versions")
    (folder / "src").mkdir()
    for number, body in enumerate(BODIES):
        records = [
            {
                "id": OLD_ID if number else "lu-ve",
                "title": "Lũ về" if number < 2 else "Lũ về trong đêm",
                "body": body,
                "url": f"https://{'m.' * (number > 0)}bao.example/lu-1.html",
                "published": f"2024-09-0{number + 1}",
            },
            {"id": "gia-vang", "title": "Giá vàng", "body": "Giá vàng giảm. Báo động giả."},
        ]
        lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in records[: 1 + (number == 0)])
        (folder / "src" / f"{number}.jsonl").write_text("".join(lines), "utf-8")
        index_sources(folder / "archive", [folder / "src"], workers=0)
    return folder / "archive"


def found(archive: Archive, query: str) -> list[str]:
    result = archive.search(SearchRequest(query, words=Words.ALL))
    assert result.problems == ()
    assert result.total == len(result.hits)
    return [hit.id for hit in result.hits]


@pytest.mark.parametrize(
    "query",
    [
        '"thiệt hại chừng mười tỉ"',
        '"Trần Hữu Nghĩa"',
        '"tran huu nghia"',
        "Nghĩa thiệt hại",
        "nghia thiet hai",
        "+Nghĩa",
        "ngh*",
        "Nghĩa OR Nghĩa",
        "báo động một",
    ],
)
def test_what_only_an_older_version_says_is_found_when_asked_for(
    archive: Archive, query: str
) -> None:
    assert found(archive, query) == []
    for written in ("phiên_bản:tất_cả", "phien_ban:tat_ca", 'phiên_bản:"tất cả"', "version:all"):
        assert found(archive, f"{query} {written}") == ["lu-ve"]
    assert found(archive, f"{query} phiên_bản:hiện_tại") == []


def test_the_hit_says_which_version_it_is(archive: Archive) -> None:
    query = '"thiệt hại chừng mười tỉ" phiên_bản:tất_cả'
    (hit,) = archive.search(SearchRequest(query)).hits
    (older,) = (one for one in hit.snippets if one.version)
    assert older.version is not None
    assert (older.version.number, str(older.version.date)) == (2, "2024-09-02")
    marked = [older.text[start:end] for start, end in older.highlights]
    assert marked == ["thiệt hại chừng mười tỉ"]


def test_a_search_for_what_it_says_now_is_not_touched(archive: Archive) -> None:
    for query in ("báo động", "chủ tịch xã", "lũ về", ""):
        plain = archive.search(SearchRequest(query))
        assert all(one.version is None for hit in plain.hits for one in hit.snippets)
    both = archive.search(SearchRequest("báo động ba phiên_bản:tất_cả", words=Words.ALL))
    assert both.total == 1
    assert "báo động một" not in " ".join(one.text for one in both.hits[0].snippets)


def test_a_version_that_is_none_is_told(archive: Archive) -> None:
    (problem,) = archive.search(SearchRequest("lũ phiên_bản:cũ")).problems
    assert problem.text == "cũ"


def test_the_changes_of_an_article(archive: Archive) -> None:
    newest, middle, oldest = archive.versions("lu-ve")
    assert [one.name.number for one in (newest, middle, oldest)] == [3, 2, 1]
    assert oldest.changes == ()
    assert oldest.article.body == BODIES[0]
    words = [(part.kind.value, part.text) for line in middle.changes for part in line]
    assert ("removed", "một") in words
    assert any(kind == "added" and "thiệt hại" in text for kind, text in words)
    assert ("same", KEPT) in words
    assert newest.replaced is None
    assert middle.replaced is not None
    (only,) = archive.versions("gia-vang")
    assert only.changes == ()


lines = st.lists(st.text("ab .,\u1ec7", min_size=1, max_size=12), max_size=5).map("\n".join)


@given(lines, lines)
def test_changes_say_both_contents(old: str, new: str) -> None:
    before, after = (Article(id="a", title="t", body=body) for body in (old, new))
    parts = [line for line in changes(before, after) if line]
    for kind, article in ((ChangeKind.ADDED, before), (ChangeKind.REMOVED, after)):
        said = ["".join(part.text for part in line if part.kind is not kind) for line in parts]
        assert "".join(said) == "".join([article.title, *article.body.split("\n")])


def test_the_page_of_versions(client: FlaskClient) -> None:
    page = client.get("/article/lu-ve/versions")
    assert page.status_code == 200
    assert "<del>một</del>" in page.text
    assert page.text.count('class="version"') == 3
    assert "/article/lu-ve/versions" in client.get("/article/lu-ve").text
    assert "/versions" not in client.get("/article/gia-vang").text
    assert client.get("/article/nothing/versions").status_code == 404
    shown = client.get("/search", query_string={"q": '"mười tỉ" phiên_bản:tất_cả'}).text
    assert "/article/lu-ve/versions#v2" in shown
    assert "Chỉ có trong phiên bản 2" in shown
    assert (
        "In version 2 only"
        in client.get("/search", query_string={"q": '"mười tỉ" version:all', "lang": "en"}).text
    )


def test_an_id_of_an_older_version_leads_to_the_article(client: FlaskClient) -> None:
    response = client.get(f"/article/{OLD_ID}")
    assert (response.status_code, response.headers["Location"]) == (301, "/article/lu-ve")


def test_the_interface_for_programs(client: FlaskClient) -> None:
    answer = client.get("/api/v1/articles/lu-ve/versions").get_json()
    assert [one["version"] for one in answer["versions"]] == [3, 2, 1]
    assert "path" not in json.dumps(answer)
    assert ".jsonl" not in json.dumps(answer)
    query = {"q": '"mười tỉ" phiên_bản:tất_cả'}
    (hit,) = client.get("/api/v1/search", query_string=query).get_json()["hits"]
    assert {"version": 2, "date": "2024-09-02"} in [one.get("version") for one in hit["snippets"]]


def test_the_command_line(folder: Path) -> None:
    run = CliRunner()
    shown = run.invoke(cli, ["show", OLD_ID, "--versions", "--archive", str(folder)])
    assert shown.exit_code == 0
    assert "[-một-]" in shown.output
    assert "Phiên bản 1" in shown.output
    as_json = run.invoke(cli, ["show", "lu-ve", "--versions", "--json", "--archive", str(folder)])
    versions = json.loads(as_json.output)["versions"]
    assert [Path(one["file"]).name for one in versions] == ["2.jsonl", "1.jsonl", "0.jsonl"]
