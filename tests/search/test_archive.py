import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from indexer.engines.base import Interval
from indexer.errors import ArchiveError, ArticleNotFoundError
from indexer.language.segmenter import Joiner, segment_placed
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest, Sort
from search.results import Hit, SearchResult


@pytest.fixture(scope="module")
def archive(sample_archive: Path) -> Iterator[Archive]:
    with Archive.open(sample_archive) as opened:
        yield opened


def search(archive: Archive, query: str, **options: object) -> SearchResult:
    return archive.search(SearchRequest(query, **options))  # type: ignore[arg-type]


def ids(archive: Archive, query: str, **options: object) -> set[str]:
    """What holds every word of the query."""
    result = search(archive, query, **options)
    return {hit.id for hit in result.hits[: result.total_all_words]}


def first(archive: Archive, query: str) -> Hit:
    return search(archive, query).hits[0]


@pytest.mark.parametrize(
    "query",
    [
        "hợp tác lào cai",
        "hop tac lao cai",
        "HỢP TÁC LÀO CAI",
        "hop tac toan dien",
        "Hợp tác Lao Cai",
    ],
)
def test_the_article_is_found_with_and_without_accents(archive: Archive, query: str) -> None:
    assert first(archive, query).id == "2023-01-05-hop-tac"


def test_highlights_follow_how_the_query_was_typed(archive: Archive) -> None:
    hit = first(archive, "hop tac lao cai")
    title = hit.title
    assert [title.text[a:b] for a, b in title.highlights] == ["Hợp tác", "Lào Cai"]
    assert any(snippet.highlights for snippet in hit.snippets)


def test_accents_count_when_they_are_typed(archive: Archive) -> None:
    assert ids(archive, "hoà bình") == {"khong-ngay"}
    assert ids(archive, "hòa bình") == {"khong-ngay"}
    assert search(archive, "thài binh").did_you_mean == "thái binh"
    assert "khong-ngay" in ids(archive, "thai binh")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"đường sắt"', {"2024-09-18-lu", "2024-10-02-duong"}),
        ('"duong sat"', {"2024-09-18-lu", "2024-10-02-duong"}),
        ('"sắt đường"', set()),
        ('"Nủ nước"', set()),
        ("lũ -đường", set()),
        ('lũ -"tốc độ"', {"2024-09-18-lu"}),
        ("quét OR ký", {"2024-09-18-lu", "2023-01-05-hop-tac"}),
        ("tiêu_đề:lũ", {"2024-09-18-lu"}),
        ('title:"lang nu"', {"2024-09-18-lu"}),
        ("tác_giả:thuong", {"2023-01-05-hop-tac"}),
        ('tác_giả:"Thu Hà"', {"2024-10-02-duong"}),
        ('nguồn:"vùng cao"', {"2023-01-05-hop-tac", "2024-09-18-lu"}),
        ('mục:"kinh te" từ:2024', {"2024-10-02-duong"}),
        ("từ:2024-09 đến:18/9/2024", {"2024-09-18-lu"}),
        ("đến:2023", {"2023-01-05-hop-tac"}),
        ("nông*", {"2023-01-05-hop-tac"}),
        ("+lũ", {"2024-09-18-lu", "2024-10-02-duong"}),
        ("-lũ", {"2023-01-05-hop-tac", "khong-ngay"}),
    ],
)
def test_query_language(archive: Archive, query: str, expected: set[str]) -> None:
    assert ids(archive, query) == expected


def test_partial_matches_come_after_and_say_what_they_lack(archive: Archive) -> None:
    result = search(archive, "lũ quét tốc")
    assert result.total_all_words == 0
    assert result.total == 2
    assert {hit.id: hit.missing for hit in result.hits} == {
        "2024-09-18-lu": ("tốc",),
        "2024-10-02-duong": ("quét",),
    }


def test_a_word_that_no_article_holds_is_named(archive: Archive) -> None:
    result = search(archive, "Lũ xyzzy")
    assert result.unknown_words == ("xyzzy",)
    assert result.total == 2


@pytest.mark.parametrize(
    ("query", "better"),
    [
        ("nong nghiepp phat trien", "nong nghiep phat trien"),
        ("Lũ quét Lnàg Nủ", "Lũ quét Làng Nủ"),
        ("lũ quét", None),
        ("lũ 20245", None),
        ("lũ nghiepp*", None),
        ("hopwj tacs lafo cai", "hợp tác lào cai"),
        ("ho75p ta1c", "hợp tác"),
        ('"hopwj tacs"', '"hợp tác"'),
    ],
)
def test_did_you_mean(archive: Archive, query: str, better: str | None) -> None:
    assert search(archive, query).did_you_mean == better


def test_what_is_understood_is_found_and_marked(archive: Archive) -> None:
    hit = first(archive, "hopwj tacs lafo cai")
    assert hit.id == "2023-01-05-hop-tac"
    assert [hit.title.text[a:b] for a, b in hit.title.highlights] == ["Hợp tác", "Lào Cai"]
    assert search(archive, "hopwj tacs").unknown_words == ("hopwj", "tacs")


def test_keystrokes_in_quotes_find_the_phrase(archive: Archive) -> None:
    assert ids(archive, '"hopwj tacs"') == {"2023-01-05-hop-tac"}


def test_keystrokes_that_are_words_too_are_read_beside_some_that_are_none(tmp_path: Path) -> None:
    bodies = ["Không có gì.", "Đáp số: cos x = 0.", "Cos x và hợp lực."]
    lines = [{"id": str(n), "title": "Tin", "body": body} for n, body in enumerate(bodies)]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (tmp_path / "x.jsonl").write_text(text, encoding="utf-8")
    index_sources(tmp_path / "a", [tmp_path / "x.jsonl"], workers=0)
    with Archive.open(tmp_path / "a") as archive:
        assert ids(archive, "cos") == {"1", "2"}
        result = search(archive, "khoong cos")
        assert result.hits[0].id == "0"
        assert result.did_you_mean == "không có"
        assert result.unknown_words == ("khoong",)
        # A phrase that stands as it is typed is still found.
        assert search(archive, '"cos x" hopwj').hits[0].id == "2"


def test_what_nobody_wrote_excludes_nothing(archive: Archive) -> None:
    assert ids(archive, "lào cai -hopwj") == ids(archive, "lào cai")


def test_half_typed_accents(archive: Archive) -> None:
    assert first(archive, "hợp tac toàn dien").id == "2023-01-05-hop-tac"


def test_a_word_that_lacks_its_diacritics_tells_of_others(tmp_path: Path) -> None:
    bodies = ["Cá kho ở chợ.", "Nhà kho cũ.", "Kho gạo.", "Đường khó đi.", "Đi khó, về khó."]
    lines = [{"id": str(n), "title": "Tin", "body": body} for n, body in enumerate(bodies)]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (tmp_path / "x.jsonl").write_text(text, encoding="utf-8")
    index_sources(tmp_path / "a", [tmp_path / "x.jsonl"], workers=0)
    with Archive.open(tmp_path / "a") as archive:
        # `duong` is never written so: then `kho` beside it is not either.
        result = search(archive, "duong kho đi")
        assert result.hits[0].id == "3"
        assert result.total_all_words == 1
        assert result.accented == "đường khó đi"
        assert search(archive, "kho đi").total_all_words == 0


def test_strict_parts_stay_strict(archive: Archive) -> None:
    both = {"2024-09-18-lu", "2024-10-02-duong"}
    result = search(archive, '+lũ quét tốc "đường sắt" -ký')
    assert {hit.id for hit in result.hits} == both
    without = search(archive, '+lũ quét tốc "đường sắt" -"khởi công"')
    assert {hit.id for hit in without.hits} == {"2024-09-18-lu"}
    assert search(archive, "+hợp +lũ quét").total == 0
    assert search(archive, '"không có cụm này" lũ').total == 0


def test_a_pasted_headline_is_never_answered_with_nothing(archive: Archive) -> None:
    result = search(archive, 'Khởi công tuyến đường "sắt thép" Lào Cai hôm nay')
    assert result.unquoted
    assert result.hits[0].id == "2024-10-02-duong"
    assert not search(archive, '"sắt thép" Lào Cai').total
    assert not search(archive, 'Khởi công tuyến đường -tàu "sắt thép"').total


@pytest.mark.parametrize("query", ["?", "()", '""', "-", "*"])
def test_a_query_without_words_finds_nothing_and_says_so(archive: Archive, query: str) -> None:
    result = search(archive, query)
    assert result.total == 0
    assert result.problems


def test_sort_and_browse(archive: Archive) -> None:
    newest = [hit.id for hit in search(archive, "", sort=Sort.NEWEST).hits]
    assert newest == ["2024-10-02-duong", "2024-09-18-lu", "2023-01-05-hop-tac", "khong-ngay"]
    assert [hit.id for hit in search(archive, "").hits] == newest
    assert search(archive, "lũ", sort=Sort.OLDEST).hits[0].id == "2024-09-18-lu"


def test_newer_articles_come_first_where_that_is_asked_for(tmp_path: Path) -> None:
    dates = ("2023-03-01", "", "2024-05-01", "2023-12-01")
    for number, day in enumerate(dates):
        text = f"Cầu mới nối hai bờ sông, số {number}."
        record = {"id": f"a{number}", "title": "Cầu mới", "body": text, "published": day or None}
        with (tmp_path / "x.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    index_sources(tmp_path / "a", [tmp_path / "x.jsonl"], workers=0)
    with Archive.open(tmp_path / "a") as archive:
        for query in ("cầu mới", "cầu"):
            plain = search(archive, query, explain=True)
            recent = search(archive, query, sort=Sort.RECENT, explain=True)
            assert [hit.id for hit in recent.hits] == ["a2", "a3", "a0", "a1"]
            assert plain.total == recent.total == 4
            earned = [(hit.parts or {})["date"] for hit in recent.hits]
            assert earned == sorted(earned, reverse=True)
            assert earned[0] > 0
            assert earned[-1] == 0
            for hit in recent.hits:
                assert sum((hit.parts or {}).values()) == pytest.approx(hit.score, rel=1e-4)
            assert all("date" not in (hit.parts or {}) for hit in plain.hits)


def test_facets_timeline_and_filters(archive: Archive) -> None:
    result = search(archive, "lũ")
    assert [(value.value, value.count) for value in result.facets["section"]] == [
        ("Kinh tế", 1),
        ("Xã hội", 1),
    ]
    whole = search(archive, "")
    assert whole.interval is Interval.MONTH
    assert [bucket.count for bucket in whole.timeline] == [1, *[0] * 19, 1, 1]
    assert whole.timeline[0].since == date(2023, 1, 1)
    assert whole.timeline[0].until == date(2023, 1, 31)
    years = search(archive, "", interval=Interval.YEAR).timeline
    assert [(bucket.since.year, bucket.until, bucket.count) for bucket in years] == [
        (2023, date(2023, 12, 31), 1),
        (2024, date(2024, 12, 31), 2),
    ]
    month = search(archive, "", since=date(2024, 9, 1), until=date(2024, 9, 30))
    assert month.interval is Interval.DAY
    assert [(bucket.since, bucket.count) for bucket in month.timeline] == [(date(2024, 9, 18), 1)]
    assert ids(archive, "lũ", filters={"section": "Kinh tế"}) == {"2024-10-02-duong"}
    assert archive.stats().articles == 4


def test_the_first_and_the_last_day_there_are(archive: Archive) -> None:
    assert search(archive, "", since=date.min, until=date.max).total == 3
    assert search(archive, "từ:0001 đến:9999").total == 3
    assert search(archive, "", since=date.max, until=date.min).total == 0


def test_names_are_facets(archive: Archive) -> None:
    facets = ("person", "place", "organisation", "author", "tags")
    whole = search(archive, "", facets=facets)
    assert tuple(whole.facets) == facets
    places = {value.value: value.count for value in whole.facets["place"]}
    assert places["Lào Cai"] >= 1
    for name in ("person", "place", "organisation", "author"):
        for value in whole.facets[name]:
            narrowed = search(archive, "", filters={name: value.value})
            assert narrowed.total == value.count, (name, value)
    both = search(archive, "", filters={"place": "Lào Cai", "section": "không có"})
    assert both.total == 0


def test_pages(archive: Archive) -> None:
    pages = [search(archive, "", page=page, per_page=3) for page in (1, 2, 3)]
    assert [len(page.hits) for page in pages] == [3, 1, 0]
    assert {page.pages for page in pages} == {2}
    with pytest.raises(ValueError, match="page"):
        search(archive, "", page=0)


def test_articles_and_their_links(archive: Archive) -> None:
    article = archive.article("2024-10-02-duong")
    assert article.author == "Thu Hà"
    (story,) = archive.related(article.id).links
    assert (story.link.title, story.id) == ("Lũ quét ở Làng Nủ", "2024-09-18-lu")
    with pytest.raises(ArticleNotFoundError, match="no article"):
        archive.article("nowhere")


def test_opening_nothing_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="khobao index"):
        Archive.open(tmp_path / "none")


def test_an_open_archive_sees_the_next_commit(tmp_path: Path) -> None:
    file = tmp_path / "bai.txt"
    file.write_text("Một\n\nDẫn.\n\nThân.", "utf-8")
    index_sources(tmp_path / "a", [file])
    with Archive.open(tmp_path / "a") as archive:
        assert search(archive, '"duong moi"').total == 0
        file.write_text("Một\n\nDẫn.\n\nĐường mới.", "utf-8")
        index_sources(tmp_path / "a", [file])
        assert search(archive, '"duong moi"').total == 1


@pytest.mark.parametrize("query", ["hợp tác lào cai", "lũ", "lũ quét OR bão"])
def test_every_score_can_be_explained(archive: Archive, query: str) -> None:
    hits = search(archive, query, explain=True).hits
    assert hits
    for hit in hits:
        assert hit.parts
        assert sum(hit.parts.values()) == pytest.approx(hit.score, abs=1e-3)
    assert all(hit.parts is None for hit in search(archive, query).hits)


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Articles of different years, one with a minus before a number in its headline."""
    rows = [
        ("a", "Lũ lớn ở miền Trung", "2019-05-01"),
        ("b", "Hạn hán kéo dài", "2021-05-01"),
        ("c", "Lũ nhỏ trên sông Hồng", "2022-05-01"),
        ("d", "Nhiệt độ ở vùng núi xuống -30 độ trong đêm", "2018-01-01"),
        ("e", "Nhiệt độ ở vùng núi xuống thấp trong đêm qua", "2018-01-02"),
        ("f", "Vùng núi rét đậm, nhiệt độ xuống thấp", "2018-01-03"),
    ]
    folder = tmp_path_factory.mktemp("dated")
    lines = [{"id": id, "title": title, "date": day, "body": "Tin."} for id, title, day in rows]
    (folder / "x.jsonl").write_text("\n".join(json.dumps(one) for one in lines), "utf-8")
    index_sources(folder / "a", [folder / "x.jsonl"], workers=0)
    with Archive.open(folder / "a") as archive:
        yield archive


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("lũ OR từ:2020", "từ:2020 OR lũ", "abc"),
        ("hạn OR đến:2018", "đến:2018 OR hạn", "bdef"),
        ("từ:2022 OR đến:2018", "đến:2018 OR từ:2022", "cdef"),
        ("lũ OR (từ:2021 đến:2021)", "(từ:2021 đến:2021) OR lũ", "abc"),
        ("lũ OR từ:2021 OR hạn", "từ:2021 HOẶC hạn | lũ", "abc"),
    ],
)
def test_alternatives_mean_the_same_both_ways_round(
    dated: Archive, one: str, other: str, found: str
) -> None:
    for query in (one, other):
        result = search(dated, query)
        assert "".join(sorted(hit.id for hit in result.hits)) == found
        assert result.problems == ()


def test_a_range_that_ends_before_it_begins_is_named_but_alternatives_are_no_range(
    dated: Archive,
) -> None:
    assert [one.issue for one in search(dated, "lũ từ:2022 đến:2018").problems] == [
        "inverted_range"
    ]
    assert [one.issue for one in search(dated, "(lũ từ:2022) đến:2018").problems] == [
        "inverted_range"
    ]
    assert search(dated, "lũ (từ:2022 OR đến:2018)").problems == ()


@pytest.mark.parametrize(
    "headline",
    [
        "Nhiệt độ ở vùng núi xuống -30 độ trong đêm",
        "Nhiệt độ ở vùng núi xuống −30 độ trong đêm",
        "nhiet do o vung nui xuong -30 do trong dem",
        'Nhiệt độ ở "vùng núi" xuống -30 độ trong đêm',
        "Nhiệt độ ở vùng núi xuống +30 độ -trong đêm",
    ],
)
def test_a_headline_with_signs_in_it_finds_its_article(dated: Archive, headline: str) -> None:
    result = search(dated, headline)
    assert result.hits[0].id == "d"
    assert result.total_all_words == 1
    assert result.unquoted


def test_an_exclusion_that_leaves_something_stays_one(dated: Archive) -> None:
    result = search(dated, "nhiệt độ vùng núi xuống -đêm")
    assert [hit.id for hit in result.hits] == ["f"]
    assert not result.unquoted
    assert [hit.id for hit in search(dated, "lũ -2019 -sông").hits] == ["a"]
    # Three words are no headline.
    assert search(dated, "nhiệt độ xuống -vùng").total == 0


def test_a_long_article_is_not_analysed_when_it_is_viewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "\n".join(f"Đoạn {n}: ông Nguyễn Văn An nói về lũ ở Lào Cai." for n in range(8000))
    lines = [
        {"id": "dai", "title": "Bài dài về lũ", "body": body},
        {"id": "ngan", "title": "Bài ngắn về lũ", "body": "Ông Nguyễn Văn An nói về lũ ở Lào Cai."},
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(json.dumps(one) for one in lines), "utf-8")
    index_sources(tmp_path / "a", [tmp_path / "x.jsonl"], workers=0)
    looked_at: list[int] = []

    def noted(placed: str, join: Joiner) -> list[tuple[int, int]]:
        looked_at.append(len(placed))
        return segment_placed(placed, join)

    monkeypatch.setattr("indexer.language.segmented_text.segment_placed", noted)
    with Archive.open(tmp_path / "a") as archive:
        view = archive.view("dai", "lũ")
        assert sum(looked_at) == 0
        assert (view.hits, len(view.paragraphs)) == (8001, 8000)
        assert view.people == ("Nguyễn Văn An",)
        assert "Lào Cai" in view.places
        for paragraph in (view.title, *view.paragraphs[:3], view.paragraphs[-1]):
            assert [paragraph.text[a:b] for a, b in paragraph.highlights] == ["lũ"]
        archive.related("dai")
        assert 0 < sum(looked_at) < 25_000
