"""The tables, the plots and the arithmetic of `benchmarks.cluster_scale`.

python -m benchmarks.cluster_report FILE.json [--plots docs]
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import log
from pathlib import Path
from typing import Any

import click

from benchmarks.cluster_scale import STEPS
from benchmarks.relevance import TASKS

_NAMES = {
    "embedded": "embedded",
    "cluster-1": "cluster, 1 node",
    "cluster-3": "cluster, 3 nodes",
    "plain-1": "plain OpenSearch, 1 node",
    "plain-3": "plain OpenSearch, 3 nodes",
}
_SHARD_BYTES = 40 << 30
"""A shard of this size moves in minutes and is searched by one core: what OpenSearch advises."""
_DISK_FULL = 0.7
_NODE_DISK, _NODE_MEMORY = 2 << 40, 64 << 30
_NODE_COST = 500
"""Dollars a month for a rented node of 16 cores, 64 GB of memory and 2 TB of NVMe."""

Figures = Mapping[str, Any]


def sizes_in(known: Figures) -> list[int]:
    """The numbers of articles that were measured."""
    found = {int(name.split()[1]) for name in known if not name.endswith("relevance")}
    return sorted(found)


def print_costs(known: Figures, sizes: Sequence[int]) -> None:
    """Index time, bytes and memory."""
    click.echo("| articles | engine | articles a second | KB an article | server MB | nodes MB |")
    click.echo("| ---: | --- | ---: | ---: | ---: | ---: |")
    for size in sizes:
        for step in STEPS:
            its = known.get(f"{step} {size}")
            if its:
                rate, kilobytes = size / its["index s"], its["bytes"] / size / 1000
                memory = [str(its.get(name, "–")) for name in ("server MB", "nodes MB")]
                click.echo(
                    f"| {size:,} | {_NAMES[step]} | {rate:.0f} | {kilobytes:.1f} |"
                    f" {' | '.join(memory)} |"
                )


def print_times(known: Figures, sizes: Sequence[int]) -> None:
    """The searches of a page, p50/p95 in milliseconds."""
    steps = [step for step in STEPS if any(f"{step} {size}" in known for size in sizes)]
    kinds = list(known[f"{steps[0]} {sizes[0]}"]["ms"])
    click.echo("\n| ms p50/p95 | articles | " + " | ".join(map(_NAMES.__getitem__, steps)) + " |")
    click.echo("| --- | ---: |" + " ---: |" * len(steps))
    for kind in kinds:
        for size in sizes:
            row = [known.get(f"{step} {size}", {}).get("ms", {}).get(kind, "–") for step in steps]
            click.echo(f"| {kind} | {size:,} | " + " | ".join(row) + " |")


def print_relevance(known: Figures) -> None:
    """MRR@10/recall@10 of the six tasks."""
    click.echo("\n| MRR@10/recall@10, 20,000 articles | " + " | ".join(TASKS) + " |")
    click.echo("| --- |" + " --- |" * len(TASKS))
    for step in STEPS:
        its = known.get(f"{step} relevance")
        if its:
            click.echo(f"| {_NAMES[step]} | " + " | ".join(its[task] for task in TASKS) + " |")


def print_capacity(known: Figures, size: int) -> None:
    """Shards, memory, disk and cost of 10 and 100 million articles, from the largest that was measured."""
    its = known.get(f"cluster-3 {size}")
    if its is None:
        return
    each = its["bytes"] / size
    click.echo(
        "\n| articles | one copy | with a copy of each shard | shards | nodes | $ a month |"
        " term dictionary in each server |"
    )
    click.echo("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in (size, 1_000_000, 10_000_000, 100_000_000):
        whole = each * count
        shards = max(20, -(-int(whole) // _SHARD_BYTES))
        nodes = max(3, -(-int(2 * whole) // int(_DISK_FULL * _NODE_DISK)))
        # Half of a node's memory is Java's; the other half should hold a tenth of the index.
        nodes = max(nodes, -(-int(2 * whole / 10) // (_NODE_MEMORY // 2)))
        click.echo(
            f"| {count:,} | {whole / 1e9:,.0f} GB | {2 * whole / 1e9:,.0f} GB | {shards} | {nodes} |"
            f" {nodes * _NODE_COST:,} | {_dictionary(known, count) / 1e6:,.0f} MB |"
        )


def _dictionary(known: Figures, count: int) -> float:
    """Bytes of the term dictionary; terms grow as a power of the articles (Heaps' law)."""
    sizes = sizes_in(known)[-2:]
    found = [float(known[f"cluster-3 {size}"]["dictionary bytes"]) for size in sizes]
    power = log(found[1] / found[0]) / log(sizes[1] / sizes[0])
    return float(found[1] * (count / sizes[1]) ** power)


def draw(known: Figures, sizes: Sequence[int], folder: Path) -> None:
    """Time of a headline, bytes and indexing as the archive grows."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "khobao"
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")

    def median(its: Figures) -> float:
        return float(its["ms"]["whole headline"].split("/")[0])

    def kilobytes(its: Figures) -> float:
        return float(its["bytes"] / 1e6)

    def seconds(its: Figures) -> float:
        return float(its["index s"])

    shown = (
        ("whole headline, median ms", median),
        ("index, MB", kilobytes),
        ("indexing, s", seconds),
    )
    for axis, (label, value) in zip(axes, shown, strict=True):
        for step in STEPS:
            points = [
                (size, value(known[f"{step} {size}"]))
                for size in sizes
                if f"{step} {size}" in known
            ]
            if points:
                axis.plot(*zip(*points, strict=True), marker="o", label=_NAMES[step])
        axis.set(xlabel="articles", title=label, xscale="log", yscale="log")
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize=7)
    figure.savefig(folder / "scale.svg", metadata={"Date": None})


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--plots", type=click.Path(path_type=Path))
def main(file: Path, plots: Path | None) -> None:
    """Print the tables of what was measured, and draw it."""
    known: Figures = json.loads(file.read_text("utf-8"))
    sizes = sizes_in(known)
    print_costs(known, sizes)
    print_times(known, sizes)
    print_relevance(known)
    print_capacity(known, sizes[-1])
    if plots is not None:
        draw(known, sizes, plots)


if __name__ == "__main__":
    main()
