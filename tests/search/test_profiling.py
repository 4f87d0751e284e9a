"""Stages of work, and where a search's time goes."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.pipeline import index_sources
from indexer.stages import measured, stage
from khobao import cli
from search.profiling import OTHER, profile
from tests.conftest import ROOT


def test_a_stage_counts_without_those_inside_of_it() -> None:
    with measured() as stages:
        with stage("outer"):
            time.sleep(0.01)
            with stage("inner"):
                time.sleep(0.02)
        with stage("inner"):
            time.sleep(0.02)
    assert list(stages.seconds) == ["inner", "outer"]
    assert stages.seconds["inner"] >= 0.04
    assert 0.01 <= stages.seconds["outer"] < stages.seconds["inner"]


def test_stages_of_nobody_and_of_failures() -> None:
    with stage("alone"):
        pass
    with measured() as stages, pytest.raises(ValueError, match="x"), stage("failing"):
        raise ValueError("x")
    assert "failing" in stages.seconds
    with stage("alone"):
        pass
    assert "alone" not in stages.seconds


def test_the_parts_add_up_to_the_whole() -> None:
    def work() -> None:
        with stage("a"):
            time.sleep(0.001)

    found = profile(work, rounds=3)
    assert list(found.stages) == ["a", OTHER]
    assert sum(one.first for one in found.stages.values()) == pytest.approx(found.whole.first)
    assert found.stages["a"].median >= 1


@pytest.mark.embedded
def test_a_search_says_where_its_time_goes(tmp_path: Path) -> None:
    index_sources(tmp_path / "a", [ROOT / "corpus" / "articles"], workers=0)
    asked = ["search", "lũ quét lào cai", "--profile", "--archive", str(tmp_path / "a")]
    plain = CliRunner().invoke(cli, asked)
    assert plain.exit_code == 0, plain.output
    lines = [line.split("  ")[0] for line in plain.output.splitlines()]
    for name in ("understand the query", "match and score", "rerank", "make snippets", OTHER):
        assert name in lines
    assert lines[-1] == "whole search"
    found = json.loads(CliRunner().invoke(cli, [*asked, "--json"]).output)
    assert found["whole search"]["median"] > 0
    parts = sum(one["first"] for name, one in found.items() if name != "whole search")
    assert parts == pytest.approx(found["whole search"]["first"], rel=1e-6)
