"""Another engine behind the protocol: the tests of `search/` and `webapp/` know no difference."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def test_an_engine_is_small() -> None:
    lines = Path(__file__).with_name("dictionary_engine.py").read_text("utf-8").splitlines()
    assert len(lines) < 300


@pytest.mark.embedded
def test_the_tests_of_search_and_webapp_pass_on_it() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "tests/search", "tests/webapp"]
    done = subprocess.run(
        [*command, "--engine", "dictionary", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
