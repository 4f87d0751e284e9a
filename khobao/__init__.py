"""The command line: wires indexer, search and web app together; nothing else."""

from khobao.entry import cli, main

__all__ = ["cli", "main"]
