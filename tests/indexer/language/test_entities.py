import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.cues import (
    COUNTRIES,
    FORMER,
    LEGAL_FORMS,
    OFFICES,
    ORGANISATION_HEADS,
    PERSON_CUES,
    PLACE_CUES,
    PRONOUNS,
)
from indexer.language.entities import Entity, EntityKind, find_entities
from indexer.language.naming import known_places
from indexer.language.normalise import nfc
from indexer.language.segmented_text import segmented_text
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
        ("Bộ trưởng Quốc phòng Mỹ James Smith tới.", [(PLACE, "Mỹ"), (PERSON, "James Smith")]),
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
            [(PLACE, "đường Lê Duẩn"), (PLACE, "đường Trần Phú")],
        ),
        ("Mưa ở TP Đà Nẵng.", [(PLACE, "Đà Nẵng")]),
        ("Lũ sông Hồng. Sông Hồng rút.", [(PLACE, "sông Hồng"), (PLACE, "sông Hồng")]),
        ("Trên phố Huế và đường Láng.", [(PLACE, "phố Huế"), (PLACE, "đường Láng")]),
        ("Ở núi Bà Đen, đèo Ngang.", [(PLACE, "núi Bà Đen"), (PLACE, "đèo Ngang")]),
        ("Kẹt ở ngã tư Sở và bản Lác.", [(PLACE, "ngã tư Sở"), (PLACE, "bản Lác")]),
        ("Ở vịnh Thái Lan, vịnh Hạ Long.", [(PLACE, "vịnh Thái Lan"), (PLACE, "vịnh Hạ Long")]),
        ("Ra chợ Hà Nội, chợ Vinh.", [(PLACE, "Hà Nội"), (PLACE, "chợ Vinh")]),
        ("Thị trường đường Việt Nam.", [(PLACE, "Việt Nam")]),
        ("Ở quận Cầu Giấy, bang Ohio.", [(PLACE, "Cầu Giấy"), (PLACE, "Ohio")]),
        ("đường Lê Lợi TP HCM", [(PLACE, "đường Lê Lợi"), (PLACE, "TP HCM")]),
        ("Hội đồng vì Hoà bình họp.", []),
        (
            "Theo Bộ Ngoại giao Mỹ John Kirbyson.",
            [(ORGANISATION, "Bộ Ngoại giao Mỹ"), (PERSON, "John Kirbyson")],
        ),
        (
            "Theo Công ty TNHH MTV Thoát nước Hà Nội.",
            [(ORGANISATION, "Công ty TNHH MTV Thoát nước Hà Nội")],
        ),
        ("Theo Hội Tiêu chuẩn và Thương mại.", [(ORGANISATION, "Hội Tiêu chuẩn và Thương mại")]),
        ("Hội Quy hoạch phản đối.", [(ORGANISATION, "Hội Quy hoạch")]),
        ("Công ty Mơ của ông Ánh.", [(ORGANISATION, "Công ty Mơ"), (PERSON, "Ánh")]),
        ("Dạo hồ Tây, Hồ Tây.", [(PLACE, "hồ Tây"), (PLACE, "hồ Tây")]),
        ("Ban hành Bộ Quy tắc ứng xử.", []),
        ("Xe của hãng taxi Mai Linh Group.", []),
        ("Theo tổng công ty Sông Mơ.", [(ORGANISATION, "Tổng công ty Sông Mơ")]),
    ],
)
def test_what_is_named(text: str, expected: list[tuple[EntityKind, str]]) -> None:
    assert named(text) == expected


MINISTRY = (ORGANISATION, "Bộ Y tế")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The capital of a sentence is none of a name's.
        ("Lãnh đạo Bộ Y tế cho biết.", [MINISTRY]),
        ("Đại diện Bộ Y tế tới. Cán bộ Bộ Y tế họp.", [MINISTRY, MINISTRY]),
        (
            "Phát ngôn viên Bộ Ngoại giao Mỹ John Kirby nói.",
            [(ORGANISATION, "Bộ Ngoại giao Mỹ"), (PERSON, "John Kirby")],
        ),
        ("Quân đội Nhật Bản diễn tập.", [(PLACE, "Nhật Bản")]),
        ("Ngư dân Võ Văn Hào tới.", [(PERSON, "Võ Văn Hào")]),
        (
            "Sông Hồng lên. Báo Mùa Lúa ra đời.",
            [(PLACE, "sông Hồng"), (ORGANISATION, "Báo Mùa Lúa")],
        ),
        # Nor is a word that is written as one.
        ("Hôm qua Thanh tra Bộ Y tế họp.", [MINISTRY]),
        ("Hôm qua Uỷ viên Uỷ ban Dân tộc họp.", [(ORGANISATION, "Uỷ ban Dân tộc")]),
        ("Theo Trưởng ban Tổ chức Trần Văn Bình.", [(PERSON, "Trần Văn Bình")]),
        ("Hôm qua bộ Ngoại giao Nga họp.", [(ORGANISATION, "Bộ Ngoại giao Nga")]),
        # Former and acting offices are offices.
        ("Nguyên Chủ tịch Trần Văn An nói.", [(PERSON, "Trần Văn An")]),
        ("Cựu thủ tướng Thái Lan Ann Lee tới.", [(PLACE, "Thái Lan"), (PERSON, "Ann Lee")]),
        ("Gặp phó tổng thống Mỹ Ann Lee.", [(PLACE, "Mỹ"), (PERSON, "Ann Lee")]),
        # A whole name is a person's, though its end is that of a province.
        (
            "Phó thủ tướng Lê Hoà Bình tới. Bác sĩ Đỗ Thanh Bình tới.",
            [(PERSON, "Lê Hoà Bình"), (PERSON, "Đỗ Thanh Bình")],
        ),
        ("Bộ trưởng Ngoại giao Lê Bình Minh tới.", [(PERSON, "Lê Bình Minh")]),
        ("Bí thư Thành uỷ TP HCM tới.", [(PLACE, "TP HCM")]),
        # Behind a place the office is still that of the person, whatever the family.
        (
            "Bí thư Thành uỷ TP HCM Tất Văn Nô dẫn đầu.",
            [(PLACE, "TP HCM"), (PERSON, "Tất Văn Nô")],
        ),
        (
            "Ngoại trưởng New Zealand Winston Ann sẽ tới.",
            [(PLACE, "New Zealand"), (PERSON, "Winston Ann")],
        ),
        ("Ở Hà Nội Tất Văn Nô dẫn đầu.", [(PLACE, "Hà Nội")]),
        ("Đạo diễn, NSND Tạ Minh Thu tới.", [(PERSON, "Tạ Minh Thu")]),
        ("Chủ tịch tỉnh Thái Bình tới.", [(PLACE, "Thái Bình")]),
        # The person stands at once behind what the office is of; rubber is no family.
        ("Bộ trưởng Công an Lê Văn An nói.", [(PERSON, "Lê Văn An")]),
        (
            "phó tổng giám đốc Tập đoàn Cao su Việt Nam họp",
            [(ORGANISATION, "Tập đoàn Cao su Việt Nam")],
        ),
        ("Giám đốc Bệnh viện Lê Lợi nói.", [(ORGANISATION, "Bệnh viện Lê Lợi")]),
        # Where a country ends what the office is of, and a person begins.
        (
            "Bộ Ngoại giao Thổ Nhĩ Kỳ Ann Lee.",
            [(ORGANISATION, "Bộ Ngoại giao Thổ Nhĩ Kỳ"), (PERSON, "Ann Lee")],
        ),
        ("Đảng Dân chủ Hàn Quốc Ann Lee.", [(ORGANISATION, "Đảng Dân chủ Hàn Quốc")]),
        ("Bộ Ngoại giao Mỹ An.", [(ORGANISATION, "Bộ Ngoại giao Mỹ")]),
        (
            "Tổng cục Tiêu chuẩn và Đo lường họp.",
            [(ORGANISATION, "Tổng cục Tiêu chuẩn và Đo lường")],
        ),
        (
            "Tổng cục Tiêu chuẩn và Hà Nội.",
            [(ORGANISATION, "Tổng cục Tiêu chuẩn"), (PLACE, "Hà Nội")],
        ),
    ],
)
def test_where_names_begin_and_end(text: str, expected: list[tuple[EntityKind, str]]) -> None:
    assert named(text) == expected


def test_the_list_of_places_is_whole() -> None:
    places = known_places()
    assert len(places) > 650
    assert places["sài gòn"] == places["tp hcm"] == "TP HCM"
    assert places["đà lạt"] == "Đà Lạt"
    assert all(place_tones(name) == name for name in places.values())


@given(
    st.text(st.one_of(st.sampled_from("Ông Hà Nội Bộ Y tế. và\n TP"), st.characters(codec="utf-8")))
)
def test_names_lie_in_the_text_one_after_the_other(text: str) -> None:
    _check(nfc(text))


def _check(text: str) -> None:
    end = 0
    for one in find_entities(segmented_text(text)):
        assert isinstance(one, Entity)
        assert end <= one.start < one.end <= len(text)
        assert one.name
        end = one.end


CUES = sorted(
    PERSON_CUES
    | PLACE_CUES
    | ORGANISATION_HEADS
    | OFFICES
    | FORMER
    | COUNTRIES
    | LEGAL_FORMS
    | PRONOUNS
)
WRITTEN = st.sampled_from([str.lower, str.capitalize, str.title, str.upper])
WORDS = st.builds(
    lambda word, write: write(word),
    st.sampled_from(
        [*CUES, "trần văn an", "lê", "hà nội", "hồng", "việt", "lãnh đạo", "john kirby", "7"]
    ),
    WRITTEN,
)
BETWEEN = st.sampled_from([" ", " ", " ", ". ", ", ", " - ", "-", "\n", " và ", " (", ": “"])


@given(st.lists(st.tuples(WORDS, BETWEEN), max_size=7), st.booleans())
def test_words_that_say_of_what_a_name_is_may_stand_anywhere(
    pieces: list[tuple[str, str]], is_open: bool
) -> None:
    text = "".join(f"{word}{between}" for word, between in pieces)
    text = nfc(text if is_open else text.rstrip(" \n.,-:“(") + ".")
    _check(text)
    if text:
        _check(text[:-1])
