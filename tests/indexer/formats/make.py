"""Makes the archive of the format of today, to be kept when the format is raised:

python -m tests.indexer.formats.make
"""

from __future__ import annotations

import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.power_loss import Newsroom
from indexer.archive_folder import FORMAT

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Index, update, keep a dossier, and pack the archive."""
    with TemporaryDirectory() as folder:
        room = Newsroom(Path(folder, "room"))
        room.prepare()
        for step in ("index", "add", "update", "make_dossier", "fill_dossier"):
            getattr(room, step)()
        with tarfile.open(HERE / f"{FORMAT}.tar.xz", "w:xz") as packed:
            packed.add(room.archive, "archive", filter=_plain)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return None if "LOCK" in member.name else member


if __name__ == "__main__":
    main()
