"""Lines of the container -> standfirst, paragraphs and captions, each text once and in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from indexer.language.normalise import bare, lower
from indexer.parsing.dates import parse_date_line
from indexer.parsing.evidence import Evidence, heaviest
from indexer.parsing.page.body import Container
from indexer.parsing.page.layout import Layout
from indexer.parsing.page.lines import Line
from indexer.parsing.page.marks import Role
from indexer.parsing.page.parts import is_keywords
from indexer.parsing.page.stated import Stated
from indexer.parsing.page.tree import HEADINGS, Element

_PHOTO_STORY = 400
"""Characters of text beside the captions below which the captions are the story."""
_LONGEST_NOISE = 160
_ASKING = re.compile(
    "đăng (?:nhập|ký)|thành viên|thuê bao|trả phí|đã đọc|đã xem|độc giả|bạn đọc|theo dõi|ý kiến|thắc mắc|thông tin"
    "|bài viết của bạn|mời bạn|cập nhật",
    re.IGNORECASE,
)
_TABLE = Path(__file__).with_name("noise.txt")


@cache
def _noise() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Reasons to leave lines out, and what these lines look like."""
    found: list[tuple[str, list[str]]] = []
    for line in _TABLE.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            found[-1][1].append(line.strip())
        else:
            found.append((line.rstrip(":"), []))
    return tuple(
        (reason, re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE))
        for reason, patterns in found
    )


@dataclass(slots=True)
class Text:
    """The running text of an article.

    Attributes:
        leads: what spoke for the standfirst, what of it was chosen.
        dropped: lines that were left out, with the reason.
    """

    lead: str = ""
    body: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    leads: list[Evidence[str]] = field(default_factory=list)
    chosen: Evidence[str] | None = None
    dropped: list[tuple[str, str]] = field(default_factory=list)


def of(
    layout: Layout,
    container: Container | None,
    title: str,
    leads: list[Evidence[str]],
    taken: set[tuple[Element, str]],
    stated: Stated,
) -> Text:
    """The text of an article.

    Args:
        leads: what speaks for the standfirst.
        taken: lines that are bylines, credits or other stories.
    """
    text = Text(leads=leads)
    lines = list(container.lines) if container is not None else []
    captions = [line.text for line in container.captions] if container is not None else []
    marked = heaviest([one for one in leads if one.weight >= 5])
    kept = [line for line in lines if _is_kept(layout, line, title, taken, text)]
    _strip_ends(kept)
    _choose_lead(text, kept, marked, leads)
    plain = sum(len(line.text) for line in kept)
    if (
        captions
        and plain < _PHOTO_STORY
        and sum(map(len, captions)) > 1.5 * plain
        and container is not None
    ):
        text.body = _with_captions(kept, container)
    else:
        text.body = [line.text for line in kept]
        text.captions = list(dict.fromkeys(captions))
    text.body = _each_once(text.body, text.lead)
    if stated.body and len(stated.body) > 2 * len("\n".join(text.body)):
        known = {bare(text.lead), bare(title)}
        text.body = [
            line for line in stated.body.split("\n") if line.strip() and bare(line) not in known
        ]
    return text


def _is_kept(
    layout: Layout, line: Line, title: str, taken: set[tuple[Element, str]], text: Text
) -> bool:
    if (line.element, line.text) in taken:
        return False
    if _is_text(line, title):
        return False
    for reason, pattern in _noise() if _may_be_noise(line.text) else ():
        if pattern.fullmatch(line.text):
            text.dropped.append((line.text[:80], reason))
            return False
    roles = layout.roles.get(line.element, {})
    if Role.TAGS in roles or (Role.CRUMBS in roles and len(line.text) < 60):
        return False
    above = line.element.getparent()
    return above is None or not (layout.has(above, Role.TAGS) and layout.tree.length[above] < 800)


def _is_text(line: Line, text: str) -> bool:
    """Whether two lines have the same words, in letters of any case."""
    return len(line.text) == len(text) and bare(line.text) == bare(text)


def _may_be_noise(text: str) -> bool:
    """Whether a line is short, or asks readers for something: only such lines are held against the table."""
    return len(text) < 60 or (len(text) < _LONGEST_NOISE and _ASKING.search(text) is not None)


def _strip_ends(lines: list[Line]) -> None:
    """Take date lines and lone links off both ends of the text."""
    while lines and (parse_date_line(lines[0].text) is not None or _is_label(lines[0])):
        del lines[0]
    while lines and (parse_date_line(lines[-1].text) is not None or _is_label(lines[-1])):
        del lines[-1]


def _is_label(line: Line) -> bool:
    return (
        len(line.text) < 40
        and line.linked >= len(line.text) - 1
        and line.element.tag not in HEADINGS
    )


def _choose_lead(
    text: Text, lines: list[Line], marked: Evidence[str] | None, leads: list[Evidence[str]]
) -> None:
    """The marked standfirst, else the first paragraph where it is described or bold, else the description."""
    if marked is not None:
        text.lead, text.chosen = marked.value, marked
        _without(lines, marked.value)
        return
    described = heaviest(leads)
    first = next((line for line in lines[:3] if len(line.text) > 40), None)
    start = bare(described.value).rstrip("….")[:50] if described else ""
    if first is not None and len(lines) > 1:
        bold = first.strong >= 0.9 * len(first.text) or first.element.tag in ("h2", "h3")
        is_described = len(start) > 20 and start in bare(first.text)[: len(start) + 40]
        if is_described or (bold and len(first.text) > 60):
            reason = (
                "the first paragraph, as described"
                if is_described
                else "the first paragraph, in bold"
            )
            text.chosen = Evidence(first.text, first.element.tag, reason, 5.0)
            text.leads.append(text.chosen)
            text.lead = first.text
            lines.remove(first)
            return
    if described is not None and not is_keywords(described.value, set()):
        text.lead, text.chosen = described.value, described
        _without(lines, described.value)


def _without(lines: list[Line], lead: str) -> None:
    """Take the lines of the standfirst out of the text."""
    known = bare(lead)
    lines[:] = [
        line
        for at, line in enumerate(lines)
        if not (
            _is_text(line, lead) or (at < 6 and len(line.text) > 25 and bare(line.text) in known)
        )
    ]


def _with_captions(kept: list[Line], container: Container) -> list[str]:
    """The captions of a photo story among its other lines, in the order of the page."""
    order = {one: at for at, one in enumerate(container.element.iter())}
    both = [*kept, *container.captions]
    return [line.text for line in sorted(both, key=lambda line: order.get(line.at, 0))]


def _each_once(lines: list[str], lead: str) -> list[str]:
    """Long lines once: a copy for phones, or the standfirst again, says nothing more."""
    seen = {bare(lead)} if lead else set()
    found = []
    for line in lines:
        known = lower(line)
        if len(known) > 60:
            if known in seen:
                continue
            seen.add(known)
        elif known in seen and known:
            continue
        found.append(line)
    return found
