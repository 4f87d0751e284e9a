"""The entry point: every expected failure is one line on stderr and an exit status."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

import click

from indexer.errors import KhobaoError, os_error_line
from khobao import (
    archive_commands,
    desk_commands,
    meanings_command,
    search_commands,
    serve_command,
)
from khobao.group import cli

_OPEN_FILES = 8192

__all__ = [
    "archive_commands",
    "cli",
    "desk_commands",
    "main",
    "meanings_command",
    "search_commands",
    "serve_command",
]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line.

    Exit status: 0 fine, 1 something failed or the run was stopped, 2 bad usage.
    """
    logging.basicConfig(format="khobao: %(message)s")
    signal.signal(signal.SIGTERM, _stop)
    _allow_open_files()
    try:
        status = cli.main(args=arguments, prog_name="khobao", standalone_mode=False)
    except click.exceptions.Abort:
        _fail("stopped; what was committed stays, and the next run goes on from there")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KhobaoError as error:
        _fail(str(error))
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has seen enough. What is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _fail(os_error_line(error))
    sys.exit(status if isinstance(status, int) else 0)


def _allow_open_files() -> None:
    """Open as many files as the system lets this user open.

    A commit has some thirty files a segment, two commits are open while a new one is warmed, and some
    systems allow 256 unless they are asked for more.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _fail(line: str) -> None:
    click.echo(f"khobao: {line}", err=True)
    sys.exit(1)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """End on SIGTERM, which service managers send, as on Ctrl-C."""
    raise KeyboardInterrupt
