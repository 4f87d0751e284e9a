"""`khobao private`, and what `khobao serve` says about accounts before it serves."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.engine_factory import EngineChoice
from indexer.errors import KhobaoError
from indexer.migration import migrate
from indexer.pipeline import index_sources
from khobao import cli
from search.archive import Archive
from search.desk.desk import Desk
from search.views import PUBLIC
from tests.search.test_private_sources import PRIVATE, hide, records, write_records


def run(archive: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    found = CliRunner().invoke(cli, [*arguments, "--archive", str(archive)], input=typed)
    fault = found.exception
    if isinstance(fault, SystemExit):
        fault = None
    assert fault is None or isinstance(fault, KhobaoError), fault
    return found.exit_code, found.output + (str(fault) if fault else "")


@pytest.mark.embedded
def test_sources_are_private_before_there_is_an_article(tmp_path: Path) -> None:
    archive = tmp_path / "a"
    status, told = run(archive, "private", "add", "HỒ SƠ  nội bộ", "nhầm \x1b[31m")
    assert status == 0
    assert "hồ sơ nội bộ: no article has this source" in told
    assert "\x1b" not in told
    index_sources(archive, [write_records(tmp_path / "a.jsonl", records())], workers=0)
    with Archive.open(archive) as opened:
        assert opened.reader(shown=PUBLIC).count() == 18
    assert run(archive, "private", "list")[1].startswith("hồ sơ nội bộ\t6\n")
    status, told = run(archive, "private", "add", "Ảnh rieng")
    assert "the archive's sources are: Báo Chiều, Báo Sáng, Hồ sơ nội bộ, Ảnh riêng" in told
    assert run(archive, "private", "remove", "Báo Sáng") == (
        1,
        "báo sáng: this source is not private",
    )
    assert run(archive, "private", "remove", "Hồ sơ nội bộ") == (0, "")
    with Archive.open(archive) as opened:
        assert opened.reader(shown=PUBLIC).count() == 24
    assert run(archive, "private", "add", " ")[0] == 1


@pytest.mark.embedded
def test_an_archive_with_private_sources_moves_only_to_where_they_can_be_hidden(
    tmp_path: Path,
) -> None:
    archive = tmp_path / "a"
    index_sources(archive, [write_records(tmp_path / "a.jsonl", records())], workers=0)
    hide(archive, *PRIVATE)
    with pytest.raises(KhobaoError, match="only an archive of the embedded engine"):
        migrate(archive, EngineChoice("dictionary", None), workers=0, grace=0)
    with Archive.open(archive) as opened:
        assert opened.reader(shown=PUBLIC).count() == 12


def test_a_server_says_what_is_wrong_with_its_accounts(tmp_path: Path) -> None:
    archive = tmp_path / "a"
    archive.mkdir()
    status, told = run(archive, "serve", "--members-only")
    assert status == 1
    assert "nobody has an account yet; give one with: khobao account add NAME" in told
    Desk(archive).accounts.add("Lan", "mật khẩu khá dài")
    _, told = run(archive, "serve", "--desk-key", "một khóa khá dài", "--port", "0")
    assert "--desk-key: not asked for, as there are accounts" in told
    Desk(archive).database.path.write_bytes(b"x" * 5000)
    _, told = run(archive, "serve", "--port", "0")
    assert "desk.sqlite: file is not a database" in told
    assert "nobody can sign in until then" in told
