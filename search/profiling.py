"""Where the time of a search goes, stage by stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from indexer.stages import measured

ROUNDS = 20
"""Searches after the first."""
OTHER = "the rest"


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Milliseconds of a stage: in the first search, and the median of the others, for which files are in memory."""

    first: float
    median: float


@dataclass(frozen=True, slots=True)
class Profile:
    """Where the time of one search goes, when it is run several times.

    Attributes:
        whole: of a search from its beginning to its end.
        stages: in the order in which they end, `OTHER` last; they add up to `whole`, the medians about so.
    """

    whole: StageTimes
    stages: Mapping[str, StageTimes]


def profile(search: Callable[[], object], rounds: int = ROUNDS) -> Profile:
    """Run a search once and then so many times more, and time its stages."""
    runs = [_timed(search) for _ in range(rounds + 1)]
    names = dict.fromkeys(name for _, stages in runs for name in stages)
    columns = {name: [stages.get(name, 0.0) for _, stages in runs] for name in names}
    wholes = [whole for whole, _ in runs]
    columns[OTHER] = [whole - sum(stages.values()) for whole, stages in runs]
    return Profile(_times(wholes), {name: _times(column) for name, column in columns.items()})


def _timed(search: Callable[[], object]) -> tuple[float, Mapping[str, float]]:
    started = time.perf_counter()
    with measured() as stages:
        search()
    return time.perf_counter() - started, stages.seconds


def _times(seconds: list[float]) -> StageTimes:
    first, *others = seconds
    return StageTimes(1000 * first, 1000 * median(others or seconds))
