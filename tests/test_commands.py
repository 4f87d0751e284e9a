import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.errors import KhobaoError
from khobao import cli


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_parse_prints_the_documented_keys(tmp_path: Path) -> None:
    file = tmp_path / "bai.txt"
    file.write_text("Tiêu đề\n\nDẫn.\n\nThân bài.", "utf-8")
    result = run("parse", file, "--json")
    assert result.exit_code == 0
    assert list(json.loads(result.stdout)) == [
        "id", "url", "title", "lead", "body", "published", "updated", "author", "source", "credit", "section",
        "tags", "captions", "related_links", "path", "digest",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b" \n", b"\x00\x01PNG", None])
def test_parse_failures_are_one_line(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "bai.txt"
    if content is not None:
        file.write_bytes(content)
    result = run("parse", file)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert str(file) in result.stderr


def test_a_missing_argument_is_bad_usage() -> None:
    assert run("parse").exit_code == 2


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "in" / "bai.txt"
    file.parent.mkdir()
    text = "---\nid: bai-1\n---\nHợp tác Lào Cai\n\nDẫn.\n\nThân bài dài."
    file.write_text(text, "utf-8")
    assert run("index", file, "--archive", tmp_path / "a").exit_code == 0
    return tmp_path / "a"


def test_search_and_show(archive: Path) -> None:
    result = run("search", "hop tac lao cai", "--archive", archive)
    assert result.exit_code == 0
    assert "1. Hợp tác Lào Cai" in result.stdout
    assert "1 bài, 1 bài có mọi từ" in result.stdout
    assert "Thân bài dài." in run("show", "bai-1", "--archive", archive).stdout
    assert json.loads(run("show", "bai-1", "--archive", archive, "--json").stdout)["id"] == "bai-1"


def test_search_prints_the_documented_json(archive: Path) -> None:
    result = json.loads(run("search", "thân", "xyzzy", "--archive", archive, "--json").stdout)
    assert {"query", "total", "total_all_words", "took_ms", "hits", "facets", "timeline"} <= set(
        result
    )
    (hit,) = result["hits"]
    assert list(hit) == [
        "id", "title", "url", "published", "source", "section", "score", "missing", "snippets",
    ]  # fmt: skip
    assert hit["missing"] == ["xyzzy"]
    (snippet,) = hit["snippets"]
    ((start, end),) = snippet["highlights"]
    assert snippet["text"][start:end] == "Thân"


def test_a_faulty_query_says_where_and_still_answers(archive: Path) -> None:
    result = run("search", 'thân "bài', "--archive", archive)
    assert result.exit_code == 0
    assert (
        result.stderr == 'khobao: Ký tự 6 («"»): thiếu dấu ngoặc kép đóng; đã tìm như các từ rời.\n'
    )
    assert "1 bài" in result.stdout


@pytest.mark.parametrize("arguments", [("search", "x"), ("show", "x")])
def test_without_an_archive_there_is_one_clear_line(
    tmp_path: Path, arguments: tuple[str, str]
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "khobao", *arguments, "--archive", str(tmp_path / "none")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "khobao index" in result.stderr


def test_an_unknown_id_is_one_clear_line(archive: Path) -> None:
    result = run("show", "nowhere", "--archive", archive)
    assert result.exit_code == 1
    assert isinstance(result.exception, KhobaoError)


def test_index_reports_bad_files_and_indexes_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "tot.txt").write_text("Tiêu đề\n\nDẫn.\n\nThân bài.", "utf-8")
    (folder / "hong.txt").write_bytes(b"\x00\x01")
    result = run("index", folder, "--archive", tmp_path / "a", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["added"] == 1
    assert result.stderr.count("\n") == 1
    assert "hong.txt" in result.stderr
    (folder / "hong.txt").unlink()
    result = run("index", folder, "--archive", tmp_path / "a")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("0 added, 0 changed, 0 removed, 1 unchanged")


def test_search_explains_its_order(archive: Path) -> None:
    result = run("search", "hợp tác lào cai", "--explain", "--archive", archive)
    line = next(line for line in result.output.splitlines() if " pairs" in line)
    score, parts = line.split(" = ")
    values = [float(word) for word in parts.split() if word[0] in "+-"]
    assert sum(values) == pytest.approx(float(score), abs=0.1)
    printed = json.loads(
        run("search", "lào cai", "--explain", "--json", "--archive", archive).output
    )
    assert "pairs" in printed["hits"][0]["score_parts"]


def test_suggest(archive: Path) -> None:
    result = run("suggest", "hop", "tac", "l", "--archive", archive, "--json")
    assert result.exit_code == 0
    last = json.loads(result.stdout)[-1]
    assert last == {
        "text": "Hợp tác Lào Cai",
        "highlights": [[0, 3], [4, 7], [8, 9]],
        "id": "bai-1",
    }
    assert "bai-1" in run("suggest", "hợp", "--archive", archive).stdout
    assert run("suggest", "zzz", "--archive", archive).stdout == ""


def test_related(archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "khac.txt"
    other.write_text(
        "---\nid: bai-2\ndate: 2024-01-02\n---\nBài khác\n\nDẫn.\n\nThân.\n\n"
        "Tin liên quan:\n- Hợp tác Lào Cai\n- Không còn\n",
        "utf-8",
    )
    assert run("index", other, "--archive", archive).exit_code == 0
    related = json.loads(run("related", "bai-2", "--archive", archive, "--json").stdout)
    assert [link["id"] for link in related["links"]] == ["bai-1", None]
    shown = run("related", "bai-1", "--archive", archive).stdout
    assert shown == "Được dẫn trong\n- Bài khác\n  bai-2 · 2024-01-02\n"
    assert "(không có trong kho)" in run("related", "bai-2", "--archive", archive).stdout
    missing = run("related", "khong-co", "--archive", archive)
    assert (missing.exit_code, missing.stdout) == (1, "")


def test_stats(archive: Path) -> None:
    result = run("stats", "--archive", archive)
    assert result.exit_code == 0
    assert result.stdout.startswith("1 bài\n")
    numbers = json.loads(run("stats", "--archive", archive, "--json").stdout)
    assert numbers == {"articles": 1, "facets": {"source": [], "section": []}, "timeline": []}


def test_export(archive: Path, tmp_path: Path) -> None:
    result = run("export", "--archive", archive)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["bai-1"]
    copy = tmp_path / "copy.jsonl"
    copy.write_text(result.stdout, "utf-8")
    assert run("index", copy, "--archive", tmp_path / "b").exit_code == 0
    again = run("export", "--archive", tmp_path / "b").stdout
    assert {**json.loads(again), "path": ""} == {**json.loads(result.stdout), "path": ""}
    assert "TY  - NEWS" in run("export", "hop tac", "--archive", archive, "--format", "ris").stdout
    assert run("export", "xyzzy", "--archive", archive).stdout == ""
    assert run("export", "--archive", archive, "--format", "doc").exit_code == 2
