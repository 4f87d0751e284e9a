"""The steps of docs/setup.md, run as they stand there, in folders of their own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STEPS = re.findall(
    r"```sh\n(.*?)```", (ROOT / "docs" / "setup.md").read_text("utf-8"), flags=re.DOTALL
)


@pytest.mark.embedded
def test_every_step_works_in_order(tmp_path: Path) -> None:
    assert len(STEPS) == 8
    program = tmp_path / "opt" / "khobao" / "bin"
    program.mkdir(parents=True)
    (program / "khobao").write_text(f'#!/bin/sh\nexec {sys.executable} -m khobao "$@"\n')
    (program / "khobao").chmod(0o755)
    for folder in ("var/lib/khobao", "backup", "srv"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "corpus" / "articles", tmp_path / "srv" / "articles")
    script = "\n".join(
        re.sub(r"(?<![\w/])/(opt|var|srv|backup)\b", rf"{tmp_path}/\1", step) for step in STEPS
    )
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "62 added, 0 changed, 0 removed" in done.stdout
    assert done.stdout.count("62 articles, 0 problems") == 3
    assert "0 damaged" in done.stdout
    assert "62 kept, 0 rewritten, 0 read again, 0 lost" in done.stdout
    assert "Quản trị\tadministrator\t*" in done.stdout
    assert "0 added, 0 changed, 0 removed, 62 unchanged" in done.stdout
