"""Reports and copies of them: text that is made up, of syllables as frequent as in a language."""

from __future__ import annotations

import random
from dataclasses import dataclass

_ONSETS = [
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "gi",
    "h",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "nh",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]
_RHYMES = [
    "a",
    "an",
    "ang",
    "anh",
    "ao",
    "ây",
    "ê",
    "ên",
    "i",
    "in",
    "inh",
    "o",
    "oa",
    "ôi",
    "ông",
    "ơi",
    "u",
    "ung",
    "uôn",
    "ư",
    "ưa",
    "ương",
    "yên",
]
_SYLLABLES = [onset + rhyme for onset in _ONSETS for rhyme in _RHYMES]
_WEIGHTS = [1 / (rank + 8) for rank in range(len(_SYLLABLES))]


@dataclass(frozen=True, slots=True)
class Report:
    """A headline, a lead and the paragraphs of a body."""

    title: str
    lead: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        return "\n".join(self.paragraphs)


def sentence(chance: random.Random, length: int) -> str:
    return " ".join(chance.choices(_SYLLABLES, _WEIGHTS, k=length))


def report(seed: int, *, paragraphs: int = 8, length: int = 40) -> Report:
    """A report of its own for each seed."""
    chance = random.Random(seed)
    texts = tuple(f"{sentence(chance, length).capitalize()}." for _ in range(paragraphs))
    return Report(sentence(chance, 10).capitalize(), f"{sentence(chance, 20)}.", texts)


def copied(
    original: Report, share: float, seed: int, *, keeps: frozenset[int] = frozenset()
) -> Report:
    """A copy with a share of its syllables changed, a paragraph less, another headline and lead.

    Args:
        keeps: paragraphs that are not dropped.
    """
    chance = random.Random(seed)
    other = report(seed + 1_000_000)
    paragraphs = list(original.paragraphs)
    dropped = [at for at in range(len(paragraphs)) if at not in keeps]
    paragraphs.pop(chance.choice(dropped))
    changed = tuple(
        " ".join(
            chance.choice(_SYLLABLES) if chance.random() < share else word for word in text.split()
        )
        for text in paragraphs
    )
    return Report(other.title, other.lead, changed)
