"""Trees of queries as text, for reading in tests."""

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
    Published,
    QueryPattern,
    QueryPhrase,
    QueryRepeated,
    QueryTogether,
    QueryWord,
    Sequence,
    Spoken,
)


def show(node: Node) -> str:  # noqa: C901
    """A tree as text, for reading in tests."""
    match node:
        case QueryWord():
            return node.text
        case QueryPattern():
            return node.text
        case QueryTogether(parts, within):
            return f"<{within} " + " ".join(map(show, parts)) + ">"
        case QueryRepeated(part, least):
            return f"{least}x{show(part)}"
        case Length(least, most):
            return f"#{least or ''}..{most or ''}"
        case Having(part):
            return f"has:{part}"
        case InDossier(name):
            return f"in:{name}"
        case Named(facet, name):
            return f"{facet}={name}"
        case Spoken(speaker, _, _, parts):
            return f"{speaker}:<" + " ".join(map(show, parts)) + ">"
        case QueryPhrase(words):
            return '"' + " ".join(word.text for word in words) + '"'
        case InField(field, part):
            return f"{field}:{show(part)}"
        case Published(since, until):
            return f"[{since or ''}..{until or ''}]"
        case Exclude(part):
            return f"-{show(part)}"
        case Must(part):
            return f"+{show(part)}"
        case Either(parts):
            return "(" + " | ".join(show(part) for part in parts) + ")"
        case Sequence(parts):
            return "{" + " ".join(show(part) for part in parts) + "}"
