"""A run that stays: how soon a new file is findable, and what becomes of very many at once.

    python -m benchmarks.watching --articles FILE [--limit N] [--dropped N]

Each article is a file of its own, with an address. The archive is indexed, then once more with nothing
changed, then watched.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import median

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import read_lines
from search.archive import Archive
from search.requests import SearchRequest

_SINGLE = 5
_PATIENCE = 600


def _write(path: Path, word: str, number: int) -> None:
    body = f"Nước dâng ở xã {number}, {word}. {' '.join(str(number * n) for n in range(40))}"
    record = {"title": f"Tin số {number} {word}", "body": body}
    record["url"] = f"https://moi.example/{word}-{number}.html"
    path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")


def _index(source: Path, archive: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "khobao", "index", str(source), "--archive", str(archive)]
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - started


def _findable(archive: Archive, word: str, wanted: int) -> float:
    """Seconds until so many articles with a word are found."""
    started = time.perf_counter()
    while archive.search(SearchRequest(f"+{word}")).articles < wanted:
        if time.perf_counter() - started > _PATIENCE:
            raise click.ClickException(f"not findable after {_PATIENCE} s: {word}")
        time.sleep(0.05)
    return time.perf_counter() - started


@click.command()
@ARTICLES
@click.option("--limit", type=click.IntRange(min=1), default=50_000, show_default=True)
@click.option("--dropped", type=click.IntRange(min=1), default=10_000, show_default=True)
def main(articles: Path, limit: int, dropped: int) -> None:
    """Print seconds."""
    with tempfile.TemporaryDirectory() as folder:
        source, archive = Path(folder, "articles"), Path(folder, "archive")
        for number, record in enumerate(islice(read_lines(articles), limit)):
            place = source / f"{number // 1000:03}"
            place.mkdir(parents=True, exist_ok=True)
            record["url"] = f"https://bao.example/{record['id']}.html"
            (place / f"{record['id']}.json").write_text(json.dumps(record), "utf-8")
        seconds = _index(source, archive)
        click.echo(f"{limit} files indexed in {seconds:.0f} s, {limit / seconds:.0f} a second")
        click.echo(f"again with nothing changed: {_index(source, archive):.1f} s")
        command = [sys.executable, "-m", "khobao", "index", str(source), "--archive", str(archive)]
        watching = subprocess.Popen([*command, "--watch"], stdout=subprocess.DEVNULL)
        with Archive.open(archive) as opened:
            time.sleep(20)
            times = []
            for number in range(_SINGLE):
                _write(source / f"new-{number}.json", f"qzx{number}", number)
                times.append(_findable(opened, f"qzx{number}", 1))
            click.echo(
                f"a new file is findable after {median(times):.2f} s, at most {max(times):.2f}"
            )
            many = Path(folder, "many")
            many.mkdir()
            for number in range(dropped):
                _write(many / f"{number}.json", "zzqq", number)
            many.rename(source / "many")
            click.echo(f"{dropped} at once: all after {_findable(opened, 'zzqq', dropped):.1f} s")
        watching.terminate()
        watching.wait()


if __name__ == "__main__":
    main()
