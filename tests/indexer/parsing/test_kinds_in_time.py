"""What a file begins with is told in a moment, however its parts are repeated."""

import subprocess
import sys

from tests.conftest import ROOT

LOOK = r"""
from indexer.parsing.kinds import kind_of
PARTS = [
    "", "-", "--", "-- \n", "/**/", "/* */\n", " \n", "\n", "\t", "<!-- -->", "<!---->\n", "<?xml ?>", "<?a?>\n",
    "<!doctype a>", "<!doctype a[]>", "<%%>", "<% %>\n", "From: a\n", "From: a\n  b\n", "  b\n", " \t \n", "x-a: b\n",
    "/*!*/;", "insert into ", "<", "<a", "<a:", "---\n", "|", "a,b\n", "{", "[", '"', '{"a":', "From ", "\x01", "\x16",
]
FIRST = ["", "From: a\n", "Date: b\nX-a: c\n", "-- a\n", "<", "<!--", "{"]
for first in FIRST:
    for one in PARTS:
        for other in PARTS:
            assert kind_of((first + (one + other) * 1000)[:6000].encode(), ".txt")
print("told")
"""


def test_no_repetition_takes_for_ever() -> None:
    # All of it takes seconds; a pattern that tries every way to part a text would take years.
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert done.stdout == "told\n"
