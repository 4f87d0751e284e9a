"""Texts, numbers and counts of the user interface in its languages."""

from __future__ import annotations

import math

from webapp.account_texts import ACCOUNT_TEXTS
from webapp.desk_texts import DESK_TEXTS
from webapp.texts import TEXTS

_TEXTS = TEXTS | DESK_TEXTS | ACCOUNT_TEXTS
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LANGUAGE = "vi"


def text(name: str, language: str, **values: object) -> str:
    """One text in a language, with its values filled in.

    Raises:
        KeyError: there is no such text.
    """
    return _TEXTS[name][0 if language == "vi" else 1].format(**values)


def number(value: int, language: str) -> str:
    """A count with its thousands grouped: 12.345 in Vietnamese, 12,345 in English."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if language == "vi" else grouped


def decimal(value: float, language: str) -> str:
    """A number with three decimals: 0,012 in Vietnamese, 0.012 in English."""
    written = f"{value:.3f}"
    return written.replace(".", ",") if language == "vi" else written


def percent(share: float, language: str) -> str:
    """A share with two digits that tell something: 12 %, 1,3 %, 0,052 %."""
    return f"{two_digits(100 * share, language)} %"


def two_digits(value: float, language: str) -> str:
    """A number with two digits that tell something: 120, 12, 1.3, 0.052."""
    digits = 0 if value >= 10 or not value else min(6, 1 - math.floor(math.log10(value)))
    written = f"{value:.{digits}f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return written.replace(".", ",") if language == "vi" else written


def articles(count: int, language: str) -> str:
    """A number of articles in words."""
    if count == 1:
        return text("one_article", language)
    return text("articles", language, count=number(count, language))
