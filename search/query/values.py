"""Names of fields as a query writes them, without diacritics, and the values that are no text."""

from __future__ import annotations

import re

from search.query.tree import Length, QueryField

FIELDS = {
    "title": QueryField.TITLE, "tieu_de": QueryField.TITLE,
    "author": QueryField.AUTHOR, "tac_gia": QueryField.AUTHOR,
    "source": QueryField.SOURCE, "nguon": QueryField.SOURCE,
    "credit": QueryField.CREDIT, "theo": QueryField.CREDIT,
    "section": QueryField.SECTION, "muc": QueryField.SECTION, "chuyen_muc": QueryField.SECTION,
    "tag": QueryField.TAGS, "the": QueryField.TAGS, "tu_khoa": QueryField.TAGS,
}  # fmt: skip
SINCE = frozenset({"after", "from", "since", "tu"})
UNTIL = frozenset({"before", "to", "until", "den"})
VERSIONS = frozenset({"phien_ban", "version", "versions"})
WHICH_VERSIONS = {
    "tat_ca": True, "tat ca": True, "all": True,
    "hien_tai": False, "hien tai": False, "moi_nhat": False, "current": False, "latest": False,
}  # fmt: skip
TIMES = frozenset({"lan", "times"})
LENGTHS = frozenset({"dai", "do_dai", "length"})
HAVING = frozenset({"co", "has"})
DOSSIERS = frozenset({"ho_so", "dossier"})
SPEAKERS = frozenset({"noi", "nguoi_noi", "said", "speaker"})
NAME_FIELDS = {
    "person": "người", "place": "địa_danh", "organisation": "tổ_chức", "province": "tỉnh", "new_province": "tỉnh_mới",
}  # fmt: skip
"""Facets of names -> their field as a query is written out."""
NAMES = {
    "nguoi": "person", "person": "person", "dia_danh": "place", "place": "place",
    "to_chuc": "organisation", "co_quan": "organisation", "organisation": "organisation",
    "tinh": "province", "province": "province", "tinh_moi": "new_province", "new_province": "new_province",
}  # fmt: skip
PARTS = {
    "anh": "image", "hinh": "image", "image": "image", "picture": "image", "ngay": "date", "date": "date",
    "tac_gia": "author", "author": "author", "muc": "section", "section": "section", "sapo": "lead", "lead": "lead",
}  # fmt: skip
_RANGE = re.compile(r"(?P<sign>>=?|<=?)?(?P<least>\d{1,7})?(?:(?P<to>-|\.\.)(?P<most>\d{1,7})?)?")
KNOWN = frozenset(
    {*FIELDS, *SINCE, *UNTIL, *VERSIONS, *TIMES, *LENGTHS, *HAVING, *DOSSIERS, *SPEAKERS, *NAMES}
)


def read_length(text: str) -> Length | None:
    """A length or a range of lengths: >500, >=500, <500, 500, 200-500, 200.., ..500; None for others."""
    match = _RANGE.fullmatch(text)
    if match is None or not (match["least"] or match["most"]):
        return None
    least = int(match["least"]) if match["least"] else None
    most = int(match["most"]) if match["most"] else None
    if match["sign"] and (match["to"] or least is None):
        return None
    if match["to"] is None and least is not None:
        return Length(*_bounds(match["sign"] or "", least))
    if least is not None and most is not None and least > most:
        return None
    return Length(least, most)


def _bounds(sign: str, number: int) -> tuple[int | None, int | None]:
    """The least and the most of >500, >=500, <500, <=500 and 500."""
    match sign:
        case ">" | ">=":
            return number + int(sign == ">"), None
        case "<" | "<=":
            return None, number - int(sign == "<")
        case _:
            return number, number
