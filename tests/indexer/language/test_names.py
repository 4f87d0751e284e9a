"""The names of an article with their forms, titles and provinces, and who says what in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.documents import TITLE_KEY, make_document
from indexer.language.analysis import analyse, current_text
from indexer.language.entities import EntityKind, find_entities
from indexer.language.names import Name
from indexer.language.naming import provinces_of
from indexer.language.normalise import nfc
from indexer.language.quotations import speaker_keys
from indexer.language.segmented_text import segmented_text
from indexer.language.titles import title_of
from indexer.records import decode_with_findings

PERSON, PLACE, ORGANISATION = EntityKind.PERSON, EntityKind.PLACE, EntityKind.ORGANISATION


def article(body: str, title: str = "Tin") -> Article:
    return Article(id="1", title=title, lead="", body=body)


def test_first_names_are_counted_with_the_full_name() -> None:
    body = "Ông Trần Văn Dũng tới. Ông Dũng nói. Ông Dũng về. Bà Hoa ở lại Huế. Ông Smithson đi."
    found = analyse(article(body, "Ông Dũng")).names
    assert found[PERSON] == [Name("Trần Văn Dũng"), Name("Smithson")]
    assert found[PLACE] == [Name("Huế")]


def test_a_river_without_its_kind() -> None:
    found = analyse(article("Nước sông Tô Lịch đen. Cống chảy ra Tô Lịch.")).names
    assert found[PLACE] == [Name("sông Tô Lịch", ("Tô Lịch",))] or found[PLACE] == [
        Name("sông Tô Lịch")
    ]
    assert found[PERSON] == []


def test_forms_and_titles() -> None:
    body = (
        "Chủ tịch UBND TP Trần Văn Dũng họp. Ông Trần Văn Dũng, Chủ tịch UBND TP, nói.\n"
        "Sở GD-ĐT ở TP. Hồ Chí Minh; Sài Gòn mưa."
    )
    found = analyse(article(body)).names
    assert found[PERSON] == [Name("Trần Văn Dũng", (), ("Chủ tịch UBND TP",))]
    assert found[PLACE] == [Name("TP HCM", ("TP. Hồ Chí Minh", "Sài Gòn"))]
    assert found[ORGANISATION][-1] == Name("Sở Giáo dục và Đào tạo", ("Sở GD-ĐT",))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Chủ tịch nước Trần Văn Dũng tới.", "Chủ tịch nước"),
        ("Theo Phó Chủ tịch UBND TP HCM Trần Văn Dũng, ...", "Phó chủ tịch UBND TP HCM"),
        ("Bộ trưởng Quốc phòng Nga Ivan Smirnov tới.", "Bộ trưởng Quốc phòng Nga"),
        (
            "ông Trần Văn Dũng, Giám đốc Sở Giao thông vận tải, nói",
            "Giám đốc Sở Giao thông vận tải",
        ),
        ("ông Trần Văn Dũng - giám đốc Sở Y tế - nói", "Giám đốc Sở Y tế"),
        ("ông Trần Văn Dũng (nguyên Bí thư Tỉnh uỷ) nói", "Nguyên bí thư Tỉnh uỷ"),
        ("ông Trần Văn Dũng, chủ tịch UBND xã cho biết", "Chủ tịch UBND xã"),
        ("cựu tổng thống Mỹ John Smithson tới", "Cựu tổng thống Mỹ"),
        ("ông Trần Văn Dũng, Phó chủ tịch Ủy ban nhân dân tỉnh, nói", "Phó chủ tịch UBND tỉnh"),
        ("chính quyền Tổng thống Trần Văn Dũng nói", "Tổng thống"),
        ("quyền Tổng thống Trần Văn Dũng nói", "Quyền tổng thống"),
        ("Thủ tướng chính phủ Trần Văn Dũng nói", "Thủ tướng Chính phủ"),
        ("ông Trần Văn Dũng nói", ""),
        ("Giám đốc Sở Y tế đến. Ông Trần Văn Dũng nói", ""),
        ("Giám đốc Lê Văn An và ông Trần Văn Dũng nói", ""),
        ("ông Trần Văn Dũng, người mua nhà, nói", ""),
    ],
)
def test_titles(text: str, title: str) -> None:
    part = segmented_text(text)
    person = [one for one in find_entities(part) if one.kind is PERSON][-1]
    assert title_of(text, part.normal, person) == title


def test_provinces_of_places() -> None:
    assert provinces_of(["Cái Răng", "Sài Gòn", "Cần Thơ", "sông Hồng"]) == ["Cần Thơ", "TP HCM"]
    # Several provinces have a district of this name.
    assert provinces_of(["Châu Thành"]) == []


def test_speakers_are_found_by_the_ends_of_their_names() -> None:
    assert speaker_keys("Trần Dũng") == ("trần dũng", "dũng", "tran dung", "dung", "*")
    assert speaker_keys("Donald Trump") == ("donald trump", "trump", "*")


def test_what_is_said_is_a_passage_of_the_full_name() -> None:
    said = "chúng tôi sẽ dựng lại cây cầu này"
    document = make_document(
        article(f'Ông Trần Văn Dũng tới xã. "{said}", ông Dũng nói.\nÔng về.'), "/a.txt"
    )
    title, passage = document.passages
    assert (title.start, title.keys) == (0, (TITLE_KEY,))
    assert document.tokens[passage.start : passage.end] == said.split()
    assert passage.keys == speaker_keys("Trần Văn Dũng")
    assert document.facets["speaker"] == ["Trần Văn Dũng"]
    assert set(document.terms["speakers"]) == {*passage.keys, TITLE_KEY}
    assert document.facets["spelling"] == []
    stored, findings = decode_with_findings(document.record)
    assert findings.names[PERSON] == ("Trần Văn Dũng",)
    (one,) = findings.quotations
    assert one.speaker == "Trần Văn Dũng"
    assert current_text(stored)[one.start : one.end] == said


def test_offices_and_spellings_are_facets() -> None:
    text = "Chủ tịch UBND TP Trần Văn Dũng ở TP. Hồ Chí Minh, tức Sài Gòn. Ông Dũng về."
    facets = make_document(article(text), "/a.txt").facets
    assert facets["office"] == ["Trần Văn Dũng: Chủ tịch UBND TP"]
    assert facets["spelling"] == ["TP HCM: TP. Hồ Chí Minh", "TP HCM: Sài Gòn"]
    assert facets["province"] == facets["new_province"] == ["TP HCM"]
    both = make_document(article("Ở Hà Giang, Tuyên Quang và Huế."), "/a.txt").facets
    assert both["province"] == ["Hà Giang", "Tuyên Quang", "Huế"]
    assert both["new_province"] == ["Tuyên Quang", "Huế"]


WORDS = [
    *["ông", "bà", "Trần", "Văn", "Dũng", "Chủ", "tịch", "UBND", "TP", "HCM", "sông", "Hồng", "Công", "ty", "Thoát", "nước", "Bộ", "Y", "tế", "và", "nói", "cho", "biết"],
    *["Trump", "Mỹ", "quận", "Peter", "kể"], *'"“”.,:(', '("', "\n",
]  # fmt: skip


@given(
    st.lists(
        st.sampled_from(WORDS) | st.text(max_size=4),
        max_size=60,
    ).map(" ".join)
)
def test_whatever_is_written_names_and_quotations_lie_in_it(text: str) -> None:
    document = make_document(article(nfc(text).strip() or "a"), "/a.txt")
    end = 0
    said_here = [one for one in document.passages if one.keys != (TITLE_KEY,)]
    assert len(document.passages) - len(said_here) == bool(document.tokens[0])
    for one in said_here:
        assert end <= one.start < one.end <= len(document.tokens)
        assert "" not in document.tokens[one.start : one.end]
        end = one.end
    stored, findings = decode_with_findings(document.record)
    assert len(findings.quotations) == len(said_here)
    for said in findings.quotations:
        assert 0 <= said.start < said.end <= len(current_text(stored))
    assert len(document.facets["new_province"]) <= len(document.facets["province"])
    people = set(document.facets["person"])
    assert {one.partition(": ")[0] for one in document.facets["office"]} <= people
