"""Archives in containers are read as if their files lay in a folder."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing import Parsed, PassedOver, UnreadKeys, parse_file
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from webapp import create_app

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGE = "<html><head><title>Lũ về</title></head><body><h1>Lũ về</h1><p>{}</p></body></html>"
SENTENCE = "Nước sông Hồng dâng cao trong đêm, nhiều xã ven đê phải sơ tán người già và trẻ em. "
MEMBERS = {
    "2009/lu.html": PAGE.format(SENTENCE * 6).encode(),
    "2009/han.txt": "Hạn hán\n\nRuộng nứt nẻ khắp huyện, người dân đi lấy nước từ nửa đêm.\n".encode(),
    "2010/bao.jsonl": "\n".join(
        json.dumps({"id": f"b{n}", "title": f"Bão số {n}", "body": SENTENCE}) for n in range(3)
    ).encode(),
    "anh/1.jpg": b"\xff\xd8\xff\xe0" + bytes(200),
    "__MACOSX/2009/._lu.html": b"\x00\x05\x16\x07",
}


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
    return out.getvalue()


CONTAINERS: dict[str, Callable[[dict[str, bytes]], bytes]] = {"a.zip": zipped, "a.tar": tarred}
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd.compress,
}


def read(folder: Path, name: str, data: bytes) -> list[Parsed]:
    (folder / name).write_bytes(data)
    return list(parse_file(folder / name))


def titles(parsed: list[Parsed]) -> list[str]:
    return [one.title for one in parsed if isinstance(one, Article)]


def faults(parsed: list[Parsed]) -> list[str]:
    return [str(one) for one in parsed if isinstance(one, ParseError)]


@pytest.mark.parametrize("suffix", COMPRESSIONS)
@pytest.mark.parametrize("name", CONTAINERS)
def test_members_are_read(tmp_path: Path, name: str, suffix: str) -> None:
    parsed = read(tmp_path, name + suffix, COMPRESSIONS[suffix](CONTAINERS[name](MEMBERS)))
    assert titles(parsed) == ["Lũ về", "Hạn hán", "Bão số 0", "Bão số 1", "Bão số 2"]
    assert faults(parsed) == []
    place = f"{tmp_path / name}{suffix}!/"
    assert [one.path for one in parsed if isinstance(one, Article)][:2] == [
        f"{place}2009/lu.html",
        f"{place}2009/han.txt",
    ]
    assert [one for one in parsed if isinstance(one, PassedOver)] == [
        PassedOver(f"{place}anh/1.jpg", "jpeg")
    ]


@pytest.mark.parametrize("suffix", [one for one in COMPRESSIONS if one])
@pytest.mark.parametrize("name", ["lu.html", "han.txt", "bao.jsonl"])
def test_one_compressed_file(tmp_path: Path, name: str, suffix: str) -> None:
    data = next(data for path, data in MEMBERS.items() if path.endswith(name))
    parsed = read(tmp_path, name + suffix, COMPRESSIONS[suffix](data))
    assert titles(parsed)
    assert faults(parsed) == []
    # Cut off in the middle it says so.
    cut = COMPRESSIONS[suffix](data * 50)
    parsed = read(tmp_path, name + suffix, cut[: len(cut) * 2 // 3])
    assert any("compressed data is damaged" in one for one in faults(parsed))


def test_containers_in_each_other(tmp_path: Path) -> None:
    inside = tarred({"a.zip": zipped({"b.tar.gz": gzip.compress(tarred(MEMBERS))})})
    assert len(titles(read(tmp_path, "c.tar", inside))) == 5
    for _ in range(5):
        inside = zipped({"z.zip": inside})
    (fault,) = faults(read(tmp_path, "d.zip", inside))
    assert (
        "d.zip!/z.zip!/z.zip!/z.zip!/z.zip: containers inside each other are opened 4 deep" in fault
    )


@pytest.mark.parametrize("path", ["../lu.html", "/etc/lu.html", "a/../../lu.html", "C:\\lu.html"])
@pytest.mark.parametrize("name", CONTAINERS)
def test_paths_that_lead_out(tmp_path: Path, name: str, path: str) -> None:
    parsed = read(tmp_path, name, CONTAINERS[name]({path: MEMBERS["2009/lu.html"], **MEMBERS}))
    assert len(titles(parsed)) == 5
    (fault,) = faults(parsed)
    assert fault.startswith(f"{tmp_path / name}!/")
    assert "leads out of the container" in fault


def test_links_and_devices_in_tars(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        page = MEMBERS["2009/lu.html"]
        for name, kind, target in (
            ("a/lu.html", tarfile.REGTYPE, ""),
            ("a/cung.html", tarfile.SYMTYPE, "lu.html"),
            ("a/lai.html", tarfile.LNKTYPE, "a/lu.html"),
            ("a/passwd", tarfile.SYMTYPE, "../../etc/passwd"),
            ("a/hosts", tarfile.SYMTYPE, "/etc/hosts"),
            ("a/null", tarfile.CHRTYPE, ""),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            member.size = len(page) if kind == tarfile.REGTYPE else 0
            file.addfile(member, io.BytesIO(page) if member.size else None)
    parsed = read(tmp_path, "a.tar", out.getvalue())
    assert titles(parsed) == ["Lũ về"]
    found = [one.partition("!/")[2] for one in faults(parsed)]
    assert found == [
        "a/passwd: a link that leads out of the container",
        "a/hosts: a link that leads out of the container",
        "a/null: this is a device or a pipe, not a file",
    ]


def test_bombs(tmp_path: Path) -> None:
    zeros = bytes(300 << 20)
    parsed = read(tmp_path, "a.zip", zipped({"0.txt": zeros, **MEMBERS}))
    assert len(titles(parsed)) == 5
    (fault,) = faults(parsed)
    assert "a.zip!/0.txt: it unpacks to 300 MB, more than 250 times its size" in fault
    (fault,) = faults(read(tmp_path, "a.jsonl.gz", gzip.compress(b'{"a":"' + b"a" * (300 << 20))))
    assert "a.jsonl.gz: it unpacks to more than 72 MB, 250 times its size" in fault


def test_encrypted_and_overlapping_zips(tmp_path: Path) -> None:
    data = bytearray(zipped({"lu.html": MEMBERS["2009/lu.html"]}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    (fault,) = faults(read(tmp_path, "a.zip", bytes(data)))
    assert "a.zip!/lu.html: it is encrypted; unpack it with its password" in fault


def test_names_in_utf_8_that_do_not_say_so(tmp_path: Path) -> None:
    data = zipped({"lũ/về.html": MEMBERS["2009/lu.html"]})
    plain = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        plain[plain.rindex(mark) + place] &= ~0x08
    (article,) = read(tmp_path, "a.zip", bytes(plain))
    assert isinstance(article, Article)
    assert article.path.endswith("!/lũ/về.html")


@given(st.data(), st.sampled_from(sorted(CONTAINERS)), st.sampled_from(["", ".gz", ".zst"]))
def test_damage_is_told_and_costs_little(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, name: str, suffix: str
) -> None:
    whole = COMPRESSIONS[suffix](CONTAINERS[name](MEMBERS))
    damaged = bytearray(whole)
    if data.draw(st.booleans(), "cut"):
        del damaged[data.draw(st.integers(0, len(whole) - 1), "at") :]
    else:
        damaged[data.draw(st.integers(0, len(whole) - 1), "at")] ^= data.draw(st.integers(1, 255))
    parsed = read(tmp_path_factory.mktemp("kho"), name + suffix, bytes(damaged))
    for one in parsed:
        assert isinstance(one, Article | ParseError | PassedOver | UnreadKeys)
        assert "\n" not in str(one) or not isinstance(one, ParseError)


def test_containers_from_files_to_pages(tmp_path: Path) -> None:
    source, archive = tmp_path / "bai", tmp_path / "kho"
    source.mkdir()
    (source / "a.zip").write_bytes(zipped(MEMBERS))
    report = index_sources(archive, [source])
    assert (report.added, report.failures) == (5, [])
    assert report.passed_over == [(f"{source}/a.zip!/anh/1.jpg", "jpeg")]
    # A container that has not changed is not opened again; what is in it is there.
    report = index_sources(archive, [source])
    assert (report.added, report.unchanged, report.changed) == (0, 5, 0)
    with Archive.open(archive) as opened:
        (hit,) = opened.search(SearchRequest("hạn hán")).hits
        page = create_app(opened).test_client().get(f"/article/{hit.id}")
        assert "Ruộng nứt nẻ" in page.text
    # The same files unpacked are the same articles.
    (source / "a.zip").unlink()
    for path, data in MEMBERS.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(data)
    report = index_sources(archive, [source])
    assert (report.added, report.removed, report.unchanged, report.failures) == (0, 0, 5, [])
