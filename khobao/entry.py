"""The entry point: every expected failure is one line on stderr and an exit status."""

from __future__ import annotations

import _thread
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

import click

from indexer.errors import KhobaoError, os_error_line
from indexer.language.cleaning import printable
from khobao import (
    access_commands,
    archive_commands,
    backup_commands,
    compact_command,
    desk_commands,
    doctor_command,
    meanings_command,
    search_commands,
    serve_command,
)
from khobao.group import cli

_OPEN_FILES = 8192
_MOMENT = 0.02
"""Seconds after which a lost order to stop is given again."""

__all__ = [
    "access_commands",
    "archive_commands",
    "backup_commands",
    "cli",
    "compact_command",
    "desk_commands",
    "doctor_command",
    "main",
    "meanings_command",
    "search_commands",
    "serve_command",
]


class _Printable(logging.Formatter):
    """Messages of one line: what a file or a client has put into them moves no cursor."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """The line, with what is not printed escaped."""
        return printable(super().formatMessage(record))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line.

    Exit status: 0 fine, 1 something failed or the run was stopped, 2 bad usage.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Printable("khobao: %(message)s"))
    logging.basicConfig(handlers=[handler])
    signal.signal(signal.SIGTERM, _stop)
    sys.unraisablehook = _stop_again
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


def _stop_again(lost: sys.UnraisableHookArgs) -> None:
    """Stop a moment later where the order to stop came while an object was being finalised.

    Python ignores exceptions there, and the command would go on.
    """
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    stopped = _thread.get_ident()

    def interrupt() -> None:
        time.sleep(_MOMENT)
        if sys.platform == "win32":
            _thread.interrupt_main(signal.SIGTERM)
        else:
            # Wakes a thread that waits for the system, too.
            signal.pthread_kill(stopped, signal.SIGTERM)

    # The module threading takes locks, which the interrupted code may hold.
    _thread.start_new_thread(interrupt, ())
