"""Flip bytes in every kind of file of an archive, and see whether each is told and no answer is wrong.

python -m benchmarks.flips [--flips 1000]
"""

from __future__ import annotations

import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np

from benchmarks.power_loss import Newsroom, State
from indexer.backup_list import faults_of, read_backup
from indexer.errors import KhobaoError
from indexer.integrity import check_archive
from indexer.meanings.vector_store import VectorStore
from search.archive import Archive
from search.desk.desk import Desk
from search.requests import SearchRequest

_QUERIES = ("lũ", '"sơ tán"', "xa so 3", "nguồn:núi", "đồi trong_câu cao")
_MODEL = "a model"


def made(folder: Path) -> Newsroom:
    """An archive with files of every kind, and a backup."""
    room = Newsroom(folder)
    room.prepare()
    for step in ("index", "add", "update", "make_dossier", "fill_dossier", "hide", "give_account"):
        getattr(room, step)()
    vectors = np.random.default_rng(7).normal(size=(12, 384)).astype(np.float32)
    store = VectorStore(room.archive, _MODEL)
    store.put(range(1, 13), vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    store.close()
    room.back_up()
    return room


def answers(room: Newsroom) -> State:
    """What the archive holds and answers; raises KhobaoError."""
    found = room.state()
    with Archive.open(room.archive) as archive:
        for query in _QUERIES:
            hits = archive.search(SearchRequest(query)).hits
            found[query] = [(hit.id, hit.title, hit.snippets) for hit in hits]
        reader = archive.reader()
        found["stats"], found["suggestions"] = reader.stats(), reader.suggest("lu")
    desk = Desk(room.archive)
    for head in desk.dossiers.heads():
        found[f"dossier {head.number}"] = desk.dossiers.dossier(head.number)
    store = VectorStore(room.archive, _MODEL, is_reader=True)
    if (table := store.table()) is not None:
        found["vectors"] = sorted(table.keys.tolist())
    store.close()
    return found


def kind_of(path: Path) -> str:
    """What kind of file something is."""
    if "backup" in path.parts:
        return "any file of a backup"
    if not path.name.startswith(("MAIN_", "_MAIN")):
        return path.name
    return {".col": "columns", ".kpo": "postings", ".sums": "checksums"}.get(path.suffix, "table")


def outcome(room: Newsroom, path: Path, right: State) -> str:
    """What became of a flip: it is told, it changes nothing, or an answer is wrong."""
    is_backup = "backup" in path.parts
    try:
        if is_backup:
            faults = list(faults_of(room.backup, read_backup(room.backup)))
            return "told" if faults else "wrong"
        if any(path.name in line for line in check_archive(room.archive).problems):
            return "told"
        found = answers(room)
    except KhobaoError as error:
        return "told" if path.name in str(error) or is_backup else f"told badly: {error}"
    except Exception as error:
        return f"{path.name}: {type(error).__name__}: {error}"
    if path.name == "files.sqlite" and found == right:
        # It is a cache: what it has wrong has to cost no article either.
        try:
            room.index()
            found = answers(room)
        except Exception as error:
            return f"{path.name}: {type(error).__name__}: {error}"
    if path.name == "meanings.sqlite" and set(found["vectors"]) < set(right["vectors"]):
        # A vector whose checksum is wrong is left out; searches say how many articles have none.
        return "told"
    different = [key for key in right if found.get(key) != right[key]]
    return "no change" if not different else "wrong"


@click.command()
@click.option("--flips", default=1000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(flips: int, seed: int) -> None:
    """Flip bytes, one at a time, and print what became of it."""
    chance = random.Random(seed)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with TemporaryDirectory() as folder:
        room = made(Path(folder, "room"))
        right = answers(room)
        files = [path for path in sorted(room.disk.rglob("*")) if _is_flipped(path)]
        kinds = sorted({kind_of(path) for path in files})
        for number in range(flips):
            kind = kinds[number % len(kinds)]
            path = chance.choice([one for one in files if kind_of(one) == kind])
            counts[kind][_flipped(room, path, chance, lambda p: outcome(room, p, right))] += 1
    click.echo("| file | flips | told | no change | wrong |\n| --- | ---: | ---: | ---: | ---: |")
    for kind, found in counts.items():
        wrong = sum(count for name, count in found.items() if name not in ("told", "no change"))
        click.echo(
            f"| {kind} | {found.total()} | {found['told']} | {found['no change']} | {wrong} |"
        )
        for name in found.keys() - {"told", "no change", "wrong"}:
            click.echo(f"{kind}: {name}", err=True)


def _is_flipped(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0 and "LOCK" not in path.name


def _flipped(room: Newsroom, path: Path, chance: random.Random, act: Callable[[Path], str]) -> str:
    kept = room.disk.with_name("kept")
    shutil.copytree(room.disk, kept)
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    try:
        return act(path)
    finally:
        shutil.rmtree(room.disk)
        kept.rename(room.disk)


if __name__ == "__main__":
    main()
