"""What people are quoted as saying: quoted words, and who says them.

By rule, for precision rather than completeness. A quotation is attributed where its own sentence names a
speaker and a verb of saying, behind it ("…", ông X nói) or before it (Ông X cho biết: "…"), or where it goes
on in the same paragraph behind one that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.language.entities import Entity, EntityKind
from indexer.language.normalise import fold, nfc, normalise, syllables_of

LEAST = 5
"""Syllables of a quotation that is a sentence; fewer are a name, or a word that somebody keeps at a distance."""
LEAST_IN_SENTENCE = 8
"""Syllables of a quotation that goes on in the sentence around it."""
_LONGEST = 3000
_VERBS = (
    "nói|nói thêm|nói rõ|cho biết|cho biết thêm|cho hay|khẳng định|nhấn mạnh|chia sẻ|bày tỏ|nhận định|"
    "đánh giá|phát biểu|tuyên bố|thông tin|kể|kể lại|giải thích|phân tích|trả lời|đáp|hỏi|yêu cầu|đề nghị|kêu gọi|"
    "cảnh báo|lo ngại|thừa nhận|bộc bạch|tâm sự|trình bày|nêu|nêu rõ|nêu ý kiến|viết|lý giải|lưu ý|quả quyết|"
    "bình luận|than thở|than|thú nhận|cam kết|hy vọng|chỉ đạo|nhắn nhủ|trần tình|phản ánh|bức xúc|tiết lộ|dẫn chứng|"
    "đặt câu hỏi|đặt vấn đề|nhìn nhận|cho rằng|nói rằng|khuyến cáo|khuyên|dự báo|dự đoán|phàn nàn|kết luận|xác nhận|"
    "tỏ ra|cười|la lên|hét lên|thốt lên|bày tỏ quan điểm|lập luận|phản bác|bác bỏ|chỉ rõ|đề xuất|kiến nghị|tự hào|"
    "nhớ lại|hồi tưởng|nhắc lại|chất vấn|góp ý|ghi nhận|hứa|đoán|giãi bày|trải lòng"
)
_SAYS = re.compile(
    rf"\b(?:{'|'.join(sorted(normalise(nfc(_VERBS)).split('|'), key=len, reverse=True))})\b"
)
_QUOTED = re.compile(r"“([^“”\n]+)”|\"([^\"\n]+)\"|«([^«»\n]+)»")
_ENDS = re.compile(r"[.!?…](?=\s|$|[”\"»])|\n")
_BEHIND = 170
"""Characters behind a quotation in which its speaker stands."""
_BEFORE = 260
_BETWEEN = 110
"""Characters between a speaker and the verb: an office, where something was said."""
_LEAD = 70
"""Characters between a quotation and its speaker: an office, or the paper that quotes both."""
_FAR_VERB = 45
"""Characters between the verb and the quotation behind it."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that somebody is quoted with.

    Attributes:
        speaker: the name as an entity has it.
        start: the first character of the words in their text, inside of the marks; or the first token.
        end: one past the last.
    """

    speaker: str
    start: int
    end: int


ANYBODY = "*"
"""A key of every quotation."""
_MOST_SYLLABLES = 5


def speaker_keys(name: str) -> tuple[str, ...]:
    """The keys by which what somebody says is found: the name, or its end, with diacritics or without any."""
    said = syllables_of(normalise(name))[-_MOST_SYLLABLES:]
    ends = [" ".join(said[at:]) for at in range(len(said))]
    return tuple(dict.fromkeys([*ends, *map(fold, ends), ANYBODY]))


def find_quotations(text: str, normal: str, entities: Sequence[Entity]) -> list[Quotation]:
    """The quotations of a text whose speakers it names, in order.

    Args:
        normal: `text` in lower case with one tone placement, character for character.
        entities: the names in the text, in order.
    """
    people = [one for one in entities if one.kind is EntityKind.PERSON]
    found: list[Quotation] = []
    if not people:
        return found
    last_end, last_speaker = -1, ""
    spans = list(_spans(text))
    for at, (start, end) in enumerate(spans):
        following = spans[at + 1][0] if at + 1 < len(spans) else len(text)
        before = _sentence_before(text, start, spans[at - 1][1] if at else 0)
        speaker = (
            _behind(text, normal, end, following, people)
            or _in_front(text, normal, before, start, people)
            or _going_on(text, last_end, start, last_speaker)
        )
        last_end, last_speaker = end, speaker
        if speaker and len(text[start:end].split()) >= _least(text, start, end):
            found.append(Quotation(speaker, start, end))
    return found


def _least(text: str, start: int, end: int) -> int:
    """How many syllables a quotation has to have; those that are no sentences have to be longer."""
    before = text[max(0, start - 6) : start].rstrip(' "“«')
    is_announced = not before or before[-1] in ':.!?…\n"”»'
    begins = text[start:end].lstrip()[:1]
    return LEAST if is_announced and not begins.islower() else LEAST_IN_SENTENCE


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _QUOTED.finditer(text):
        group = next(at for at in (1, 2, 3) if match[at] is not None)
        if match.end(group) - match.start(group) <= _LONGEST:
            yield match.span(group)


def _sentence_before(text: str, start: int, least: int) -> int:
    """Where the sentence begins in which a quotation stands."""
    first = max(least, start - _BEFORE)
    ends = [one.end() for one in _ENDS.finditer(text, first, start - 1)]
    return ends[-1] if ends else first


def _behind(text: str, normal: str, end: int, following: int, people: Sequence[Entity]) -> str:
    """The speaker in the sentence that goes on behind a quotation: `"…", ông X nói`."""
    stop = min(following, end + _BEHIND)
    over = _ENDS.search(text, end + 1, stop)
    stop = over.start() if over else stop
    clause = text[end + 1 : stop].lstrip()
    if not clause.startswith((",", "-", "–", ".")) and not clause[:1].islower():
        return ""
    one = next((one for one in people if one.start > end), None)
    if one is None or one.end > stop:
        return ""
    lead = normal[end + 1 : one.start].strip(" ,.-–")
    if len(lead) > _LEAD or ";" in lead:
        return ""
    says = _SAYS.search(normal, one.end, stop)
    is_said = says is not None and says.start() - one.end <= _BETWEEN
    return one.name if is_said or lead.startswith(("theo ", "lời ")) else ""


def _in_front(text: str, normal: str, before: int, start: int, people: Sequence[Entity]) -> str:
    """The speaker in the sentence before a quotation: `Ông X cho biết: "…"`."""
    mark = text[before : start - 1].rstrip()
    verbs = list(_SAYS.finditer(normal, before, start - 1))
    if not verbs:
        return ""
    verb = verbs[-1]
    is_near = mark.endswith(":") or start - 1 - verb.end() <= _FAR_VERB
    if not is_near:
        return ""
    named = [one for one in people if before <= one.start and one.end <= verb.start()]
    if not named or verb.start() - named[-1].end > _BETWEEN:
        return ""
    return named[-1].name


def _going_on(text: str, last_end: int, start: int, speaker: str) -> str:
    """The speaker of the quotation before, where this one goes on in the same paragraph behind a sentence's end."""
    if not speaker or last_end < 0:
        return ""
    between = text[last_end + 1 : start - 1]
    return speaker if "\n" not in between and between.rstrip().endswith((".", ":", "…")) else ""
