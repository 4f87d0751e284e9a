"""The tests of `search/` and `webapp/` on another engine, in a process of their own."""

import subprocess
import sys

from tests.conftest import ROOT


def check_suite(*options: str) -> None:
    """Run them with options of pytest that name the engine."""
    command = [sys.executable, "-m", "pytest", "-q", "tests/search", "tests/webapp", *options]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
