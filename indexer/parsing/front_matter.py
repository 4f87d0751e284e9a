"""Front matter: ``key: value`` lines between two ``---`` lines at the top of a text file."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.language.normalise import fold, lower
from indexer.moments import Moment
from indexer.parsing.dates import parse_moment
from indexer.parsing.outlets import source_name

_KEYS = {
    "id": "id",
    "title": "title", "tieu de": "title",
    "lead": "lead", "sapo": "lead", "description": "lead", "mo ta": "lead",
    "url": "url", "link": "url", "dia chi": "url",
    "date": "published", "published": "published", "ngay": "published", "ngay dang": "published",
    "updated": "updated", "modified": "updated", "cap nhat": "updated",
    "author": "author", "tac gia": "author",
    "source": "source", "nguon": "source",
    "credit": "credit", "dan theo": "credit", "theo": "credit",
    "section": "section", "category": "section", "muc": "section", "chuyen muc": "section",
    "tags": "tags", "keywords": "tags", "the": "tags", "tu khoa": "tags",
}  # fmt: skip
_SPECIAL = ("published", "updated", "tags", "credit")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The front matter of a file; None or empty where it is silent."""

    id: str | None = None
    title: str | None = None
    lead: str | None = None
    url: str | None = None
    published: Moment | None = None
    updated: Moment | None = None
    author: str | None = None
    source: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return " ".join(value.split())


def _listed(value: str) -> tuple[str, ...]:
    return tuple(one for part in value.strip("[]").split(",") if (one := _unquote(part)))


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """The front matter and the rest of the text; unknown keys and unusable dates are left out."""
    lines = text.lstrip("\ufeff\n\t ").split("\n")
    if lines[0].strip() != "---":
        return FrontMatter(), text
    end = next((at for at, line in enumerate(lines[1:], 1) if line.strip() in ("---", "...")), None)
    if end is None or not all(":" in line for line in lines[1:end] if line.strip()):
        return FrontMatter(), text
    values: dict[str, str] = {}
    for line in lines[1:end]:
        key, _, value = line.partition(":")
        name = _KEYS.get(" ".join(fold(lower(key)).split()))
        if name and (value := _unquote(value)):
            values[name] = value
    tags, credit = (_listed(values.get(name, "")) for name in ("tags", "credit"))
    return (
        FrontMatter(
            **{key: value for key, value in values.items() if key not in _SPECIAL},
            published=parse_moment(values.get("published", "")),
            updated=parse_moment(values.get("updated", "")),
            tags=tags,
            credit=tuple(source_name(name) for name in credit),
        ),
        "\n".join(lines[end + 1 :]),
    )
