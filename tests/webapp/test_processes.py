"""`khobao serve` with several processes, as a user starts it."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.errors import KhobaoError
from indexer.pipeline import index_sources
from khobao.sockets import bound
from webapp.shared_limits import SharedCounts

pytestmark = pytest.mark.embedded
CHILDREN = Path("/proc/self/task").exists()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    (folder / "bai.txt").write_text("Lũ quét ở Lào Cai\n\nDẫn.\n\nThân bài về lũ.", "utf-8")
    index_sources(folder / "a", [folder / "bai.txt"], workers=0)
    return folder / "a"


@contextmanager
def server(
    archive: Path, *options: str, temporary: Path | None = None
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server of two processes and its port."""
    environment = {**os.environ, **({"TMPDIR": str(temporary)} if temporary else {})}
    command = [sys.executable, "-m", "khobao", "serve", "--archive", str(archive)]
    process = subprocess.Popen(
        [*command, "--port", "0", "--processes", "2", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r":(\d+) ", line)
        assert found, line
        yield process, int(found[1])
    finally:
        process.terminate()
        process.communicate(timeout=20)


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def children(process: subprocess.Popen[str]) -> list[int]:
    """The processes that serve; Python's own tracker of resources is not among them."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [
        int(one)
        for one in listed.split()
        if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()
    ]


def comes_true(fact: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if fact():
            return True
        time.sleep(0.1)
    return False


def test_limits_and_counters_are_those_of_all_processes(archive: Path) -> None:
    with server(archive, "--rate-limit", "9 per hour") as (_, port):
        codes = [get(port, "/search?q=lu")[0] for _ in range(30)]
        assert codes == [200] * 9 + [429] * 21
        for _ in range(5):
            text = get(port, "/metrics")[1]
            assert 'khobao_http_requests_total{endpoint="pages.search",status="200"} 9.0' in text
            assert 'khobao_http_requests_total{endpoint="pages.search",status="429"} 21.0' in text
            assert "khobao_articles 1.0" in text


@pytest.mark.skipif(not CHILDREN, reason="needs /proc")
def test_a_process_that_is_killed_is_started_again(archive: Path) -> None:
    with server(archive, "--rate-limit", "") as (process, port):
        first = children(process)
        assert len(first) == 2
        os.kill(first[1], signal.SIGKILL)
        assert comes_true(lambda: first[1] not in children(process))
        assert get(port, "/healthz")[0] == 200
        assert comes_true(lambda: len(children(process)) == 2)
        assert first[0] in children(process)
        assert {get(port, "/search?q=lu")[0] for _ in range(10)} == {200}
    assert process.returncode == 0


@pytest.mark.skipif(not CHILDREN, reason="needs /proc")
def test_a_temporary_folder_that_is_tidied_away_costs_no_answer(
    archive: Path, tmp_path: Path
) -> None:
    with server(archive, temporary=tmp_path) as (process, port):
        (shared,) = tmp_path.glob("khobao-*")
        shutil.rmtree(shared)
        assert {get(port, "/search?q=lu")[0] for _ in range(8)} == {200}
        assert get(port, "/metrics")[0] == 200
        first = children(process)
        os.kill(first[0], signal.SIGKILL)
        assert comes_true(lambda: len({*children(process)} - {first[0]}) == 2)
        assert {get(port, "/search?q=lu")[0] for _ in range(8)} == {200}


def test_an_address_that_the_system_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.7", 0))
    there = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [lacking, there])
    (one,) = bound("localhost", 0)
    assert one.getsockname()[0] == "127.0.0.1"
    one.close()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [lacking])
    with pytest.raises(KhobaoError, match="cannot listen on localhost:0"):
        bound("localhost", 0)


@pytest.mark.skipif(not CHILDREN, reason="needs /proc")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_stays_behind(archive: Path, sign: signal.Signals) -> None:
    with server(archive) as (process, port):
        its = children(process)
        process.send_signal(sign)
        process.wait(20)
        assert comes_true(lambda: not any(Path(f"/proc/{one}").exists() for one in its))
        with pytest.raises(ConnectionRefusedError):
            get(port, "/healthz")


@pytest.mark.skipif(not CHILDREN, reason="needs /proc")
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_server_with_very_many_files_open_answers(archive: Path, processes: str) -> None:
    import resource

    many, least = 1100, 256
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * many:
        pytest.skip("this user may not open so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * many, hard))
    code = (
        "import os, resource, sys\n"
        f"kept = [os.open(os.devnull, os.O_RDONLY) for _ in range({many if processes == '1' else 3})]\n"
        "sys.argv[0] = 'khobao'\n"
        "from khobao.entry import main\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({least}, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))\n"
        "main()\n"
    )
    options = ["serve", "--archive", str(archive), "--port", "0", "--processes", processes]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *options], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r":(\d+) ", process.stdout.readline())
        assert found
        assert {get(int(found[1]), "/search?q=lu")[0] for _ in range(8)} == {200}
        for one in [process.pid, *children(process)]:
            limits = Path(f"/proc/{one}/limits").read_text()
            allowed = re.search(r"Max open files +(\d+)", limits)
            assert allowed
            assert int(allowed[1]) > many
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        process.terminate()
        process.wait(20)


def test_an_address_in_use_is_one_line(archive: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as used:
        port = used.getsockname()[1]
        command = [sys.executable, "-m", "khobao", "serve", "--archive", str(archive)]
        done = subprocess.run(
            [*command, "--port", str(port), "--processes", "2"],
            check=False,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr


def test_an_archive_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "khobao", "serve", "--archive", str(tmp_path / "none")]
    done = subprocess.run(
        [*command, "--port", "0", "--processes", "2"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(tmp_path / "none") in done.stderr


def test_counts_end_and_are_shared(tmp_path: Path) -> None:
    one, other = (SharedCounts(path=str(tmp_path / "limits.sqlite")) for _ in range(2))
    assert [one.incr("a", 60), other.incr("a", 60), one.incr("a", 60, 3)] == [1, 2, 5]
    assert other.get("a") == 5
    assert time.time() + 50 < other.get_expiry("a") <= time.time() + 60
    assert one.incr("b", -1) == 1
    assert (one.get("b"), one.incr("b", 60)) == (0, 1)
    other.clear("a")
    assert (one.get("a"), one.get("b"), one.check()) == (0, 1, True)
    one.reset()
    assert other.get("b") == 0


@pytest.mark.parametrize("queries", [False, True])
def test_the_log_has_a_line_for_each_request(archive: Path, queries: bool) -> None:
    option = "--log-queries" if queries else "--access-log"
    with server(archive, option) as (process, port):
        get(port, "/search?q=l%C5%A9&from=2020")
        get(port, "/article/none%22%0A?q=l%C5%A9")
        process.terminate()
        written = process.stdout.read() if process.stdout else ""
    lines = [json.loads(line) for line in written.splitlines()]
    assert (lines[0]["path"], lines[0]["status"]) == ("/search", 200)
    assert lines[-1]["path"] == '/article/none"\n'
    assert lines[-1]["status"] == 404
    for one in lines:
        assert {"time", "address", "method", "path", "status", "ms", "bytes"} <= set(one)
        assert one["address"] == "127.0.0.1"
        assert ("query" in one) == queries
    assert ("C5%A9" in written) == queries
