"""Words in one and in pieces find each other, from files to hits."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from indexer.pipeline import index_sources
from search.archive import Archive
from search.query.parser import parse_query
from search.query.tree import QueryWord
from search.requests import SearchRequest, Words
from search.understanding.joined_forms import joined_forms

SAME = {
    "u23": ("Tuyển U23 thắng", "Tuyển U-23 thắng", "Tuyển U 23 thắng"),
    "f16": ("Máy bay F16 rơi", "Máy bay F-16 rơi"),
    "covid": ("Dịch Covid19 lan", "Dịch Covid-19 lan", "Dịch COVID-19 lan"),
    "su30": ("Chiếc Su30MK2 bay", "Chiếc Su-30MK2 bay"),
    "mnong": ("Người M'Nông hát", "Người Mnông hát", "Người M’Nông hát"),
    "pvn": ("Tập đoàn PVN lãi", "Tập đoàn P.V.N lãi"),
    "phone": (
        "Gọi 0912345678 ngay", "Gọi 0912 345 678 ngay", "Gọi 0912.345.678 ngay", "Gọi 091 234 5678 ngay",
        "Gọi +84912345678 ngay", "Gọi +84 912 345 678 ngay", "Gọi (0912) 345-678 ngay",
    ),
    "hotline": ("Số 19001234 bận", "Số 1900 1234 bận", "Số 1900.1234 bận", "Số 1900 12 34 bận"),
    "km": ("Dài 100km đường", "Dài 100 km đường"),
}  # fmt: skip
ASKED = {
    "u23": ("U23", "U-23", "u23", "tuyển U 23"),
    "f16": ("F16", "F-16", "f 16"),
    "covid": ("Covid19", "Covid-19", "covid19"),
    "su30": ("Su30MK2", "Su-30MK2", "su30mk2"),
    "mnong": ("M'Nông", "Mnông", "M’Nông", "mnông"),
    "pvn": ("PVN", "P.V.N", "P.V.N.", "pvn"),
    "phone": (
        "0912345678", "0912 345 678", "0912.345.678", "091-234-5678", "+84912345678", "+84 912 345 678",
        "84912345678", "(0912) 345 678",
    ),
    "hotline": ("19001234", "1900 1234", "1900.12.34"),
    "km": ("100km", "100-km"),
}  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("joined")
    records = [
        {"id": f"{name}-{number}", "title": title, "body": f"Tin số {number} của {name}."}
        for name, titles in SAME.items()
        for number, title in enumerate(titles)
    ]
    records += [
        {
            "id": f"x{n}",
            "title": f"Bản tin {n}",
            "body": "U tối. F trưởng. 23 ngày, 16 đêm. M nông.",
        }
        for n in range(20)
    ]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    with Archive.open(folder / "archive") as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "query"), [(name, query) for name, its in ASKED.items() for query in its]
)
def test_every_way_finds_every_way(archive: Archive, name: str, query: str) -> None:
    found = archive.search(SearchRequest(query, words=Words.ALL, per_page=100))
    expected = {f"{name}-{number}" for number in range(len(SAME[name]))}
    assert {hit.id for hit in found.hits if not hit.id.startswith("x")} == expected
    assert all(hit.title.highlights for hit in found.hits if hit.id in expected)


@pytest.mark.parametrize(
    "query",
    [
        "lũ quét",
        "VIỆT NAM THẮNG",
        "quận 1",
        "18/9/2024",
        "16.000 đồng",
        "A.I.",
        "TP HCM 30 4",
        "ngày 2-9",
        "a-b",
    ],
)
def test_other_words_stay_as_they_are(query: str) -> None:
    parsed = parse_query(query)
    run = [part for part in parsed.root.parts if isinstance(part, QueryWord)]
    found = joined_forms(run, parsed.text)
    assert all(run[one.start].text in ("tp", "hcm") for one in found)
