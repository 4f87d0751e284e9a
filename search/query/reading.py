"""A query's tree written out, so that a reader sees how operators in words were understood."""

from __future__ import annotations

import re
from itertools import zip_longest

from indexer.engines.conditions import Scope
from search.query.tree import (
    Either,
    Exclude,
    Having,
    InDossier,
    InField,
    Length,
    Must,
    Named,
    Node,
    ParsedQuery,
    Published,
    QueryPhrase,
    QueryRepeated,
    QueryTogether,
    Sequence,
    Spoken,
)
from search.query.values import NAME_FIELDS

_IN = re.compile(r"(?<!\S)(?:trong|cùng)$")
_SCOPES = {Scope.SENTENCE: "TRONG CÂU", Scope.PARAGRAPH: "TRONG ĐOẠN"}


def reading(query: ParsedQuery) -> str | None:
    """A query of operators in words as it was read; None for one that asks for words and phrases alone."""
    if not query.has_operators:
        return None
    return _sequence(query.root.parts, needs_all=query.needs_all)


def _sequence(parts: tuple[Node, ...], *, needs_all: bool) -> str:
    wanted = [_written(part) for part in parts if not isinstance(part, Exclude)]
    # "lũ trong -bão câu": in this order, and in small letters, the words would be an operator.
    wanted = [
        _IN.sub(lambda match: match[0].capitalize(), part) if following == "câu" else part
        for part, following in zip_longest(wanted, wanted[1:])
    ]
    without = [f"KHÔNG {_written(part.part)}" for part in parts if isinstance(part, Exclude)]
    return " ".join([(" VÀ " if needs_all else " ").join(wanted), *without]).strip()


def _written(node: Node) -> str:
    match node:
        case QueryPhrase(words):
            return f'"{" ".join(word.text for word in words)}"'
        case QueryTogether(parts, within):
            operator = _SCOPES[within] if isinstance(within, Scope) else f"GẦN/{within}"
            return f"({f' {operator} '.join(map(_written, parts))})"
        case QueryRepeated(part, least):
            return f"lần:{least} {_written(part)}"
        case Either(parts):
            return f"({' HOẶC '.join(map(_written, parts))})"
        case Must(Sequence(parts)):
            return f"({_sequence(parts, needs_all=True)})"
        case Must(part):
            return f"+{_written(part)}"
        case Exclude(part):
            return f"KHÔNG {_written(part)}"
        case Sequence(parts):
            return f"({_sequence(parts, needs_all=False)})"
        case InField(field, part):
            return f"{field}:{_written(part)}"
        case Published() | Length() | Having() | InDossier() | Named():
            return _limit(node)
        case Spoken(speaker, _, _, parts):
            said = f" {_sequence(parts, needs_all=True)}" if parts else ""
            return f'(nói:"{speaker}"{said})'
        case _:
            return node.text


def _limit(node: Published | Length | Having | InDossier | Named) -> str:
    match node:
        case Published(since, until):
            return f"từ:{since}" if since else f"đến:{until}"
        case Length(least, most):
            return f"dài:{'' if least is None else least}..{'' if most is None else most}"
        case Having(part):
            return f"có:{part}"
        case Named(facet, name):
            return f'{NAME_FIELDS[facet]}:"{name}"'
        case InDossier(name):
            return f'hồ_sơ:"{name}"'
