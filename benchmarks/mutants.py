"""What `make mutants` has found: how many small changes of the code the tests notice, by module.

    python -m benchmarks.mutants [--survivors] [--folder mutants]

A mutant that makes a test hang counts as noticed. Mutants that no test runs count as not noticed. `--survivors`
prints their names for `mutmut show NAME`.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

KILLED, TIMEOUT, SURVIVED, UNTESTED, UNKNOWN = "killed", "hangs", "survived", "no test", "not run"
_STATES = {0: SURVIVED, 5: UNTESTED, 33: UNTESTED, None: UNKNOWN} | dict.fromkeys(
    (-24, 24, 36, 152, 255), TIMEOUT
)
"""What the exit of the test run says (mutmut 3); any other failure has killed the mutant."""


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
def main(folder: Path, survivors: bool) -> None:
    """Print the table."""
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
