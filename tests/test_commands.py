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
        "tags", "captions", "related_links", "captured", "scan", "path", "digest",
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
        "id", "title", "url", "published", "source", "section", "score", "missing", "by_meaning", "snippets",
        "also_in", "copies",
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
    assert numbers["articles"] == 1
    assert numbers["facets"] == {"source": [], "section": []}
    assert numbers["timeline"] == numbers["gaps"] == []
    assert [(one["source"], one["articles"]) for one in numbers["sources"]] == [("", 1)]


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


def test_stats_say_how_complete_a_source_is_and_flag_what_is_missing(tmp_path: Path) -> None:
    records = [
        {
            "title": f"Tin số {number} về mùa lũ",
            "body": "Nước lên nhanh.",
            "lead": "Dẫn.",
            "source": source,
            "author": "Thu Hà",
            "date": "2024-09-18" if source == "Báo Sông" or number == 0 else None,
        }
        for source in ("Báo Sông", "Báo Núi")
        for number in range(12)
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (tmp_path / "a.jsonl").write_text(lines, "utf-8")
    assert run("index", tmp_path / "a.jsonl", "--archive", tmp_path / "kho").exit_code == 0
    printed = run("stats", "--archive", tmp_path / "kho").stdout
    assert "12 100% 100%   0% 100%  Báo Sông" in printed
    assert "! Không có ngày ở 11 trong 12 bài của Báo Núi" in printed
    assert printed.count("!") == 1
    found = json.loads(run("stats", "--archive", tmp_path / "kho", "--json").stdout)
    assert found["gaps"] == [{"source": "Báo Núi", "missing": "date", "articles": 11, "of": 12}]
    assert sorted(one["with_date"] for one in found["sources"]) == [1, 12]


def test_what_was_passed_over_is_counted_and_listed(tmp_path: Path) -> None:
    folder = tmp_path / "bài"
    folder.mkdir()
    (folder / "a.txt").write_text("Lũ về\n\nNước lên nhanh trong đêm.", "utf-8")
    for name in ("b.rtf", "c.rtf"):
        (folder / name).write_bytes(b"{\\rtf1 x}")
    (folder / "d.xml").write_text(
        '<?xml version="1.0"?><tei version="2.0"><channel/></tei>', "utf-8"
    )
    (folder / "in-e.txt").write_text("Bản in\n\nCủa bài trên.", "utf-8")
    (folder / "f.jsonl").write_text('{"body": "x"}\n', "utf-8")
    report = tmp_path / "report.jsonl"
    result = run(
        "index", folder, "--archive", tmp_path / "kho", "--exclude", "in-*", "--report", report
    )
    assert result.exit_code == 1
    assert result.stdout.endswith("1 unreadable; not read: 2 rtf, 1 tei\n")
    assert result.stdout.startswith("1 added")
    lines = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert [(Path(one["file"]).name, one["record"]) for one in lines] == [
        ("f.jsonl", 1), ("b.rtf", None), ("c.rtf", None), ("d.xml", None),
    ]  # fmt: skip
    assert all(one["reason"] for one in lines)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", b"{\\rtf1\\ansi Tin}", "rtf"),
        ("a.txt", b"-- MySQL dump 10.13\nCREATE TABLE `tin` (id int);\nINSERT INTO `tin` VALUES (1);\n", "sql"),
        ("a.xml", b'<?xml version="1.0"?><tei><head/></tei>', "tei"),
        ("a.txt", b"PK\x03\x04\x14\x00\x06\x00\x08\x00[Content_Types].xml ppt/slide.xml", "pptx"),
        ("a", b"7z\xbc\xaf\x27\x1c", "7z"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused_in_one_line(
    tmp_path: Path, name: str, data: bytes, kind: str
) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    commands: list[list[str | Path]] = [
        ["parse", file],
        ["index", file, "--archive", tmp_path / "kho"],
    ]
    for command in commands:
        result = run(*command)
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1
        assert f"kind {kind}" in result.stderr


@pytest.mark.parametrize("name", ["a.aspx", "a.chn", "a.shtml", "a", "a.html.gz", "a.php", "a.vnp"])
def test_pages_are_told_by_what_is_in_them(tmp_path: Path, name: str) -> None:
    import gzip

    text = (
        "Nước suối dâng cao hơn ba mét, tràn qua mặt đập lúc nửa đêm, cuốn theo hai cột điện ở bờ trái. "
        * 3
    )
    page = f"<html><head><title>Đập tràn</title></head><body><h1>Đập tràn</h1><p>{text}</p></body></html>".encode()
    folder = tmp_path / "trang"
    folder.mkdir()
    (folder / name).write_bytes(gzip.compress(page) if name.endswith(".gz") else page)
    result = run("index", folder, "--archive", tmp_path / "kho")
    assert result.stdout.startswith("1 added"), result.stderr


def test_pipes_links_and_archives_in_a_folder(tmp_path: Path) -> None:
    import os

    folder = tmp_path / "bài"
    folder.mkdir()
    (folder / "a.txt").write_text("Lũ về\n\nNước lên nhanh trong đêm.", "utf-8")
    (tmp_path / "ngoài.txt").write_text("Bên ngoài\n\nKhông được đọc.", "utf-8")
    os.mkfifo(folder / "ống.txt")
    (folder / "liên.txt").symlink_to(tmp_path / "ngoài.txt")
    (folder / "trong.txt").symlink_to(folder / "a.txt")
    (folder / "gãy.txt").symlink_to(folder / "không.txt")
    (folder / "hai\ndòng.html").write_text("<html></html>", "utf-8")
    result = run("index", folder, "--archive", folder / "kho")
    again = run("index", folder, "--archive", folder / "kho")
    # What is no file is told each time; what could not be read of a file is known then.
    for one, lines in ((result, 4), (again, 3)):
        assert len(one.stderr.splitlines()) == lines
        assert "leads out of the source" in one.stderr
        assert "a pipe, not a file" in one.stderr
        assert (r"hai\ndòng.html" in one.stderr) == (lines == 4)
    assert r"hai\ndòng.html" in run("failures", "--archive", folder / "kho").stdout
    assert result.stdout.startswith("1 added")
    assert run("index", folder / "liên.txt", "--archive", folder / "kho").stdout.startswith(
        "1 added"
    )


def test_what_was_seen_is_explained(tmp_path: Path) -> None:
    text = (
        "Nước suối dâng cao hơn ba mét, tràn qua mặt đập lúc nửa đêm, cuốn theo hai cột điện ở bờ trái. "
        * 3
    )
    page = (
        '<html><head><title>Đập tràn - Báo Mẫu</title><meta property="article:published_time" content="2024-09-18">'
        f"</head><body><h1>Đập tràn</h1><span>18/9/2024 15:30</span><p>{text}</p><p>{text}!</p></body></html>"
    )
    file = tmp_path / "a.html"
    file.write_text(page, "utf-8")
    printed = run("parse", file, "--explain").stdout
    assert "utf-8" in printed
    assert "article:published_time" in printed
    assert "beside the headline" in printed
    seen = [
        json.loads(line) for line in run("parse", file, "--explain", "--json").stdout.splitlines()
    ]
    chosen = {one["field"]: one["value"] for one in seen if one["chosen"]}
    assert chosen["title"] == "Đập tràn"
    assert chosen["published"] == "2024-09-18T15:30:00+07:00"


def test_days_are_printed_by_the_clock_of_vietnam(tmp_path: Path) -> None:
    record = {"id": "x", "title": "Bão số 3", "body": "Bão vào.", "date": "2024-09-18T20:30:00Z"}
    file = tmp_path / "x.jsonl"
    other = {**record, "id": "y", "title": "Bão số 3 tan", "body": "Bão vào, bão tan."}
    file.write_text(json.dumps(record) + "\n" + json.dumps(other), "utf-8")
    assert run("index", file, "--archive", tmp_path / "a").exit_code == 0
    found = run("search", "bão", "--archive", tmp_path / "a").stdout
    assert "2024-09-19" in found
    assert "2024-09-18" not in found
    assert "2024-09-19T03:30:00+07:00" in run("show", "x", "--archive", tmp_path / "a").stdout
    assert "2024-09-18" not in run("related", "x", "--archive", tmp_path / "a").stdout
    # What programs read stays as the paper stated it.
    hit = json.loads(run("search", "bão", "--archive", tmp_path / "a", "--json").stdout)["hits"][0]
    assert hit["published"] == "2024-09-18T20:30:00+00:00"


def test_repair_says_what_it_did(archive: Path) -> None:
    whole = run("repair", "--archive", archive)
    assert (whole.exit_code, whole.stdout) == (0, "1 kept, 0 rewritten, 0 read again, 0 lost\n")
    (path,) = (archive / "index").glob("*.published.col")
    path.unlink()
    searched = run("search", "lào cai", "--archive", archive)
    assert searched.exit_code == 1
    assert f"{path}: the file is missing; mend the archive with: khobao repair" in str(
        searched.exception
    )
    mended = run("repair", "--archive", archive, "--json")
    assert mended.exit_code == 0
    report = json.loads(mended.stdout)
    assert (report["rewritten"], report["lost"]) == (1, [])
    assert path.name in mended.stderr
    assert run("check", "--archive", archive).exit_code == 0
    assert "Hợp tác Lào Cai" in run("search", "lào cai", "--archive", archive).stdout


def test_what_a_repair_cannot_bring_back_is_named(archive: Path) -> None:
    (path,) = (archive / "index").glob("*.record.col")
    path.write_bytes(bytes(len(path.read_bytes())))
    source = archive.parent / "in" / "bai.txt"
    text = source.read_text("utf-8")
    source.unlink()
    lost = run("repair", "--archive", archive)
    assert lost.exit_code == 1
    assert "bai-1: its record is damaged" in lost.stderr
    assert str(source) in lost.stderr
    assert lost.stdout.endswith("1 lost\n")
    assert run("check", "--archive", archive).exit_code == 0
    source.write_text(text, "utf-8")
    assert "1 added" in run("index", source, "--archive", archive).stdout


def test_a_damaged_article_is_read_again_from_its_source(archive: Path) -> None:
    (path,) = (archive / "index").glob("*.record.col")
    path.write_bytes(bytes(len(path.read_bytes())))
    mended = run("repair", "--archive", archive)
    assert (mended.exit_code, mended.stdout) == (0, "0 kept, 0 rewritten, 1 read again, 0 lost\n")
    assert "Thân bài dài." in run("show", "bai-1", "--archive", archive).stdout


def test_a_source_that_lost_its_articles_needs_a_word(archive: Path) -> None:
    folder = archive.parent / "in"
    assert run("index", folder, "--archive", archive).exit_code == 0
    (folder / "bai.txt").unlink()
    stopped = run("index", folder, "--archive", archive)
    assert stopped.exit_code == 1
    assert "1 of 1 articles would be removed" in str(stopped.exception)
    allowed = run("index", folder, "--archive", archive, "--remove-missing")
    assert (allowed.exit_code, "1 removed" in allowed.stdout) == (0, True)
    (archive / "files.sqlite").unlink()
    checked = run("check", "--archive", archive)
    assert (checked.exit_code, checked.stdout) == (0, "0 articles, 0 problems\n")
    assert (
        "files.sqlite: the file is missing; the next run reads every file again" in checked.stderr
    )


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize(
    "way",
    ["Late()", "one = Plain(); kept = weakref.ref(one, stop); del one", "cycle(); gc.collect()"],
)
def test_an_order_to_stop_is_kept_that_comes_while_an_object_is_finalised(
    name: str, way: str
) -> None:
    script = f"""
import gc, signal, time, weakref
from khobao import entry

def stop(_):
    signal.raise_signal(signal.{name})

class Plain:
    pass

class Late:
    def __del__(self):
        stop(None)

def cycle():
    one = Late()
    one.one = one

@entry.cli.command("late")
def late():
    {way}
    print("went on", flush=True)
    time.sleep(60)

signal.signal(signal.SIGINT, signal.default_int_handler)
entry.main(["late"])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.stdout == "went on\n"
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "khobao: stopped; what was committed stays, and the next run goes on from there"
    )
