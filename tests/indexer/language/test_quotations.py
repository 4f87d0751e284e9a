"""Quotations and their speakers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.entities import find_entities
from indexer.language.normalise import nfc
from indexer.language.quotations import find_quotations
from indexer.language.segmented_text import segmented_text


def said(text: str) -> list[tuple[str, str]]:
    """Speaker and words of each quotation."""
    part = segmented_text(nfc(text))
    found = find_quotations(part.text, part.normal, find_entities(part))
    return [(one.speaker, part.text[one.start : one.end]) for one in found]


WORDS = "chúng tôi sẽ dựng lại cây cầu này"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (f'"{WORDS}", ông Nguyễn Văn Tín nói.', "Nguyễn Văn Tín"),
        (f"“{WORDS}” - bà Trần Thị Hoa cho biết.", "Trần Thị Hoa"),
        (f"«{WORDS}», theo lời ông Nguyễn Văn Tín.", "Nguyễn Văn Tín"),
        (
            f'"{WORDS}!", Bộ trưởng Nguyễn Văn Tín, trưởng đoàn, nhấn mạnh hôm qua.',
            "Nguyễn Văn Tín",
        ),
        (f'Ông Nguyễn Văn Tín cho biết: "{WORDS}".', "Nguyễn Văn Tín"),
        (
            f'Ông Nguyễn Văn Tín - trưởng ban quản lý dự án - khẳng định "{WORDS}".',
            "Nguyễn Văn Tín",
        ),
        (f'Hôm qua trời mưa. Chị Trần Thị Hoa kể rằng: "{WORDS}".', "Trần Thị Hoa"),
    ],
)
def test_who_says_it(text: str, speaker: str) -> None:
    assert said(text) == [
        (speaker, text[text.index("chúng") : text.index("này") + 3 + text.count("!")])
    ]


def test_what_goes_on_in_the_paragraph() -> None:
    text = (
        f'"{WORDS}", ông Nguyễn Văn Tín nói. "Việc ấy sẽ xong trước mùa mưa năm sau".\n'
        '"Câu này của một người khác không ai nêu tên".'
    )
    assert [speaker for speaker, _ in said(text)] == ["Nguyễn Văn Tín"] * 2


@pytest.mark.parametrize(
    "text",
    [
        f'"{WORDS}", thông báo viết.',
        f'"{WORDS}". Ông Nguyễn Văn Tín nói về chuyện khác.',
        'Ông Nguyễn Văn Tín nói đó là "cầu treo".',
        'Ông Nguyễn Văn Tín nói vợ chồng "vua cầu treo xã Mường" đã về.',
        '"chào mừng khách đến xã" ở trường, ông Nguyễn Văn Tín nói.',
        f'Ông Nguyễn Văn Tín đến thăm bản. Tấm bảng ghi "{WORDS}".',
        f'"{WORDS}".',
        f'Ông Nguyễn Văn Tín nói: "{WORDS}',
        "",
    ],
)
def test_what_nobody_is_said_to_say(text: str) -> None:
    assert said(text) == []


@given(st.text(st.sampled_from('aă“”"«».,:!?…\n -ÔT') | st.characters(), max_size=80))
def test_any_text(text: str) -> None:
    part = segmented_text(nfc(f'Ông Nguyễn Văn Tín nói: {text} ", ông Nguyễn Văn Tín nói.'))
    for one in find_quotations(part.text, part.normal, find_entities(part)):
        assert 0 <= one.start < one.end <= len(part.text)
        assert one.speaker
