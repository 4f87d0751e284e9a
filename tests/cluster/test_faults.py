"""What can be wrong with a cluster is one line that says what to do; nothing is lost by it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import indexer.engines.opensearch.engine as engine_module
from indexer.engine_factory import OPENSEARCH, EngineChoice, open_engine
from indexer.engines.opensearch import ClusterAddress, OpenSearchEngine
from indexer.errors import ArchiveError, UnavailableError
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import write
from tests.cluster.proxy import guarded
from tests.conftest import ROOT
from webapp import create_app

PASSWORD = "KHOBAO_OPENSEARCH_PASSWORD"


def khobao(*arguments: object, **environment: str) -> tuple[int, str]:
    """Status and error lines of a command."""
    done = subprocess.run(
        [sys.executable, "-m", "khobao", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def index_of(archive: Path) -> str:
    """The alias of an archive's articles."""
    return "khobao-" + str(
        json.loads((archive / "cluster" / "cluster.json").read_bytes())["archive"]
    )


def test_a_password_is_asked_for_and_never_stored(
    tmp_path: Path, source: Path, cluster: Cluster
) -> None:
    archive = tmp_path / "kho"
    with guarded(cluster.hosts[0], "bao", "mật khẩu 1") as address:
        make = ["index", source, "--archive", archive, "--hosts", address, "--user", "bao"]
        status, line = khobao(*make, **{PASSWORD: "sai"})
        assert status == 1
        assert line == (
            f"khobao: {address}: the cluster does not let bao in; set the user with --user and the"
            f" password in {PASSWORD}\n"
        )
        assert khobao(*make, **{PASSWORD: "mật khẩu 1"}) == (0, "")
        asks = ["search", "lũ", "--archive", archive]
        assert khobao(*asks, **{PASSWORD: "mật khẩu 1"})[0] == 0
        assert "does not let bao in" in khobao(*asks)[1]
    stored = b"".join(file.read_bytes() for file in archive.rglob("*") if file.is_file())
    assert "mật khẩu".encode() not in stored
    status, line = khobao(*asks)
    assert (status, line.count("\n")) == (1, 1)
    assert "no node of the cluster answers" in line


def test_a_certificate_has_to_be_vouched_for(
    tmp_path: Path, source: Path, cluster: Cluster
) -> None:
    certificate = tmp_path / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", tmp_path / "key.pem", "-out", tmp_path / "ca.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    certificate.write_bytes(
        (tmp_path / "key.pem").read_bytes() + (tmp_path / "ca.pem").read_bytes()
    )
    with guarded(cluster.hosts[0], "bao", "x", certificate) as address:
        make = ["index", source, "--archive", tmp_path / "kho", "--hosts", address, "--user", "bao"]
        status, line = khobao(*make, **{PASSWORD: "x"})
        assert status == 1
        assert "the certificate of the cluster is not trusted" in line
        assert khobao(*make, "--ca-file", tmp_path / "ca.pem", **{PASSWORD: "x"}) == (0, "")
        assert khobao("search", "lũ", "--archive", tmp_path / "kho", **{PASSWORD: "x"})[0] == 0
        status, line = khobao(*make, "--ca-file", tmp_path / "none.pem", **{PASSWORD: "x"})
        assert (status, "there is no such file of certificates" in line) == (1, True)


@pytest.mark.parametrize(
    ("hosts", "line"),
    [
        ("http://127.0.0.1:1", "no node of the cluster answers"),
        ("ftp://a", "this is no address of a host"),
        ("http://[a", "this is no address of a host"),
        ("http://a:b@c:9200", "give no password in an address"),
        ("http://a:99999999", "this is no address of a host"),
        ("http://a,https://b", "give all hosts of a cluster with https://"),
    ],
)
def test_an_address_that_is_wrong(tmp_path: Path, source: Path, hosts: str, line: str) -> None:
    status, said = khobao("index", source, "--archive", tmp_path / "kho", "--hosts", hosts)
    assert (status, said.count("\n")) == (1, 1)
    assert line in said


def test_a_version_that_is_too_old(
    archive: Path, source: Path, choice: EngineChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "LEAST_VERSION", (99, 1))
    for use in (
        lambda: Archive.open(archive),
        lambda: index_sources(archive.with_name("b"), [source], choice=choice),
    ):
        with pytest.raises(
            ArchiveError, match=r"OpenSearch 2\.19\.1 is too old; it must be 99\.1 or newer"
        ):
            use()


def test_something_else_that_answers(tmp_path: Path, source: Path, archive: Path) -> None:
    with Archive.open(archive) as opened:
        from threading import Thread

        import waitress

        server = waitress.create_server(create_app(opened), host="127.0.0.1", port=0)
        Thread(target=server.run, daemon=True).start()
        hosts = f"http://127.0.0.1:{server.effective_port}"
        status, line = khobao("index", source, "--archive", tmp_path / "b", "--hosts", hosts)
        server.close()
    assert (status, line.count("\n")) == (1, 1)
    assert "no OpenSearch cluster" in line


def test_a_mapping_that_somebody_changed(archive: Path, source: Path, cluster: Cluster) -> None:
    cluster.ask("PUT", f"/{index_of(archive)}-y2010/_mapping", {"dynamic": True})
    for command in (
        ["search", "lũ", "--archive", archive],
        ["index", source, "--archive", archive],
    ):
        status, line = khobao(*command)
        assert (status, line.count("\n")) == (1, 1)
        assert "somebody changed its mapping (dynamic)" in line
    cluster.ask("PUT", f"/{index_of(archive)}-y2010/_mapping", {"dynamic": "strict"})
    assert khobao("search", "lũ", "--archive", archive)[0] == 0


def test_an_index_that_somebody_deleted(archive: Path, cluster: Cluster) -> None:
    cluster.ask("DELETE", f"/{index_of(archive)}-y2010")
    status, line = khobao("search", "lũ", "--archive", archive)
    assert (status, line.count("\n")) == (1, 1)
    assert "the cluster holds 1 of 2 articles" in line
    cluster.ask("DELETE", f"/{index_of(archive)}-state")
    status, line = khobao("search", "lũ", "--archive", archive)
    assert (status, "the cluster holds no archive" in line) == (1, True)


@contextmanager
def full_disks(cluster: Cluster) -> Iterator[None]:
    """Disks that are full to the watermark: it is set above what is free."""
    prefix = "cluster.routing.allocation.disk"
    marks = {f"{prefix}.watermark.{name}": "900tb" for name in ("low", "high", "flood_stage")}
    watched = {f"{prefix}.threshold_enabled": True, "cluster.info.update.interval": "10s"}
    cluster.ask("PUT", "/_cluster/settings", {"transient": {**marks, **watched}})
    try:
        yield
    finally:
        # What somebody does who has made room; a cluster does so by itself after a while.
        blocked = dict.fromkeys((*marks, *watched, "cluster.blocks.create_index"))
        for kind in ("transient", "persistent"):
            cluster.ask("PUT", "/_cluster/settings", {kind: blocked})
        unblocked = {"index.blocks.read_only_allow_delete": None}
        cluster.ask("PUT", "/_all/_settings", unblocked)
        wait_until(lambda: not cluster.ask("GET", "/_cluster/state/blocks")["blocks"])


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.3)


def test_disks_that_are_full_to_the_watermark(
    archive: Path, source: Path, cluster: Cluster
) -> None:
    write(source, "Lũ về", "Hạn hán", "Bão")
    with full_disks(cluster):
        wait_until(lambda: index_of(archive) in str(cluster.ask("GET", "/_cluster/state/blocks")))
        status, line = khobao("index", source, "--archive", archive)
        assert (status, line.count("\n")) == (1, 1)
        assert "its disks are full to the watermark; make room there and run this again" in line
        assert khobao("search", "lũ", "--archive", archive)[0] == 0
    assert khobao("index", source, "--archive", archive) == (0, "")
    assert open_engine(archive).searcher().count() == 3


def test_a_cluster_without_a_majority_is_an_honest_503(
    archive: Path, source: Path, cluster: Cluster
) -> None:
    with Archive.open(archive) as opened:
        client = create_app(opened).test_client()
        assert client.get("/search?q=lũ").status_code == 200
        cluster.wait_for(3)
        try:
            for number in (2, 3):
                cluster.kill(number)
            answer = client.get("/search?q=lũ về")
            # What is left may hold all that is asked for; else it says when to come again.
            assert answer.status_code == 200 or (
                answer.status_code == 503 and answer.headers["Retry-After"] == "5"
            )
            status, line = khobao("index", write(source, "Lũ", "Hạn", "Bão"), "--archive", archive)
            assert (status, line.count("\n")) == (1, 1)
        finally:
            # The node that was left may keep shards that wait for the others' requests: see docs/cluster.md.
            cluster.kill(1)
            for number in (1, 2, 3):
                cluster.start(number)
            cluster.wait_for(3, "yellow")
        wait_until(lambda: client.get("/search?q=lũ").status_code == 200)
    assert khobao("index", source, "--archive", archive) == (0, "")
    with Archive.open(archive) as opened:
        assert opened.search(SearchRequest("")).total == 3


def test_a_transaction_that_cannot_begin_holds_no_archive(
    archive: Path, source: Path, choice: EngineChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise UnavailableError("a part of the cluster cannot answer now")

    write(source, "Lũ lên")
    with monkeypatch.context() as patched:
        patched.setattr(engine_module, "delete_doomed", lost)
        # The commit is there; what it has replaced is left to the next transaction, which cannot begin.
        index_sources(archive, [source], choice=choice)
        write(source, "Lũ xuống")
        with pytest.raises(UnavailableError):
            index_sources(archive, [source], choice=choice)
    index_sources(archive, [source], choice=choice)
    with Archive.open(archive) as opened:
        assert opened.search(SearchRequest("xuống")).total == 1


def test_a_writer_that_was_killed_is_passed_over(
    archive: Path, source: Path, choice: EngineChoice
) -> None:
    code = (
        "import os, sys; from pathlib import Path; from indexer.engine_factory import open_engine;"
        "from indexer.article import Article; from indexer.documents import make_document;"
        "engine = open_engine(Path(sys.argv[1]));\n"
        "with engine.writer() as writer:\n"
        "    writer.put(make_document(Article(id='x', title='Bão', body='b'), ''))\n"
        "    writer.delete(next(engine.searcher().origins()).id)\n"
        "    writer._flush(); writer._wait(); writer._make_findable(); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, archive], cwd=ROOT, check=False)
    with Archive.open(archive) as opened:
        assert opened.count() == 2
        assert opened.search(SearchRequest("bão")).total == 0
    write(source, "Lũ về", "Hạn hán", "Mưa")
    report = index_sources(archive, [source], choice=EngineChoice(OPENSEARCH, choice.address))
    assert (report.added, report.unchanged) == (1, 2)
    with Archive.open(archive) as opened:
        assert opened.search(SearchRequest("")).total == 3
        assert opened.search(SearchRequest("bão")).total == 0


def test_a_commit_whose_clearing_away_failed_is_whole(
    archive: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(OpenSearchEngine, "_finish", lambda *_: None)
        write(source, "Lũ về rồi", "Hạn hán")
        assert index_sources(archive, [source]).removed == 1
    engine = open_engine(archive)
    # What was replaced is still there, and is passed over.
    assert engine._commits.read().state.doomed  # type: ignore[attr-defined]
    with Archive.open(archive) as opened:
        assert opened.search(SearchRequest("lũ")).total == 1
        assert opened.search(SearchRequest("rồi")).total == 1
        assert opened.count() == 2
        write(source, "Lũ về rồi", "Hạn")
        assert index_sources(archive, [source]).removed == 1
        assert opened.search(SearchRequest("")).total == 2
        assert opened.search(SearchRequest('"hạn hán"')).total == 0
    assert not engine._commits.read().state.doomed  # type: ignore[attr-defined]
    engine.close()


def test_a_template_that_somebody_deleted_is_not_needed(
    archive: Path, source: Path, cluster: Cluster
) -> None:
    cluster.ask("DELETE", f"/_index_template/{index_of(archive)}")
    write(source, "Lũ về", "Hạn hán", "Bão")
    assert khobao("index", source, "--archive", archive) == (0, "")
    with Archive.open(archive) as opened:
        assert opened.search(SearchRequest("")).total == opened.count() == 3
        assert opened.search(SearchRequest("bao")).total == 1


def test_without_the_extra_a_line_says_so(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opensearchpy", None)
    with pytest.raises(ArchiveError, match=r"pip install 'khobao\[cluster\]'"):
        Archive.open(archive)


def test_another_address_is_remembered(archive: Path, source: Path, cluster: Cluster) -> None:
    new = ClusterAddress.of(cluster.hosts[1])
    index_sources(archive, [source], choice=EngineChoice(OPENSEARCH, new))
    assert json.loads((archive / "cluster" / "cluster.json").read_bytes())["hosts"] == [
        cluster.hosts[1]
    ]
    with pytest.raises(ArchiveError, match="no node"):
        index_sources(
            archive,
            [source],
            choice=EngineChoice(OPENSEARCH, ClusterAddress.of("http://127.0.0.1:1")),
        )
    assert open_engine(archive).searcher().count() == 2
