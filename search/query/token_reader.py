"""The tokens of a query on their way through the parser: words and patterns, and what is at fault."""

from __future__ import annotations

from indexer.language.analysis import tokenise
from search.query.lexer import Lexeme, lex
from search.query.patterns import NO_WILDCARDS, marked_wildcards, with_wildcards
from search.query.tree import Issue, QueryPattern, QueryProblem, QueryWord

MAX_WORDS = 100
"""Later words of a longer query, such as a pasted article, are left out."""
_SHORTEST_PATTERN = 2


class TokenReader:
    """The tokens of one query, one after another.

    Attributes:
        text: the query.
        tokens: all of them.
        at: the number of the next one.
        problems: the faults that were met.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = lex(text)
        self.at = 0
        self.problems: list[QueryProblem] = []
        self._words = 0

    def report(self, issue: Issue, start: int, end: int) -> None:
        """Note a fault and its place; that a query is too long once."""
        if issue is not Issue.TOO_LONG or all(p.issue is not issue for p in self.problems):
            self.problems.append(QueryProblem(issue, start, end, self.text[start:end]))

    def peek(self) -> Lexeme | None:
        """The next token; None at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> Lexeme:
        """The next token, which is read then."""
        self.at += 1
        return self.tokens[self.at - 1]

    def words_of(
        self, text: str, offset: int, *, is_quoted: bool = False
    ) -> list[QueryWord | QueryPattern]:
        """The words and patterns of a text.

        Args:
            is_quoted: whether a star that stands alone is what the text quotes.
        """
        found: list[QueryWord | QueryPattern] = []
        for one in tokenise(marked_wildcards(text)):
            start, end = offset + one.start, offset + one.end
            pattern = with_wildcards(one.text)
            if pattern == one.text:
                found.append(QueryWord(one.text, start, end))
            elif sum(char not in "*?" for char in pattern) >= _SHORTEST_PATTERN:
                found.append(QueryPattern(pattern, start, end))
            else:
                self.report(Issue.SHORT_PATTERN, start, end)
                found += self.words_of(one.text.translate(NO_WILDCARDS), start)
        if not is_quoted and not found and "*" in text:
            self.report(Issue.LONE_STAR, offset, offset + len(text))
        room = max(0, MAX_WORDS - self._words)
        if len(found) > room:
            self.report(Issue.TOO_LONG, found[room].start, len(self.text))
        self._words += len(found)
        return found[:room]
