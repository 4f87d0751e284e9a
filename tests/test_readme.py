"""The commands that the README and the docs show print what they are shown to print.

`python -m tests.test_readme` writes the real output into the documents.
"""

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
TIME = re.compile(r"\d+ ms")


def run_block(block: str, folder: Path) -> str:
    """The block's commands, each followed by what it prints."""
    shown = ""
    for line in block.splitlines():
        if line.startswith("$ khobao "):
            result = subprocess.run(
                [sys.executable, "-m", "khobao", *shlex.split(line[9:])],
                cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": "", "LANG": "C.UTF-8"},
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            )  # fmt: skip
            shown += f"{line}\n{result.stdout}"
    return shown


def real_text(document: Path, folder: Path) -> str:
    """The document with the real output of its commands."""
    if not (folder / "corpus").exists():
        (folder / "corpus").symlink_to(ROOT / "corpus")
    return BLOCK.sub(lambda match: run_block(match[0], folder), document.read_text("utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_shown_output_is_real(document: Path, tmp_path: Path) -> None:
    written = document.read_text("utf-8")
    assert TIME.sub("", real_text(document, tmp_path)) == TIME.sub("", written)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_to_files(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def write_documents() -> None:
    """Bring the documents up to date."""
    for document in DOCUMENTS:
        with tempfile.TemporaryDirectory() as folder:
            document.write_text(real_text(document, Path(folder)), "utf-8")


if __name__ == "__main__":
    write_documents()
