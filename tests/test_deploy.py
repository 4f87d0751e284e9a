"""The files that set a server up name only what there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from khobao import cli

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "docs" / "deploy"
COMMANDS = [
    (path.name, match[1])
    for path in sorted(DEPLOY.iterdir())
    for match in re.finditer(
        r"(?:bin/| )khobao ((?:serve|index) [^\n\"]+)", path.read_text("utf-8")
    )
]


def test_there_are_commands() -> None:
    assert {name for name, _ in COMMANDS} == {
        "Containerfile",
        "khobao-index.service",
        "khobao.service",
        "nginx.conf",
    }


@pytest.mark.parametrize(("name", "line"), COMMANDS)
def test_every_command_is_one_that_khobao_takes(name: str, line: str) -> None:
    command, *arguments = shlex.split(line)
    context = click.Context(cli.commands[command], info_name=name)
    # Raises UsageError for what it does not know.
    context.command.parse_args(context, arguments)


def test_every_variable_is_one_that_khobao_reads() -> None:
    known = {
        str(one.envvar)
        for command in cli.commands.values()
        for one in command.params
        if isinstance(one, click.Option) and one.envvar
    }
    for path in DEPLOY.iterdir():
        assert set(re.findall(r"KHOBAO_\w+", path.read_text("utf-8"))) <= known


def test_every_file_that_is_copied_is_there() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    for name in re.findall(r"/src/([\w./-]+)", text):
        assert (ROOT / name).exists(), name
