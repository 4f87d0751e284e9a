"""Other ways to write neighbouring words of a query, as conditions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.engines.conditions import Phrase, Term
from indexer.language.analysis import BIGRAMS, SYLLABLES, fold_term, pairs
from search.understanding.synonyms import YEAR, Form


@dataclass(frozen=True, slots=True)
class OtherForms:
    """Neighbouring words of a query that may be written otherwise as a whole.

    Attributes:
        words: as they are typed.
        starts: where each of them begins in the query.
        forms: the other ways to write them, in syllables.
        term: any of these.
    """

    words: Form
    starts: tuple[int, ...]
    forms: tuple[Form, ...]
    term: Term

    def written(self, form: Form) -> list[int]:
        """Numbers of the words that a form stands for: not the year that ``18 tháng 9`` leaves out."""
        everything = range(len(self.words))
        kept = [
            at for at in everything if self.words[at] in form or not YEAR.fullmatch(self.words[at])
        ]
        # A group may be about a year itself.
        return kept or list(everything)


def any_form(forms: Iterable[Form]) -> Term:
    """Any of some forms, as they are spelt."""
    given = tuple(forms)
    return Term(
        SYLLABLES,
        tuple(form[0] for form in given if len(form) == 1),
        tuple(_exact_phrase(form) for form in given if len(form) > 1),
    )


def _exact_phrase(form: Form) -> Phrase:
    """Syllables side by side, as they are spelt."""
    return Phrase(
        field=SYLLABLES,
        positions=tuple((syllable,) for syllable in form),
        hints=tuple(Term(BIGRAMS, (pair,)) for pair in pairs(map(fold_term, form))),
    )
