"""Dates of an article: every date that a page shows or states, with its evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from indexer.moments import VIETNAM_TIME, Moment, PartialDate, first_vietnam_day
from indexer.parsing.dates import DateLine, parse_address, parse_moment, publication, read_date_line
from indexer.parsing.evidence import Evidence
from indexer.parsing.page.body import Container
from indexer.parsing.page.layout import Layout
from indexer.parsing.page.lines import Line
from indexer.parsing.page.marks import Role, described
from indexer.parsing.page.stated import Stated
from indexer.parsing.page.tree import Element, around

_SCRIPTED = re.compile(
    r"""getElementById\(\s*["']([\w-]+)["']\s*\)\s*\.\s*(?:innerHTML|innerText|textContent)\s*=\s*["']([^"'<>]{8,80})["']"""
    r"""|document\.write\(\s*["']([^"'<>]{8,80})["']"""
)
_WRITES = ("innerHTML", "innerText", "textContent", "document.write")
_CLOCK = re.compile(
    r"(?:^|[-_ ])(?:now|today|clock|dongho|hom-nay|time-now|current|datetime-now|date-now|ngay-gio)(?:$|[-_ ])",
    re.I,
)
_DIGIT = re.compile(r"\d")
_MAYBE = re.compile(
    r"\d\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d\d|\d\s?[-,/]?\s?t(?:háng|hg|h\.?\s?\d)"
    r"|(?:tháng|[a-z]{3}\.?) \d{1,2},? \d{4}|\d[ -][a-z]{3,9}\.?,?[ -]\d{4}|tháng \S+ \d",
    re.IGNORECASE,
)
"""What a line has at least if it holds a day: most lines with digits do not."""
_NEAR_ABOVE = 8
_TAIL = 6
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of the page that holds a date.

    Attributes:
        weight: how much it counts for being where it is.
    """

    line: Line
    found: DateLine
    reason: str
    weight: float


def printed_dates(
    layout: Layout, headline: Element | None, container: Container | None
) -> list[PrintedLine]:
    """The lines of a page that hold dates, weighed by where they stand."""
    head = layout.place(headline) if headline is not None else 0
    body = layout.place(container.element) if container is not None else head
    lines = _with_scripts(layout)
    first = next((at for at, line in enumerate(lines) if layout.place(line.at) >= head), 0)
    found: list[PrintedLine] = []
    for at, line in enumerate(lines):
        text = line.text
        if len(text) > _LONGEST or not (_DIGIT.search(text) and _MAYBE.search(text)):
            continue
        date_line = read_date_line(text, coarse=False)
        if date_line is None or not _is_short(date_line):
            continue
        weight, reason = _zone(layout, line, at - first, head, body, container)
        if weight > 1 and any(isinstance(one.moment, datetime) for one in date_line.dates):
            weight += 0.3
        found.append(PrintedLine(line, date_line, reason, weight))
    return found


def _is_short(found: DateLine) -> bool:
    """Whether a line is a date with a name or a label beside it, no sentence with a date in it."""
    return sum(len(part.split()) for part in found.rest) <= 8


def _zone(
    layout: Layout, line: Line, distance: int, head: int, body: int, container: Container | None
) -> tuple[float, str]:
    one = line.element
    place = layout.place(line.at)
    if layout.is_outside(one, Role.COMMENTS, Role.LISTS, Role.RELATED):
        return 0.0, "in a list of other stories or a comment"
    names = " ".join(
        (above.get("class") or "") + " " + (above.get("id") or "")
        for above in (one, *around(one, 2))
    )
    if _CLOCK.search(names):
        return 0.0, "the site's clock"
    is_marked = (
        any(layout.has(above, Role.DATE) for above in (one, *around(one, 2))) or one.tag == "time"
    )
    if any(above.tag == "footer" for above in one.iterancestors()):
        return 0.0, "in the footer"
    bonus = 0.5 if is_marked else 0.0
    end = container.end if container is not None else place
    if place >= head and (place < body or container is None or _in_first_lines(line, container)):
        return 8.0 + bonus, "beside the headline"
    if place < head:
        if any(
            above.tag == "header" and (above.get("class") or "").find("site") >= 0
            for above in one.iterancestors()
        ):
            return 0.0, "in the site's header"
        if -distance <= _NEAR_ABOVE and not layout.is_outside(one):
            # A clock of the site stands higher, and often says the day alone.
            return 6.5 + bonus + 0.1 * distance, "above the headline"
        return 0.5 + bonus, "far above the headline"
    if container is not None and body <= place < end:
        if any(line.element is last.element for last in container.lines[-_TAIL:]):
            return 5.0 + bonus, "under the text"
        return 0.3, "within the text"
    if container is not None and end <= place < end + 40 and not layout.is_outside(one):
        return (4.0 if is_marked else 2.0), "behind the text"
    return 0.2 + bonus, "elsewhere on the page"


def _in_first_lines(line: Line, container: Container) -> bool:
    return any(line.element is one.element and line.text == one.text for one in container.lines[:3])


def _with_scripts(layout: Layout) -> list[Line]:
    """The page's lines, with those that its scripts write into it."""
    lines = list(layout.lines)
    ids: dict[str, Element] = {}
    for _, script, parent in layout.tree.scripts:
        if not any(word in script for word in _WRITES):
            continue
        for match in _SCRIPTED.finditer(script):
            ids = ids or {id: one for one in layout.tree.elements if (id := one.get("id"))}
            element = ids.get(match[1]) if match[1] else parent
            text = " ".join((match[2] or match[3]).split())
            if element is not None and element in layout.tree.order:
                at = next(
                    (
                        n
                        for n, line in enumerate(lines)
                        if layout.place(line.at) > layout.place(element)
                    ),
                    len(lines),
                )
                lines.insert(at, Line(text, element, 0, 0, element))
    return lines


def find_dates(
    layout: Layout,
    stated: Stated,
    printed: list[PrintedLine],
    urls: list[str],
    now: datetime | None = None,
) -> tuple[list[Evidence[Moment]], Evidence[Moment] | None]:
    """Every date that speaks for the article's, and the one that wins.

    What is stated wins where it agrees with itself, or with what is printed or with the address; then
    the line beside the headline; then the address. A date of 1970 or of the future counts for nothing.
    A printed time refines a date of the same day, and a printed zone beats one that is stated.
    """
    now = now or datetime.now(UTC)
    seen: list[Evidence[Moment]] = [
        Evidence(one.value, one.place, one.reason, 9 + one.weight / 10) for one in stated.published
    ]
    for one in layout.tree.root.iter("time"):
        moment = parse_moment(one.get("datetime") or "")
        if moment is not None:
            near = next(
                (p for p in printed if p.line.element in (one, *one.iterancestors(), *one)), None
            )
            weight = near.weight if near is not None else 1.0
            seen.append(
                Evidence(moment, described(one), "stated beside the printed date", weight + 0.2)
            )
    for line in printed:
        kinds = {one.kind for one in line.found.dates}
        weight = line.weight
        reason = line.reason
        if kinds == {"updated"}:
            weight = min(weight, 4.5)
            reason += ", but as the last update"
        seen.append(
            Evidence(publication(line.found.dates), described(line.line.element), reason, weight)
        )
    seen += [
        Evidence(moment, url, "in the address", 5.5)
        for url in urls
        if (moment := parse_address(url)) is not None
    ]
    seen = [_doubted(one, now) for one in seen]
    best = _best(seen)
    if best is None:
        return seen, None
    return seen, _refined(best, seen, printed)


def _doubted(one: Evidence[Moment], now: datetime) -> Evidence[Moment]:
    """No weight for impossible dates: before the first pages of the web, or after today."""
    day = first_vietnam_day(one.value)
    if day == date(1970, 1, 1) or day.year < 1800:
        return Evidence(one.value, one.place, f"{one.reason}, but a mark for no date", 0.0)
    if day > (now + timedelta(days=2)).date():
        return Evidence(one.value, one.place, f"{one.reason}, but in the future", 0.0)
    return one


def _best(seen: list[Evidence[Moment]]) -> Evidence[Moment] | None:
    counted = [one for one in seen if one.weight > 1]
    if not counted:
        return max(
            (one for one in seen if one.weight > 0.4), key=lambda one: one.weight, default=None
        )
    stated = [one for one in counted if one.weight >= 9]
    others = {first_vietnam_day(one.value) for one in counted if 5 <= one.weight < 9}
    # Of several stated days, the one that the page or the address confirms.
    if len({first_vietnam_day(one.value) for one in stated}) > 1:
        confirmed = [one for one in stated if first_vietnam_day(one.value) in others]
        return max(confirmed or stated, key=lambda one: one.weight)
    near = [one for one in counted if 8 <= one.weight < 9]
    if (
        stated
        and near
        and len(stated) == 1
        and first_vietnam_day(near[0].value) != first_vietnam_day(stated[0].value)
    ):
        address = {
            first_vietnam_day(one.value) for one in counted if one.reason == "in the address"
        }
        if first_vietnam_day(near[0].value) in address:
            return near[0]
    return max(counted, key=lambda one: one.weight)


def _refined(
    best: Evidence[Moment], seen: list[Evidence[Moment]], printed: list[PrintedLine]
) -> Evidence[Moment]:
    value = best.value
    zoned = {
        described(line.line.element)
        for line in printed
        if any(one.has_zone for one in line.found.dates)
    }
    for one in seen:
        other = one.value
        if not 4 <= one.weight < 9 or not isinstance(other, datetime):
            continue
        if is_bare(value) and first_vietnam_day(other) == (
            value.date() if isinstance(value, datetime) else value
        ):
            return Evidence(other, one.place, f"{best.reason}; the time as printed", best.weight)
        if isinstance(value, datetime) and value.utcoffset() != other.utcoffset():
            same_clock = (value.date(), value.hour, value.minute) == (
                other.date(),
                other.hour,
                other.minute,
            )
            if same_clock and (
                one.place in zoned or other.utcoffset() == VIETNAM_TIME.utcoffset(None)
            ):
                return Evidence(
                    value.replace(tzinfo=other.tzinfo),
                    best.place,
                    f"{best.reason}; the zone as printed",
                    best.weight,
                )
    return best


def is_bare(moment: Moment) -> bool:
    """Whether a moment is a day without a time, or with midnight in its place."""
    if isinstance(moment, datetime):
        return moment.timetz().replace(tzinfo=None) == time()
    return not isinstance(moment, PartialDate)
