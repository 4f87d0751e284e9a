"""Where rows begin, against Whoosh's own reader of the same file."""

from array import array
from pathlib import Path

import pytest
from whoosh.columns import VarBytesColumn
from whoosh.filedb.filestore import FileStorage

from indexer.engines.whoosh.checksums import FileSums, VerifiedFile, seal_row
from indexer.engines.whoosh.rows import Rows
from indexer.errors import DamageError

pytestmark = pytest.mark.embedded


def write(folder: Path, rows: list[bytes], cutoff: int) -> Path:
    storage = FileStorage(str(folder))
    with storage.create_file("c") as file:
        writer = VarBytesColumn(write_offsets_cutoff=cutoff).writer(file)
        for number, row in enumerate(rows):
            writer.add(number, row)
        writer.finish(len(rows))
    return folder / "c"


@pytest.mark.parametrize("cutoff", [1, 1 << 15], ids=["offsets", "lengths alone"])
@pytest.mark.parametrize("longest", [10, 300, 70_000], ids=["1 byte", "2 bytes", "4 bytes"])
def test_rows_are_read_where_whoosh_has_written_them(
    tmp_path: Path, longest: int, cutoff: int
) -> None:
    rows = [seal_row(bytes([65 + n % 26]) * (n * longest // 9)) for n in range(10)] + [b""]
    path = write(tmp_path, rows, cutoff)
    assert (path.read_bytes()[-1:] == b"X") == (cutoff == 1)
    file = VerifiedFile(path, FileSums.of(path))
    found = Rows(file, len(rows))
    storage = FileStorage(str(tmp_path)).open_file("c")
    reader = VarBytesColumn().reader(storage, 0, file.length, len(rows))
    assert found.begins.tolist()[:-1] == list(reader._offsets)
    assert [b - a for a, b in zip(found.begins, found.begins[1:], strict=False)] == list(
        reader._lengths
    )
    assert found.read([9, 0, 4]) == [rows[number][:-4] for number in (9, 0, 4)]


def test_a_table_of_no_known_kind_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "c"
    path.write_bytes(b"abcd" + array("B", [4]).tobytes() + b"?")
    with pytest.raises(DamageError, match="damaged"):
        Rows(VerifiedFile(path, FileSums.of(path)), 1).read([0])
