"""Authors and credits of an article: bylines at its head and end, marked elements, metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from indexer.language.normalise import bare
from indexer.parsing.bylines import Byline, is_name, looks_vietnamese, read_byline
from indexer.parsing.evidence import Evidence, heaviest
from indexer.parsing.outlets import outlet
from indexer.parsing.page.body import Container
from indexer.parsing.page.layout import Layout
from indexer.parsing.page.lines import Line, lines_of
from indexer.parsing.page.marks import Role, described
from indexer.parsing.page.stated import Stated
from indexer.parsing.page.tree import Element, around
from indexer.parsing.page.when import PrintedLine

_TAIL = 7
_BEHIND = 8
_NOBODY = frozenset(
    {
        "admin", "administrator", "editor", "ban biên tập", "biên tập viên", "tòa soạn", "toà soạn",
        "webmaster", "root", "tác giả", "author", "guest", "user", "test", "bbt", "quản trị viên",
        "moderator", "superadmin",
    }
)  # fmt: skip
_SITE_WORDS = re.compile(
    r"\b(?:báo|tạp chí|online|news|công ty|tập đoàn|corp|jsc|media|website|trang)\b|\.(?:vn|com|net)\b",
    re.IGNORECASE,
)
_EDGES = re.compile(r"^[\s>»|:–—-]+|[\s|–—-]+$")


@dataclass(slots=True)
class Who:
    """Authors and credits.

    Attributes:
        lines: lines of the container that are bylines, not its text.
    """

    authors: list[Evidence[str]] = field(default_factory=list)
    credits: list[Evidence[str]] = field(default_factory=list)
    lines: set[tuple[Element, str]] = field(default_factory=set)


def find_who(
    layout: Layout,
    headline: Element | None,
    container: Container | None,
    printed: list[PrintedLine],
    stated: Stated,
    own_names: set[str],
    ignored: set[tuple[Element, str]],
) -> Who:
    """Every name that speaks for the author or the credit.

    Args:
        own_names: the paper's own names, in lower case: none of them wrote the article.
        ignored: lines of the container that are other stories.
    """
    found = Who()
    reader = _Reader(layout, own_names, found)
    if container is not None:
        reader.at_end(container, ignored)
        reader.behind(container)
    reader.marked(headline, container)
    reader.beside_dates(printed)
    reader.stated(stated)
    return found


class _Reader:
    def __init__(self, layout: Layout, own_names: set[str], found: Who) -> None:
        self._layout = layout
        self._own = own_names
        self._found = found

    def _add(self, byline: Byline, place: str, reason: str, weight: float) -> None:
        if byline.author:
            name = byline.author
            if self._is_paper(name):
                self._found.authors.append(
                    Evidence(name, place, f"{reason}, but the paper's own name", 0.0)
                )
            else:
                self._found.authors.append(Evidence(name, place, reason, weight))
        for name in byline.credit:
            own = bare(name) in self._own
            self._found.credits.append(
                Evidence(
                    name,
                    place,
                    f"{reason}, but the paper itself" if own else reason,
                    0.0 if own else weight,
                )
            )

    def _is_paper(self, name: str) -> bool:
        known = bare(name)
        if known in self._own or known in _NOBODY:
            return True
        return outlet(name) is not None and not looks_vietnamese(name)

    def at_end(self, container: Container, ignored: set[tuple[Element, str]]) -> None:
        """Read the last lines of the text, from the last one up to running text."""
        lines = [line for line in container.lines if (line.element, line.text) not in ignored]
        weight = 9.0
        for line in reversed(lines[1:][-_TAIL:]):
            if len(line.text) > 110:
                break
            byline = read_byline(line.text, marked=self._stands_out(line))
            if byline is None:
                # A name may end the last paragraph's line behind a break: that is a line of its own.
                if line.text.endswith((".", "!", "?", "”", '"')) or len(line.text) > 60:
                    break
                continue
            self._found.lines.add((line.element, line.text))
            self._add(byline, "the last lines of the text", "a byline under the text", weight)
            weight -= 0.1

    def _stands_out(self, line: Line) -> bool:
        """Whether a line is bold, italic, at the right margin, or marked as the author's."""
        if line.strong >= len(line.text) - 2:
            return True
        for one in (line.element, *around(line.element, 2)):
            style = (one.get("style") or "").replace(" ", "").lower()
            if (one.get("align") or "").lower() == "right" or "text-align:right" in style:
                return True
            if self._layout.has(one, Role.AUTHOR):
                return True
            if any("right" in name.lower().split("-") for name in (one.get("class") or "").split()):
                return True
        inner = list(line.element)
        return (
            len(inner) == 1
            and inner[0].tag in ("em", "i", "strong", "b")
            and not (line.element.text or "").strip()
        )

    def behind(self, container: Container) -> None:
        """Read lines right behind the text's element that stand out."""
        layout = self._layout
        behind = [
            line
            for line in layout.lines
            if layout.place(line.at) >= container.end and not layout.is_outside(line.element)
        ]
        for line in behind[:_BEHIND]:
            if len(line.text) > 110:
                return
            if (
                self._stands_out(line)
                and (byline := read_byline(line.text, marked=True)) is not None
            ):
                self._add(byline, described(line.element), "stands out behind the text", 7.0)

    def marked(self, headline: Element | None, container: Container | None) -> None:
        """Read elements marked as the author's or the source's."""
        layout = self._layout
        start = layout.place(headline) - 60 if headline is not None else 0
        end = container.end + 150 if container is not None else len(layout.tree.elements)
        for one, roles in layout.roles.items():
            role = next((role for role in (Role.AUTHOR, Role.SOURCE) if role in roles), None)
            if (
                role is None
                or not start <= layout.place(one) < end
                or one.tag in ("body", "html", "meta", "img")
            ):
                continue
            if (
                layout.is_outside(one, Role.COMMENTS, Role.LISTS, Role.RELATED)
                or layout.tree.length[one] > 250
            ):
                continue
            inside = (
                container is not None
                and layout.place(container.element) < layout.place(one) < container.end
            )
            if any(
                Role.AUTHOR in layout.roles.get(inner, ()) for inner in layout.tree.below(one)[1:]
            ):
                continue  # A box around several names.
            for line in lines_of(one)[:4]:
                self._marked_line(line, role, roles[role].reason, inside)

    def _marked_line(self, line: Line, role: Role, reason: str, inside: bool) -> None:
        text = _EDGES.sub("", line.text)
        byline = read_byline(text, marked=True)
        if byline is None and role is Role.SOURCE and (name := outlet(text)) is not None:
            byline = Byline(None, (name,))
        if byline is None and role is Role.AUTHOR:
            # A name with an address or an office behind it.
            head = re.split(r"\s*(?:[|•·(@]|\s[-–]\s|,\s)\s*", text)[0]
            byline = read_byline(head, marked=True) if head != text else None
        if byline is None:
            return
        if (
            role is Role.SOURCE
            and byline.author
            and not byline.credit
            and not is_person(byline.author)
        ):
            byline = Byline(None, (byline.author,))
        if inside:
            self._found.lines.add((line.element, line.text))
        self._add(
            byline,
            described(line.element),
            f"marked: {reason}",
            8.0 if role is Role.AUTHOR else 6.0,
        )

    def beside_dates(self, printed: list[PrintedLine]) -> None:
        """Read what stands beside the printed date: "Theo Báo Mẫu | 18/9/2024"."""
        for one in printed:
            if one.weight < 4:
                continue
            for part in one.found.rest:
                if (byline := read_byline(part, marked=True)) is not None:
                    self._add(byline, described(one.line.element), "beside the printed date", 7.5)

    def stated(self, stated: Stated) -> None:
        """Weigh the names that the page states: a person's, not the paper's or its company's."""
        for one in stated.authors:
            byline = read_byline(one.value, marked=True)
            if self._is_paper(one.value) or (_SITE_WORDS.search(one.value) and byline is None):
                self._found.authors.append(
                    Evidence(one.value, one.place, "the paper's own name", 0.0)
                )
            elif byline is not None:
                self._add(byline, one.place, one.reason, one.weight)
            elif is_name(one.value, shortest=1):
                self._found.authors.append(one)
            else:
                self._found.authors.append(Evidence(one.value, one.place, "no person's name", 0.0))


def is_person(name: str) -> bool:
    """Whether a name is a Vietnamese person's rather than a paper's."""
    return looks_vietnamese(name)


def choose_author(found: list[Evidence[str]]) -> tuple[str | None, list[Evidence[str]]]:
    """The byline that wins, with others of its kind and place: an article may have several authors."""
    best = heaviest(found)
    if best is None:
        return None, []
    chosen = [best]
    names = [best.value]
    alike = [one for one in found if (one.weight, one.reason) == (best.weight, best.reason)]
    for one in alike if best.reason.startswith("marked") else ():
        known = bare(one.value)
        if not any(known in bare(name) or bare(name) in known for name in names):
            names.append(one.value)
            chosen.append(one)
    return ", ".join(names[:5]), chosen
