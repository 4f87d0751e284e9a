"""Health, metrics and limits, for operators."""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from indexer import deadline
from indexer.errors import ArchiveError, UnavailableError
from search.archive import Archive
from webapp.common import archive, opened_archive, public_line
from webapp.export_slots import ExportSlots
from webapp.shared_limits import SCHEME

blueprint = Blueprint("operations", __name__)

MAX_BODY = 16 << 10
"""Bytes of a request's body; no page takes a larger one, except"""
MAX_UPLOAD = 8 << 20
"""for a form with a file."""
UPLOADS = frozenset({"dossiers.bring_in", "lists.answer"})
"""The endpoints that take files."""
MAY_BE_PARTIAL = frozenset({"pages.search", "api.search", "api.suggest", "browser_search.suggest"})
"""The endpoints that say what a search has found until its time was over."""
UNHURRIED = frozenset(
    {
        *("exports.export", "dossier_exports.export", "dossier_exports.export_shared"),
        *("lists.answer", "static"),
    }
)
"""Those whose work is as long as what is asked for: a file of articles, a list of names."""
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Settings:
    """How an application is run.

    Attributes:
        rate_limit: requests an address may make, as flask-limiter writes it; empty for no limit.
        cors_origin: the site whose pages may read the API's answers; "*" for all, empty for none.
        desk_key: what has to be known to use dossiers and watches where there are no accounts; empty
            where all readers may.
        members_only: whether everybody has to sign in.
    """

    rate_limit: str = "600 per minute"
    cors_origin: str = ""
    desk_key: str = ""
    members_only: bool = False
    shared: Path | None = None
    """A folder in which all processes of a server count together; None for one process."""
    deadline: float = 0.0
    """Seconds that a request may take, 0 for any time; exports may take as long as they need."""
    hosts: tuple[str, ...] = ()
    """The names that this server goes by, as `hosts.hosts_in` gives them; see `hosts.is_own`."""
    access_log: bool = False
    """Whether to write a line of JSON for each request,"""
    logs_queries: bool = False
    """with what was asked."""
    threads: int = 8
    """Requests that a process answers at once."""


class Metrics:
    """Counters of one application, in a registry of their own; or of all processes of a server.

    Args:
        folder: where processes count together. `PROMETHEUS_MULTIPROC_DIR` has to name it before
            prometheus_client is imported.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "khobao_http_requests", "Requests", ["endpoint", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "khobao_http_request_seconds",
            "Time until an answer begins",
            ["endpoint"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.partial = Counter(
            "khobao_partial_answers",
            "Answers that say that there was no time for more",
            registry=self.registry,
        )
        self.given_up = Counter(
            "khobao_given_up", "Requests that took too long", registry=self.registry
        )
        self.exports = self._gauge(
            "khobao_exports_running", "Exports that are being written", "livesum"
        )
        self.articles = self._gauge("khobao_articles", "Articles in the archive")
        self.readable = self._gauge(
            "khobao_archive_readable", "Whether the newest commit of the archive can be opened"
        )
        self.committed = self._gauge(
            "khobao_commit_timestamp_seconds",
            "When the newest commit was written, in seconds since 1970",
        )
        self.segments = self._gauge("khobao_segments", "Segments of the newest commit")
        self.deleted = self._gauge(
            "khobao_deleted_documents",
            "Documents of the newest commit that are deleted and not yet merged away",
        )

    def _gauge(
        self, name: str, text: str, mode: Literal["mostrecent", "livesum"] = "mostrecent"
    ) -> Gauge:
        """A gauge; several processes know the same, or each a part."""
        return Gauge(name, text, registry=self.registry, multiprocess_mode=mode)

    def note(self, archive: Archive, articles: int) -> None:
        """Note what there is of an archive; raises ArchiveError."""
        self.articles.set(articles)
        if facts := archive.commit_facts():
            self.committed.set(facts.written)
            self.segments.set(facts.segments)
            self.deleted.set(facts.deleted)

    def text(self) -> bytes:
        """The counters as Prometheus reads them."""
        if self._folder is None:
            return generate_latest(self.registry)
        self._folder.mkdir(exist_ok=True)
        together = CollectorRegistry()
        MultiProcessCollector(together, str(self._folder))  # type: ignore[no-untyped-call]
        return generate_latest(together)


def set_up(app: Flask, settings: Settings) -> None:
    """Count and limit an application's requests."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["CORS_ORIGIN"] = settings.cors_origin
    app.config["DESK_KEY"] = settings.desk_key
    app.config["MEMBERS_ONLY"] = settings.members_only
    metrics = app.config["METRICS"] = Metrics(settings.shared)
    app.config["EXPORT_SLOTS"] = ExportSlots(settings.threads, metrics.exports.set)
    app.config["DEADLINE"] = settings.deadline
    app.before_request(_note_start)
    app.before_request(_begin_deadline)
    app.teardown_request(_end_deadline)
    app.before_request(_refuse_large_bodies)
    app.after_request(_say_when_to_come_again)
    limiter = Limiter(
        get_remote_address,
        app=app,
        # Of an address, whatever it asks for.
        application_limits=[settings.rate_limit] if settings.rate_limit else [],
        storage_uri=f"{SCHEME}://" if settings.shared else "memory://",
        storage_options={"path": str(settings.shared / "limits.sqlite")} if settings.shared else {},
        headers_enabled=True,
        # A reader is not to suffer from counts that cannot be written; the log says so.
        swallow_errors=True,
    )
    # Files that a page is made of cost nothing and come by the dozen; monitoring must not be refused.
    limiter.exempt(blueprint)
    limiter.request_filter(lambda: request.endpoint == "static")
    app.after_request(_note_answer)
    if settings.access_log:
        app.after_request(_log_answer)
        app.config["LOGS_QUERIES"] = settings.logs_queries


def _say_when_to_come_again(response: Response) -> Response:
    """The time of a fault, in place of the limiter's; functions run in the reverse of their order here."""
    if "retry_after" in g:
        response.headers["Retry-After"] = str(g.retry_after)
    return response


def _note_start() -> None:
    g.started = time.perf_counter()


def _begin_deadline() -> None:
    seconds: float = current_app.config["DEADLINE"]
    if seconds and request.endpoint not in UNHURRIED:
        deadline.begin(seconds, may_cut=request.endpoint in MAY_BE_PARTIAL)


def _end_deadline(_: BaseException | None) -> None:
    if deadline.is_cut():
        current_app.config["METRICS"].partial.inc()
    deadline.end()


def _refuse_large_bodies() -> None:
    """A body that no page takes is not read to find that out."""
    most = request.max_content_length = MAX_UPLOAD if request.endpoint in UPLOADS else MAX_BODY
    if (request.content_length or 0) > most:
        abort(413)


def _note_answer(response: Response) -> Response:
    metrics: Metrics = current_app.config["METRICS"]
    endpoint = request.endpoint or "none"
    metrics.requests.labels(endpoint, str(response.status_code)).inc()
    if "started" in g:
        metrics.seconds.labels(endpoint).observe(time.perf_counter() - g.started)
    return response


def _log_answer(response: Response) -> Response:
    """A line for each request. What readers look for is theirs: it is left out, unless it is asked for."""
    line: dict[str, object] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "address": request.remote_addr,
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.started) * 1000, 1) if "started" in g else None,
        "bytes": response.content_length,
    }
    if current_app.config["LOGS_QUERIES"]:
        line["query"] = request.query_string.decode("ascii", "replace")
    # One writing a line: those of several threads and processes do not mix.
    # A log that nobody takes any more is no fault of the reader's.
    with suppress(OSError, ValueError):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return response


def note_failure(error: ArchiveError) -> str:
    """Log why the archive cannot answer; the line that may be shown.

    The answer says when to come again where that helps.
    """
    current_app.logger.error("%s", error)
    if isinstance(error, UnavailableError):
        g.retry_after = error.retry_after
    return public_line(error)


@blueprint.get("/healthz")
def health() -> tuple[dict[str, object], int]:
    """Whether the archive can be searched, and its newest commit opened."""
    try:
        opened_archive().check()
        return {"status": "ok", "articles": archive().count()}, 200
    except ArchiveError as error:
        return {"status": "failing", "detail": note_failure(error)}, 503
    except Exception as error:
        current_app.logger.error("the archive cannot be opened", exc_info=error)
        return {"status": "failing", "detail": "the server's log says why"}, 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counters as Prometheus reads them; they are there when the archive is not."""
    found: Metrics = current_app.config["METRICS"]
    try:
        opened_archive().check()
        found.note(opened_archive(), archive().count())
        found.readable.set(1)
    except Exception:
        found.readable.set(0)
    return Response(found.text(), content_type=CONTENT_TYPE_LATEST)
