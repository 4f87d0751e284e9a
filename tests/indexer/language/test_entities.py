import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.language.entities import Entity, EntityKind, entities_of, find_entities
from indexer.language.naming import known_places
from indexer.language.normalise import nfc
from indexer.language.segmented_text import segmented_text, segmented_texts
from indexer.language.tones import place_tones

PERSON, PLACE, ORGANISATION = EntityKind.PERSON, EntityKind.PLACE, EntityKind.ORGANISATION


def named(text: str) -> list[tuple[EntityKind, str]]:
    return [(one.kind, one.name) for one in find_entities(segmented_text(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hôm qua ông Thào Văn Minh nói.", [(PERSON, "Thào Văn Minh")]),
        ("Cô giáo Lò Thị Én tới lớp.", [(PERSON, "Lò Thị Én")]),
        ("Hai tỉnh Lào Cai và Thái Bình.", [(PLACE, "Lào Cai"), (PLACE, "Thái Bình")]),
        ("Lũ ở Hòa Bình.", [(PLACE, "Hoà Bình")]),
        ("Người dân xã Bản Lùng.", [(PLACE, "Bản Lùng")]),
        ("Trụ sở ở TP. HCM.", [(PLACE, "TP HCM")]),
        ("Tổng thống Mỹ John Smith tới.", [(PLACE, "Mỹ"), (PERSON, "John Smith")]),
        ("Hôm nay bà Nga học tiếng Anh.", [(PERSON, "Nga")]),
        ("Bộ Giáo dục và Đào tạo họp.", [(ORGANISATION, "Bộ Giáo dục và Đào tạo")]),
        ("Bộ Y tế và Bộ Tài chính.", [(ORGANISATION, "Bộ Y tế"), (ORGANISATION, "Bộ Tài chính")]),
        ("Theo công ty Sao Mai, giá tăng.", [(ORGANISATION, "Công ty Sao Mai")]),
        ("Theo Trần Văn Bình, giá tăng.", [(PERSON, "Trần Văn Bình")]),
        ("Nạn nhân Nguyễn Văn H. và chị T.", []),
        ("Cụ thể, giá tăng. Nhà nước bù lỗ.", []),
        ("đi đường sắt về nhà", []),
        ("Bộ trưởng Quốc phòng Mỹ James Smith tới.", [(PERSON, "James Smith")]),
        ("Thủ tướng Chính phủ đã duyệt.", []),
        (
            "Tổng thống Bashar al-Smith gặp ông Kim Song-un.",
            [(PERSON, "Bashar al-Smith"), (PERSON, "Kim Song-un")],
        ),
        (
            "Sở GD-ĐT TP. HCM và Bộ Giao thông - Vận tải.",
            [
                (ORGANISATION, "Sở Giáo dục và Đào tạo TP HCM"),
                (ORGANISATION, "Bộ Giao thông Vận tải"),
            ],
        ),
        ("Học ở trường THPT gần nhà.", []),
        ("Một công ty Hàn Quốc thắng thầu.", []),
        ("Đảng Dân chủ Tự do Nhật Bản họp.", [(ORGANISATION, "Đảng Dân chủ Tự do Nhật Bản")]),
        (
            "đường Lê Duẩn, Trần Phú và phố đi bộ Nguyễn Huệ",
            [(PLACE, "Lê Duẩn"), (PLACE, "Trần Phú")],
        ),
        ("Mưa ở TP Đà Nẵng.", [(PLACE, "Đà Nẵng")]),
    ],
)
def test_what_is_named(text: str, expected: list[tuple[EntityKind, str]]) -> None:
    assert named(text) == expected


def test_the_list_of_places_is_whole() -> None:
    places = known_places()
    assert len(places) > 650
    assert places["sài gòn"] == places["tp hcm"] == "TP HCM"
    assert places["đà lạt"] == "Đà Lạt"
    assert all(place_tones(name) == name for name in places.values())


def test_first_names_are_counted_with_the_full_name() -> None:
    body = "Ông Trần Văn Dũng tới. Ông Dũng nói. Ông Dũng về. Bà Hoa ở lại Huế. Ông Smithson đi."
    found = entities_of(segmented_texts(Article(id="1", title="Ông Dũng", lead="", body=body)))
    assert found[PERSON] == ["Trần Văn Dũng", "Smithson"]
    assert found[PLACE] == ["Huế"]


@given(
    st.text(st.one_of(st.sampled_from("Ông Hà Nội Bộ Y tế. và\n TP"), st.characters(codec="utf-8")))
)
def test_names_lie_in_the_text_one_after_the_other(text: str) -> None:
    text = nfc(text)
    end = 0
    for one in find_entities(segmented_text(text)):
        assert isinstance(one, Entity)
        assert end <= one.start < one.end <= len(text)
        assert one.name
        end = one.end
