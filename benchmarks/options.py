"""What the benchmarks are told on the command line alike."""

from __future__ import annotations

from pathlib import Path

import click

_FILE = click.Path(exists=True, path_type=Path)

ARTICLES = click.option("--articles", required=True, type=_FILE)
QUERIES = click.option("--queries", required=True, type=_FILE)
