from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.synonyms import in_other_words
from indexer.errors import KhobaoError
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from search.understanding.synonyms import (
    Synonyms,
    default_groups,
    load_synonyms,
    read_synonyms,
    spelling_variants,
)

ARTICLES = {
    "a": ("UBND tỉnh họp", "UBND tỉnh Lào Cai bàn về lũ quét ở Bát Xát."),
    "b": ("Uỷ ban nhân dân họp", "Uỷ ban nhân dân tỉnh bàn về ngân sách 16.000 tỉ đồng."),
    "c": ("Nhân dân góp ý", "Ban tổ chức lấy ý kiến của nhân dân, số tiền là 16000 đồng."),
    "d": ("Kĩ sư ở Moscow", "Một kĩ sư người Lào Cai làm việc ở Moscow."),
    "f": ("Lũ về", "Trận lũ về vào ngày 18 tháng 9 vừa qua."),
    "g": ("Lũ rút", "Nước rút từ 18/9/2024."),
    "h": ("Lũ tan", "Chiều 18/9 trời tạnh, mực nước còn 18,9 mét."),
    "i": ("Lũ lui", "Mực nước là 18,9 mét."),
    "e": ("Kỹ sư ở Mát-xcơ-va", "Một kỹ sư khác làm việc ở Mát-xcơ-va."),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("synonyms")
    for name, (title, body) in ARTICLES.items():
        (folder / f"{name}.txt").write_text(f"{title}\n\n{body}\n", encoding="utf-8")
    index_sources(folder / "archive", [folder], workers=0)
    own = "họp = bàn bạc\n2024 = năm con rồng\n"
    (folder / "archive" / "synonyms.txt").write_text(own, encoding="utf-8")
    return Archive.open(folder / "archive")


def complete(archive: Archive, query: str) -> set[str]:
    hits = archive.search(SearchRequest(query)).hits
    return {hit.title.text for hit in hits if not hit.missing}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("UBND", "ab"),
        ("ubnd tỉnh", "ab"),
        ("uỷ ban nhân dân tỉnh", "ab"),
        ("uy ban nhan dan", "ab"),
        ("16.000", "bc"),
        ("16000", "bc"),
        ("kỹ sư", "de"),
        ("kĩ sư Moskva", "de"),
        ("Mátxcơva", "de"),
        ("matxcova", "de"),
        ("kỹ sư matxcova", "de"),
        ("18/9/2024", "fgh"),
        ("ngày 18 tháng 9", "fh"),
        ("18 tháng 09", "fh"),
        ("18-09-2024", "fgh"),
        ("ngày 18 tháng 9 năm 2024", "fgh"),
        ('"uỷ ban nhân dân"', "b"),
        ("title:UBND", "a"),
        ("+UBND", "a"),
    ],
)
def test_every_form_finds_the_others(archive: Archive, query: str, names: str) -> None:
    assert complete(archive, query) == {ARTICLES[name][0] for name in names}


def test_what_was_found_by_another_form_is_marked(archive: Archive) -> None:
    hits = archive.search(SearchRequest("ubnd")).hits
    marked = {
        snippet.text[start:end].lower()
        for hit in hits
        for snippet in hit.snippets
        for start, end in snippet.highlights
    }
    assert marked == {"ubnd", "uỷ ban nhân dân"}


@pytest.mark.parametrize(
    ("query", "accented"),
    [
        ("uy ban nhan dan", "uỷ ban nhân dân"),
        ("Mat xco va", "Mát xcơ va"),
        ("Mát-xcơ-va", None),
        ("ngay 18 thang 9", "ngày 18 tháng 9"),
        ("ky su o Mat-xco-va", "kỹ sư ở Mát-xcơ-va"),
    ],
)
def test_the_spelling_of_a_form_is_known(
    archive: Archive, query: str, accented: str | None
) -> None:
    assert archive.search(SearchRequest(query)).accented == accented


def test_an_archive_adds_its_own(archive: Archive, tmp_path: Path) -> None:
    assert archive.search(SearchRequest("bàn bạc")).total_all_words == 2
    assert complete(archive, "nước rút năm con rồng") == {"Lũ rút"}
    assert complete(archive, "nước rút 2024") == {"Lũ rút"}
    (tmp_path / "synonyms.txt").write_text("# nhóm\n\nHTX\n", encoding="utf-8")
    with pytest.raises(KhobaoError, match=r"synonyms\.txt:3: a group needs two forms"):
        load_synonyms(tmp_path)
    (tmp_path / "synonyms.txt").write_bytes(b"\xff\xfe=a")
    with pytest.raises(KhobaoError, match="cannot be read as UTF-8"):
        read_synonyms(tmp_path / "synonyms.txt")


def test_the_longest_form_wins_and_none_is_inside_another() -> None:
    synonyms = Synonyms([[("a", "b"), ("x",)], [("a",), ("y",)], [("c",), ("z",)]])
    found = synonyms.find(["a", "b", "c", "a"])
    assert [(one.start, one.end, one.others) for one in found] == [
        (0, 2, (("x",),)),
        (2, 3, (("z",),)),
        (3, 4, (("y",),)),
    ]


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("16 000", ["16000"]),
        ("16000", ["16 000"]),
        ("1 234 567", ["1234567"]),
        ("2019", []),
        ("09", ["9"]),
        ("0 000", []),
        ("16 00", []),
        ("1234 000", ["1 234"]),
    ],
)
def test_numbers_with_and_without_groups(words: str, others: list[str]) -> None:
    found = Synonyms([]).find(words.split())
    assert [" ".join(form) for one in found for form in one.others] == others


@pytest.mark.parametrize(
    "query",
    [
        "18 9 2024",
        "18 09 2024",
        "ngày 18 tháng 9 năm 2024",
        "18 tháng 9 năm 2024",
        "ngay 18 thang 9 nam 2024",
    ],
)
def test_a_date_in_figures_and_in_words(query: str) -> None:
    (found,) = Synonyms([]).find(query.split())
    assert (found.start, found.end) == (0, len(query.split()))
    forms = {" ".join(form) for form in found.others} | {query}
    assert {"18 9 2024", "18 09 2024", "18 tháng 9", "ngày 18 9", "sáng 18 09"} <= forms
    assert not {"18 9", "ngày 18"} & forms


@pytest.mark.parametrize(
    "query", ["18 tháng 9", "ngày 18 tháng 9", "ngày 18 9", "ngay 18 thang 09"]
)
def test_a_date_without_its_year(query: str) -> None:
    (found,) = Synonyms([]).find(query.split())
    forms = {" ".join(form) for form in found.others} | {query}
    assert {"18 tháng 9", "ngày 18 9", "hôm 18 9"} <= forms
    assert all(any(not word.isdecimal() for word in form) for form in found.others)


@pytest.mark.parametrize(
    "query", ["2 1", "32 9 2024", "18 13 2024", "18 9 24", "tháng 9", "ngày 18"]
)
def test_what_is_no_whole_date_is_left_alone(query: str) -> None:
    assert Synonyms([]).find(query.split()) == []


def test_i_and_y_in_open_syllables_only() -> None:
    assert spelling_variants("kỹ") == ("kĩ",)
    assert spelling_variants("quí") == ("quý",)
    assert spelling_variants("tay") == spelling_variants("vi") == spelling_variants("kim") == ()


@given(st.lists(st.sampled_from(["ubnd", "uỷ", "ban", "nhân", "dân", "16", "000", "tp", "hcm"])))
def test_groups_lie_side_by_side_in_the_query(words: list[str]) -> None:
    end = 0
    for one in load_synonyms().find(words):
        assert end <= one.start < one.end <= len(words)
        assert tuple(words[one.start : one.end]) not in one.others
        end = one.end


def test_a_query_in_other_words() -> None:
    draw = Random(1)
    synonyms = Synonyms([[("ubnd",), ("uỷ", "ban", "nhân", "dân")]])
    assert in_other_words("UBND tỉnh họp", synonyms, draw) == "uỷ ban nhân dân tỉnh họp"
    assert in_other_words("Hơn 2.060 UBND.", synonyms, draw) == "Hơn 2060 uỷ ban nhân dân."
    assert in_other_words("Tỉnh họp", synonyms, draw) is None


def test_the_groups_of_the_project_are_many_and_no_syllable_is_taken_for_an_abbreviation() -> None:
    groups = default_groups()
    assert len(groups) > 200
    short = {form[0] for group in groups for form in group if len(form) == 1 and len(form[0]) < 4}
    assert not short & {"ai", "ca", "hs", "sv", "ta", "ba", "na", "to", "la", "con"}
