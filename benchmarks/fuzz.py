"""Looks for input that breaks a part, led by the code that each input reaches (atheris, which drives libFuzzer).

    make fuzz TARGET=files SECONDS=3600
    python -m benchmarks.fuzz --target files [--seconds N] [--seeds DIR] [--found DIR]

Inputs that reach new code are kept in the folder `--found`, where the next run goes on. An input that breaks the
part, or takes more than half a minute, ends the run; it is `crash-...` or `timeout-...` there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris
import click

TARGETS = ("query", "completion", "files", "texts", "http")

with atheris.instrument_imports(include=["indexer", "search", "webapp"]):
    from benchmarks import fuzz_targets


def write_words(path: Path) -> Path:
    """What libFuzzer puts into inputs as a whole: names of fields, operators, marks of formats."""
    lines = []
    for word in fuzz_targets.WORDS:
        escaped = "".join(f"\\x{byte:02x}" for byte in word.encode())
        lines.append(f'"{escaped}"\n')
    path.write_text("".join(lines), "ascii")
    return path


@click.command()
@click.option("--target", required=True, type=click.Choice(TARGETS))
@click.option("--seconds", default=600, show_default=True)
@click.option("--seeds", multiple=True, type=click.Path(exists=True, path_type=Path))
@click.option("--found", default="build/fuzz", show_default=True, type=click.Path(path_type=Path))
@click.option("--longest", default=4096, show_default=True, help="Bytes of an input.")
def main(target: str, seconds: int, seeds: tuple[Path, ...], found: Path, longest: int) -> None:
    """Feed a part with ever new input until it breaks or the time is over."""
    kept = found / target
    kept.mkdir(parents=True, exist_ok=True)
    run = fuzz_targets.target(target)
    first = kept / "first"
    first.mkdir(exist_ok=True)
    for number, seed in enumerate(fuzz_targets.seeds(target, seeds)):
        (first / f"{number:05d}").write_bytes(seed)
    options = {
        "max_total_time": seconds,
        "max_len": longest,
        "timeout": 30,
        "rss_limit_mb": 4096,
        "artifact_prefix": f"{kept}/",
        "dict": write_words(kept / "words"),
        "print_final_stats": 1,
    }
    inputs = kept / "inputs"
    inputs.mkdir(exist_ok=True)
    arguments = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([sys.argv[0], *arguments, str(inputs), str(first)], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
