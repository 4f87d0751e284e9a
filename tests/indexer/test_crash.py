"""A run that is killed loses nothing that was committed, and the next run goes on from there."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from indexer.engine_factory import open_engine
from indexer.errors import ArchiveError
from indexer.pipeline import index_sources

ROOT = Path(__file__).resolve().parent.parent.parent
RUN = "import sys; from pathlib import Path; from indexer.pipeline import index_sources;"
RUN += " index_sources(Path(sys.argv[1]), [Path(sys.argv[2])], workers=0, batch=10)"


def count(archive: Path) -> int:
    try:
        engine = open_engine(archive)
    except ArchiveError:
        return 0
    total = engine.searcher().count()
    engine.close()
    return total


def test_a_killed_run(tmp_path: Path) -> None:
    sources, archive = tmp_path / "in", tmp_path / "a"
    sources.mkdir()
    for number in range(300):
        text = f"Bài {number}\n\nDẫn.\n\n{'Mưa lớn ở vùng cao. ' * 20}"
        (sources / f"{number}.txt").write_text(text, "utf-8")
    process = subprocess.Popen([sys.executable, "-c", RUN, archive, sources], cwd=ROOT)
    give_up = time.monotonic() + 60
    while count(archive) < 30 and process.poll() is None and time.monotonic() < give_up:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    committed = count(archive)
    assert committed >= 30
    report = index_sources(archive, [sources])
    assert report.added == 300 - committed
    assert count(archive) == 300
