import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from khobao import cli


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_parse_prints_the_documented_keys(tmp_path: Path) -> None:
    file = tmp_path / "bai.txt"
    file.write_text("Tiêu đề\n\nDẫn.\n\nThân bài.", "utf-8")
    result = run("parse", file, "--json")
    assert result.exit_code == 0
    assert list(json.loads(result.stdout)) == [
        "id", "url", "title", "lead", "body", "published", "updated", "author", "source", "section",
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
