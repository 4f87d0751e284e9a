"""The running text: which element holds it, and which of its lines are the article's paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.parsing.page.layout import Layout
from indexer.parsing.page.lines import Line, lines_of
from indexer.parsing.page.marks import Mark, Role, described
from indexer.parsing.page.tree import HEADINGS, Element

_SHARES = (1.0, 1.0, 0.6, 0.36, 0.2, 0.1)
"""What a line is worth to its own block, the block around it, and so on outwards."""
_SENTENCE_END = re.compile(r"[.…!?:;][\"'”’)\]]*$")
_LONGEST_CAPTION = 1500
_PICTURES = ("img", "video", "figure", "picture")


@dataclass(frozen=True, slots=True)
class Container:
    """The element that holds the running text.

    Attributes:
        reason: why this element.
        votes: characters of running text that spoke for it.
        lines: its lines, without those of comments, lists and captions.
        captions: the texts of its pictures.
        end: the number in document order of the first element behind it.
    """

    element: Element
    reason: str
    votes: float
    lines: tuple[Line, ...]
    captions: tuple[Line, ...]
    end: int


def find_container(layout: Layout, headline: Element | None) -> Container | None:
    """The container of the running text; None where no line runs on.

    Each line votes with its length for its block and, with less, for those around it. A block that is
    named as the text's counts for more, as does one that stands after the headline.
    """
    start = layout.place(headline) if headline is not None else 0
    end = _next_article(layout, headline)
    votes: dict[Element, float] = {}
    worths = [
        (line.element, worth)
        for line in layout.lines
        if (worth := _worth(line, layout))
        and start <= layout.place(line.at) < end
        and not layout.is_outside(line.element)
    ]
    for element, worth in worths:
        one: Element | None = element
        for share in _SHARES:
            if one is None or one.tag in ("body", "html"):
                break
            votes[one] = votes.get(one, 0.0) + share * worth
            one = one.getparent()
    weighed = {one: _weighed(one, vote, layout) for one, vote in votes.items()}
    best = max(weighed, key=lambda one: (weighed[one], -layout.place(one)), default=None)
    marked = _marked_body(layout, start, end)
    if marked is not None and (best is None or votes.get(marked, 0.0) > 0.3 * votes.get(best, 0.0)):
        best = marked
    if best is None:
        return _page_itself(layout, headline, start, end)
    if best is not marked:
        best = _with_siblings(best, worths)
    return _container(layout, best, votes.get(best, 0.0), end)


def _with_siblings(one: Element, worths: list[tuple[Element, float]]) -> Element:
    """The box around an element whose siblings of the same name hold as much of the text.

    Pages are built of sections, of tables one a picture, of entries of a live blog.
    """
    covered: dict[Element, float] = {}
    for element, worth in worths:
        above: Element | None = element
        while above is not None:
            covered[above] = covered.get(above, 0.0) + worth
            above = above.getparent()
    best = one
    for _ in range(5):
        above = one.getparent()
        if above is None or above.tag == "html":
            break
        alike = sum(
            covered.get(other, 0.0)
            for other in above
            if other.tag == one.tag and other.get("class") == one.get("class")
        )
        if alike > 1.3 * covered.get(best, 0.0):
            best = above
        one = above
    return best


def _container(layout: Layout, one: Element, votes: float, end: int) -> Container:
    reason = "most of the running text stands in it"
    mark = layout.roles.get(one, {}).get(Role.BODY)
    if mark is not None:
        reason = f"marked as {mark.reason}"
    captions = caption_roots(layout, one)
    start, past = layout.place(one), min(layout.tree.ends[one], end)
    captioned = [(layout.place(caption), layout.tree.ends[caption]) for caption, _ in captions]
    lines = [
        line
        for line in layout.lines
        if start <= layout.place(line.at) < past
        and not layout.is_outside(line.at)
        and not any(first <= layout.place(line.at) < last for first, last in captioned)
    ]
    texts = [
        Line(" ".join(line.text for line in lines_of(root)), root, 0, 0, root)
        for root, _ in captions
    ]
    return Container(
        one,
        reason,
        votes,
        tuple(lines),
        tuple(line for line in texts if line.text),
        layout.tree.ends[one],
    )


def _page_itself(
    layout: Layout, headline: Element | None, start: int, end: int
) -> Container | None:
    """The body of a page whose text stands directly in it, as in the oldest ones."""
    if headline is None or not any(
        _worth(line, layout)
        and start < layout.place(line.at) < end
        and not layout.is_outside(line.element)
        for line in layout.lines
    ):
        return None
    return _container(layout, layout.body, 0.0, end)


def _worth(line: Line, layout: Layout) -> float:
    """The evidence that a line is running text, in characters."""
    length = len(line.text)
    if length < 25 or 2 * line.linked > length or line.element.tag in ("h1", "title"):
        return 0.0
    worth = float(length - line.linked)
    if length < 400 and _is_teaser(line.element, layout):
        return 0.1 * worth
    if layout.has(line.element, Role.LEAD):
        return 0.2 * worth
    if line.element.tag in HEADINGS:
        return 0.3 * worth
    return worth if length >= 80 or _SENTENCE_END.search(line.text) else 0.4 * worth


def _is_teaser(one: Element, layout: Layout) -> bool:
    """Whether a line stands in one small box with a heading that is a link: it tells of another story."""
    box = one.getparent()
    if box is None or box.tag == "body" or layout.tree.length[box] > 600:
        return False
    return any(
        other.tag in HEADINGS and layout.tree.is_linked(other) and layout.tree.length[other] > 15
        for other in box
    )


def _weighed(one: Element, vote: float, layout: Layout) -> float:
    own = layout.roles.get(one, {})
    if Role.BODY in own:
        vote *= 1.5
    if Role.CAPTION in own or one.tag in ("figcaption", "p", "blockquote"):
        vote *= 0.5
    return vote


def _marked_body(layout: Layout, start: int, end: int) -> Element | None:
    """The first element that is stated to be the article's body, if it holds any text."""
    for one in layout.tree.elements:
        if (one.get("itemprop") or "").lower() == "articlebody" and start <= layout.place(
            one
        ) < end:
            return one if layout.tree.length[one] > 20 and not layout.is_outside(one) else None
    return None


def _next_article(layout: Layout, headline: Element | None) -> int:
    """Where the next article of the page begins: at a second headline of the same rank, or past all.

    A page may hold several: one that loads the next story below, or a day's news in brief.
    """
    past = len(layout.tree.elements)
    if headline is None:
        return past
    own = set(headline.iterancestors())
    names = set((headline.get("class") or "").split())
    seen_text = 0
    starts = {id(line.element): len(line.text) for line in layout.lines if len(line.text) > 60}
    for one in layout.tree.elements[layout.place(headline) + 1 :]:
        seen_text += starts.get(id(one), 0)
        if one.tag != headline.tag or seen_text < 100 or layout.is_outside(one):
            continue
        if layout.tree.length[one] < 15 or (
            one.tag != "h1" and names != set((one.get("class") or "").split())
        ):
            continue
        if one.tag != "h1" and (not names or layout.tree.is_linked(one)):
            continue
        # The box around that headline, as far as it does not hold ours, is the next article's.
        outermost = one
        for above in one.iterancestors():
            if above in own:
                break
            outermost = above
        return layout.place(outermost)
    return past


def caption_roots(layout: Layout, container: Element) -> list[tuple[Element, Mark | None]]:
    """The elements inside a container that hold the words under a picture."""
    found: list[tuple[Element, Mark | None]] = []
    past = -1
    length = layout.tree.length
    for place, one in enumerate(layout.tree.below(container)[1:], layout.place(container) + 1):
        if place < past or not 0 < length[one] < _LONGEST_CAPTION or layout.is_outside(one):
            continue
        if (
            one.tag == "figcaption"
            or _is_caption(layout, one)
            or _stands_under_picture(layout, one)
        ):
            found.append((one, layout.roles.get(one, {}).get(Role.CAPTION)))
            past = layout.tree.ends[one]
    return found


def _is_caption(layout: Layout, one: Element) -> bool:
    if one.tag in ("img", "figure", "table", "tbody", "tr", "video", "article", "body"):
        return False
    if layout.has(one, Role.CAPTION):
        # A class for pictures is put on the box of the picture as well.
        return next(one.iter(*_PICTURES), None) is None or one.tag in ("p", "td")
    return False


def _stands_under_picture(layout: Layout, one: Element) -> bool:
    """Whether an element stands under a picture as its words: centred, in italics, or in the row below."""
    if (
        one.tag not in ("p", "div", "tr", "span", "em", "i")
        or not 0 < layout.tree.length[one] < 300
    ):
        return False
    before = one.getprevious()
    if before is None or layout.tree.length[before] or next(before.iter("img"), None) is None:
        return False
    if next(one.iter(*_PICTURES), None) is not None:
        return False
    if one.tag == "tr":
        return True
    style = (one.get("style") or "").replace(" ", "").lower()
    if (one.get("align") or "").lower() == "center" or "text-align:center" in style:
        return True
    italic = sum(
        layout.tree.length[inner]
        for inner in layout.tree.below(one)
        if inner.tag in ("em", "i") or "italic" in (inner.get("style") or "")
    )
    return italic >= 0.8 * layout.tree.length[one]


def describe(container: Container) -> str:
    """The container as a person points at it."""
    return described(container.element)
