"""Cut the power at every write, and compare what the archive holds with what it had answered.

A scripted newsroom indexes, updates, deletes, keeps dossiers and accounts, makes a source private, compacts and
backs up, while strace records every write. Each prefix of that record is replayed to a folder, in all the
states in which a disk may be then, and compared with what the archive has to hold:

    python -m benchmarks.power_loss [--every N]
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from benchmarks.crashed_disk import Crash, Disk
from benchmarks.recorded_writes import MARK, Operation, record
from indexer.backup import back_up
from indexer.backup_list import faults_of, read_backup
from indexer.engine_factory import open_engine
from indexer.engines.capabilities import CanCompact, capability, hide_sources
from indexer.errors import KhobaoError
from indexer.followed_engine import FollowedEngine
from indexer.integrity import check_archive
from indexer.moments import utc_now
from indexer.pipeline import index_sources
from indexer.records import decode_record
from indexer.repair import repair_archive
from search.desk.desk import Desk
from search.desk.dossiers import Entry

ROOT = Path(__file__).resolve().parent.parent
State = dict[str, Any]


class Newsroom:
    """What is done with an archive, in this order: see `STEPS`.

    Args:
        folder: in which sources, archive and backup are.
    """

    def __init__(self, folder: Path) -> None:
        self.sources, self.disk = folder / "in", folder / "disk"
        self.archive, self.backup = self.disk / "archive", self.disk / "backup"

    def prepare(self) -> None:
        """Make the folders and the first articles."""
        self.sources.mkdir(parents=True)
        self.disk.mkdir()
        self._write(range(6))

    def _write(self, numbers: Sequence[int], text: str = "") -> None:
        for number in numbers:
            record = {
                "id": f"bai{number}",
                "title": f"Lũ về xã số {number}",
                "body": f"Nước dâng {number} mét, cả xã {number} sơ tán lên đồi cao. {text}",
                "source": "Báo Núi" if number % 3 else "Hồ sơ nội bộ",
            }
            file = self.sources / f"{number}.json"
            file.write_text(json.dumps(record, ensure_ascii=False), "utf-8")

    def index(self) -> None:
        index_sources(self.archive, [self.sources], workers=0, remove_missing=True)

    def add(self) -> None:
        self._write(range(6, 12))
        self.index()

    def update(self) -> None:
        self._write([1, 2], "Tin mới nhất.")
        (self.sources / "3.json").unlink(missing_ok=True)
        self.index()

    def make_dossier(self) -> None:
        Desk(self.archive).dossiers.create("Lũ", "ghi chú")

    def fill_dossier(self) -> None:
        entries = [Entry(f"bai{at}", f"Lũ {at}", utc_now()) for at in range(3)]
        Desk(self.archive).dossiers.add(1, entries)

    def drop_dossier(self) -> None:
        Desk(self.archive).dossiers.delete(1)

    def give_account(self) -> None:
        Desk(self.archive).accounts.add("Lan", "mật khẩu khá dài")

    def hide(self) -> None:
        engine = open_engine(self.archive)
        hide_sources(engine, frozenset({"hồ sơ nội bộ"}))
        engine.close()

    def compact(self) -> None:
        engine = open_engine(self.archive)
        if compacting := capability(engine, CanCompact):
            compacting.compact()
        engine.close()

    def mend(self) -> None:
        """Damage a file of the index, and repair it."""
        file = max((self.archive / "index").glob("*.kpo"))
        with file.open("r+b") as stream:
            stream.seek(40)
            stream.write(b"damage")
            stream.flush()
            os.fsync(stream.fileno())
        repair_archive(self.archive)

    def back_up(self) -> None:
        back_up(self.archive, self.backup)

    def state(self) -> State:
        """What there is; raises KhobaoError where it cannot be read."""
        engine = FollowedEngine(self.archive)
        searcher, desk = engine.searcher(), Desk(self.archive)
        ids = [one.id for one in searcher.origins()]
        records = [one for one in searcher.records(ids) if one is not None]
        found = {
            **{id: decode_record(record).body for id, record in zip(ids, records, strict=True)},
            "private": sorted(engine.private_sources()),
            "dossiers": [(one.name, one.count) for one in desk.dossiers.heads()],
            "accounts": [one.name for one in desk.accounts.accounts()],
            "backup": self.backup.exists(),
        }
        engine.close()
        if faults := check_archive(self.archive).problems:
            raise KhobaoError(faults[0])
        if self.backup.exists():
            for fault in faults_of(self.backup, read_backup(self.backup)):
                raise KhobaoError(fault)
        return found


STEPS = (
    *("index", "add", "update", "make_dossier", "fill_dossier", "hide", "compact", "give_account"),
    *("back_up", "mend", "drop_dossier"),
)


@dataclass(frozen=True, slots=True)
class Loss:
    """A state of the disk in which something is missing.

    Attributes:
        at: how many operations were done.
        after: the last step that had been answered.
        fault: what is missing, or wrong.
    """

    at: int
    after: str
    crash: Crash
    fault: str


def expected_states(folder: Path) -> list[State]:
    """What there is after each step, the first being before any."""
    room = Newsroom(folder)
    room.prepare()
    found: list[State] = [{}]
    for step in STEPS:
        getattr(room, step)()
        found.append(room.state())
    return found


def recorded(folder: Path) -> list[Operation]:
    """The operations of all steps, with a mark after each."""
    room = Newsroom(folder)
    room.prepare()
    command = [sys.executable, "-m", "benchmarks.power_loss", "--steps", str(folder)]
    shutil.copytree(room.disk, folder / "before")
    return record(command, room.disk, folder / "strace.log", ROOT)


def losses(
    folder: Path, operations: Sequence[Operation], states: Sequence[State], every: int
) -> Iterator[tuple[Crash, Loss | None]]:
    """What each state of the disk lacks, after every so many operations."""
    disk = Disk(folder / "before", folder / "disk")
    done = 0
    for number, operation in enumerate(operations):
        if operation.name == "mark":
            done += 1
        disk.apply(operation)
        # Just before and after an answer most can be wrong.
        is_near = any(one.name == "mark" for one in operations[number : number + 3])
        if number % every and not is_near:
            continue
        for crash in Crash:
            with TemporaryDirectory(dir=folder) as left:
                disk.build(Path(left, "disk"), crash)
                fault = fault_after(Newsroom(Path(left)), done, states)
            after = STEPS[done - 1] if done else "nothing"
            yield crash, Loss(number + 1, after, crash, fault) if fault else None


def fault_after(room: Newsroom, done: int, states: Sequence[State]) -> str:
    """What is wrong after some steps were answered; empty for nothing."""
    try:
        if not done:
            # Nothing was promised, but the next run has to work.
            room.sources.mkdir()
            room._write(range(6))
            room.index()
            found = room.state()
            return "" if found == states[1] else f"the next run made {found}"
        if STEPS[done : done + 1] == ("mend",):
            # What was damaged on purpose may be so still: whoever repairs it anew has to succeed.
            repair_archive(room.archive)
        found = room.state()
    except KhobaoError as error:
        return str(error)
    before, after = states[done], states[min(done + 1, len(states) - 1)]
    for key in {*before, *after, *found}:
        if found.get(key) not in (before.get(key), after.get(key)):
            return (
                f"{key}: {found.get(key)!r} is neither {before.get(key)!r} nor {after.get(key)!r}"
            )
    return ""


@click.command()
@click.option("--every", default=1, show_default=True, help="Operations between two cuts.")
@click.option("--steps", type=click.Path(path_type=Path), hidden=True)
def main(every: int, steps: Path | None) -> None:
    """Cut the power at every write."""
    if steps is not None:
        for step in STEPS:
            getattr(Newsroom(steps), step)()
            click.echo(f"{MARK}{step}", err=True)
        return
    with TemporaryDirectory() as folder:
        states = expected_states(Path(folder, "expected"))
        operations = recorded(Path(folder, "recorded"))
        tried, lost = Counter[Crash](), Counter[Crash]()
        for crash, loss in losses(Path(folder, "recorded"), operations, states, every):
            tried[crash] += 1
            if loss:
                lost[crash] += 1
                click.echo(f"{loss.at} after {loss.after}, {crash}: {loss.fault}", err=True)
    click.echo("| what the disk keeps | cuts | losses |\n| --- | ---: | ---: |")
    for crash in Crash:
        click.echo(f"| {crash} | {tried[crash]:,} | {lost[crash]} |")
    click.echo(f"\n{len(operations):,} operations of {len(STEPS)} steps", err=True)


if __name__ == "__main__":
    main()
