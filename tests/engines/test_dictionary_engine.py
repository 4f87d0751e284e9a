"""Another engine behind the protocol: the tests of `search/` and `webapp/` know no difference."""

from pathlib import Path

import pytest

from tests.engines.suite import check_suite


def test_an_engine_is_small() -> None:
    lines = Path(__file__).with_name("dictionary_engine.py").read_text("utf-8").splitlines()
    assert len(lines) < 350


@pytest.mark.embedded
def test_the_tests_of_search_and_webapp_pass_on_it() -> None:
    check_suite("--engine", "dictionary")
