"""What `make mutants` has found: how many small changes of the code the tests notice, by module.

    python -m benchmarks.mutants [--survivors] [--again NAMES --tests TESTS ...] [--folder mutants]

A mutant that makes a test hang counts as noticed. Mutants that no test runs count as not noticed. `--survivors`
prints their names for `mutmut show NAME`. mutmut chooses a mutant after everything is imported, too late for
tables that a module makes when it is imported: `--again` runs tests once more, each mutant in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

import click

KILLED, TIMEOUT, SURVIVED, UNTESTED, UNKNOWN = "killed", "hangs", "survived", "no test", "not run"
_STATES = {0: SURVIVED, 5: UNTESTED, 33: UNTESTED, None: UNKNOWN} | dict.fromkeys(
    (-24, 24, 36, 152, 255), TIMEOUT
)
"""What the exit of the test run says (mutmut 3); any other failure has killed the mutant."""

_HANGS = 36
_PATIENCE = 600
"""Seconds that tests may take."""


def states_of(folder: Path) -> dict[str, dict[str, str]]:
    """Module -> mutant -> its state.

    Raises:
        click.ClickException: nothing has been run there.
    """
    found = {}
    for path in sorted(folder.rglob("*.py.meta")):
        codes = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        if codes:
            module = path.relative_to(folder).as_posix().removesuffix(".meta")
            found[module] = {key: _STATES.get(code, KILLED) for key, code in codes.items()}
    if not found:
        raise click.ClickException(f"{folder}: no mutants; run `make mutants` first")
    return found


def run_again(folder: Path, names: str, tests: Sequence[str]) -> None:
    """Run tests for the survivors with such names, and write down what they have noticed."""
    for path in sorted(folder.rglob("*.py.meta")):
        content = json.loads(path.read_text("utf-8"))
        codes = content["exit_code_by_key"]
        for name, code in codes.items():
            if _STATES.get(code, KILLED) in (SURVIVED, UNTESTED) and fnmatch(name, names):
                codes[name] = _exit_code(folder, name, tests)
                click.echo(f"{_STATES.get(codes[name], KILLED)}\t{name}")
                path.write_text(json.dumps(content), "utf-8")


def _exit_code(folder: Path, mutant: str, tests: Sequence[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "MUTANT_UNDER_TEST": mutant, "PYTHONPATH": "."}
    silent = subprocess.DEVNULL
    run = subprocess.Popen(command, cwd=folder, env=environment, stdout=silent, stderr=silent)
    try:
        return run.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        run.kill()
        return _HANGS


def row(name: str, states: Counter[str]) -> str:
    """A line of the table."""
    run = states.total() - states[UNKNOWN]
    noticed = states[KILLED] + states[TIMEOUT]
    share = f"{noticed / run:.0%}" if run else ""
    numbers = [run, states[KILLED], states[TIMEOUT], states[SURVIVED], states[UNTESTED]]
    return f"| {name} | {' | '.join(f'{one:,}' for one in numbers)} | {share} |"


@click.command()
@click.option("--folder", default="mutants", show_default=True, type=click.Path(path_type=Path))
@click.option("--survivors", is_flag=True, help="Print the names of what no test noticed.")
@click.option("--again", default="", metavar="NAMES", help="Run survivors like this once more.")
@click.option("--tests", multiple=True, help="What to run for them.")
def main(folder: Path, survivors: bool, again: str, tests: tuple[str, ...]) -> None:
    """Print the table."""
    if again:
        run_again(folder, again, tests)
    found = states_of(folder)
    if survivors:
        for states in found.values():
            for name, state in states.items():
                if state in (SURVIVED, UNTESTED):
                    click.echo(f"{state}\t{name}")
        return
    click.echo("| module | mutants | killed | hangs | survived | no test | noticed |")
    click.echo("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    total: Counter[str] = Counter()
    for module, states in found.items():
        counted = Counter(states.values())
        total += counted
        if counted.total() > counted[UNKNOWN]:
            click.echo(row(module, counted))
    click.echo(row("all", total))
    if total[UNKNOWN]:
        click.echo(f"\n{total[UNKNOWN]:,} mutants were not run", err=True)


if __name__ == "__main__":
    main()
