"""The names in an article: each once, with the ways it is written and the offices it is given with."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.language.cues import WITHOUT_KIND
from indexer.language.entities import Entity, EntityKind
from indexer.language.normalise import normalise
from indexer.language.titles import start_of_name, title_of

_GAP = re.compile("[ -]")
_SHORT = 4
"""Letters of a first name, which many people share; longer single names are foreign ones."""
_MOST_FORMS = 5


@dataclass(frozen=True, slots=True)
class Name:
    """A name in an article.

    Attributes:
        forms: other ways in which it is written there, the most frequent first; not the end of it alone.
        titles: the offices that a person is given with, the most frequent first.
    """

    name: str
    forms: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


KindAndName = tuple[EntityKind, str]
Standing = Mapping[KindAndName, KindAndName]
"""What each name of an article stands for in it."""
Names = Mapping[EntityKind, Sequence[Name]]
"""The people, places and organisations named in an article, the most often named first."""


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text and the names in it.

    Attributes:
        normal: `text` in lower case, character for character.
        entities: in order.
    """

    text: str
    normal: str
    entities: Sequence[Entity]


def names_of(text: NamedText, standing: Standing) -> Names:
    """The names in an article.

    Args:
        standing: see `standing_for`.
    """
    counts: dict[EntityKind, Counter[str]] = {kind: Counter() for kind in EntityKind}
    forms: defaultdict[tuple[EntityKind, str], Counter[str]] = defaultdict(Counter)
    titles: defaultdict[tuple[EntityKind, str], Counter[str]] = defaultdict(Counter)
    for one in text.entities:
        found = standing.get((one.kind, one.name))
        if found is None:
            continue
        kind, name = found
        counts[kind][name] += 1
        start = start_of_name(text.text, one) if kind is EntityKind.PERSON else one.start
        forms[found][" ".join(text.text[start : one.end].split())] += 1
        if kind is EntityKind.PERSON and (title := title_of(text.text, text.normal, one)):
            titles[found][title] += 1
    return {
        kind: [
            Name(name, _forms(name, forms[kind, name]), _most(titles[kind, name]))
            for name, _ in its.most_common()
        ]
        for kind, its in counts.items()
    }


def full_name(name: str, standing: Standing) -> str:
    """The person that a name stands for in an article: ông Dũng -> Nguyễn Văn Dũng; itself for others."""
    kind, full = standing.get((EntityKind.PERSON, name), (EntityKind.PERSON, name))
    return full if kind is EntityKind.PERSON else name


def standing_for(entities: Sequence[Entity]) -> dict[KindAndName, KindAndName]:
    """The kind and the name that each name of an article counts as; what says too little is left out."""
    counts: dict[EntityKind, Counter[str]] = {kind: Counter() for kind in EntityKind}
    for one in entities:
        counts[one.kind][one.name] += 1
    found = {(kind, name): (kind, name) for kind, names in counts.items() for name in names}
    people, places = counts[EntityKind.PERSON], counts[EntityKind.PLACE]
    for name in people.keys() & places.keys():
        # A street in one place, its name alone in another; or the other way round.
        both = EntityKind.PERSON, EntityKind.PLACE
        kept, dropped = both[::-1] if places[name] >= people[name] else both
        found[dropped, name] = (kept, name)
    _with_their_kind(found, places)
    shown = [name for name in people if found[EntityKind.PERSON, name][0] is EntityKind.PERSON]
    shown += [name for name in places if found[EntityKind.PLACE, name][0] is EntityKind.PERSON]
    for name, full in _by_full_name(dict.fromkeys(shown)).items():
        for kind in (EntityKind.PERSON, EntityKind.PLACE):
            if found.get((kind, name), (None, ""))[0] is not EntityKind.PERSON:
                continue
            if full:
                found[kind, name] = (EntityKind.PERSON, full)
            else:
                del found[kind, name]
    return found


def _with_their_kind(found: dict[KindAndName, KindAndName], places: Iterable[str]) -> None:
    """Let a name stand for the river or mountain that is named in full in the same article: Tô Lịch."""
    for name in places:
        kind, _, rest = name.partition(" ")
        if kind in WITHOUT_KIND and " " in rest:
            for known in (EntityKind.PERSON, EntityKind.PLACE):
                if found.get((known, rest)) == (known, rest):
                    found[known, rest] = (EntityKind.PLACE, name)


def _by_full_name(people: Iterable[str]) -> dict[str, str]:
    """Each name -> the one longer name that ends with it, itself, or "" where it says too little."""
    names = list(people)
    longer: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        for gap in _GAP.finditer(name):
            longer[name[gap.end() :]].append(name)
    found = {}
    for name in names:
        full = longer[name]
        if len(full) == 1:
            found[name] = full[0]
        else:
            found[name] = name if " " in name or len(name) > _SHORT else ""
    return found


def _forms(name: str, written: Counter[str]) -> tuple[str, ...]:
    """What is not the name, its end, or either in other capitals or with another placement of tones."""
    known = f" {normalise(name)}"
    return _most(
        Counter(
            {form: n for form, n in written.items() if not known.endswith(f" {normalise(form)}")}
        )
    )


def _most(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(one for one, _ in counts.most_common(_MOST_FORMS))
