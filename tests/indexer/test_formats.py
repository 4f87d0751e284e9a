"""Archives of each format since 12 are opened, searched, added to and repaired by this version."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from benchmarks.power_loss import Newsroom
from indexer.archive_folder import FORMAT
from indexer.repair import repair_archive
from search.archive import Archive
from search.requests import SearchRequest

pytestmark = pytest.mark.embedded
KEPT = sorted((Path(__file__).resolve().parent / "formats").glob("*.tar.xz"))


def test_the_format_of_today_is_kept() -> None:
    """Whoever raises the format keeps an archive of the new one, and a way up from each before it."""
    assert f"{FORMAT}.tar.xz" in [path.name for path in KEPT]


@pytest.mark.parametrize("packed", KEPT, ids=lambda path: path.name.partition(".")[0])
def test_an_archive_of_a_format(tmp_path: Path, packed: Path) -> None:
    room = Newsroom(tmp_path)
    room.prepare()
    with tarfile.open(packed) as file:
        file.extractall(room.disk, filter="data")
    before = room.state()
    assert sum(key.startswith("bai") for key in before) == 11
    assert before["dossiers"] == [("Lũ", 3)]
    with Archive.open(room.archive) as opened:
        found = opened.search(SearchRequest('"sơ tán" nước dâng', per_page=50))
        assert found.total == 11
        assert opened.suggest("nuoc d")
        assert "mới nhất" in opened.article("bai1").body
        assert len(opened.versions("bai1")) == 2
    room.update()
    room.hide()
    room.give_account()
    room.compact()
    report = repair_archive(room.archive)
    assert report.lost == ()
    after = room.state()
    assert after["private"] == ["hồ sơ nội bộ"]
    assert after["dossiers"] == before["dossiers"]
