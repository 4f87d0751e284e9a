"""The application factory: settings, language, headers, error pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus, urlencode

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_compress import Compress
from jinja2 import Template
from werkzeug.exceptions import HTTPException

from indexer.deadline import TookTooLongError
from indexer.errors import ArchiveError, ArticleNotFoundError
from indexer.language.cleaning import visible
from search.archive import Archive
from search.desk.database import DeskError
from search.desk.dossiers import DossierError
from search.desk.sessions import TooManyFailuresError
from webapp import (
    access,
    accounts,
    api,
    browser_search,
    comparison,
    coverage,
    days,
    desk,
    dossier_exports,
    dossiers,
    exports,
    feeds,
    formatting,
    lists,
    names,
    operations,
    pages,
    provinces,
    trends,
    watches,
    wording,
)
from webapp.common import cookie_path
from webapp.hosts import KnownHost
from webapp.operations import Settings, note_failure
from webapp.state import PAGE_SIZES, PageState

Answer = Response | tuple[str, int]
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADINGS = {
    401: "sign_in",
    403: "form_refused",
    404: "not_found",
    413: "too_large",
    429: "too_many",
    503: "busy",
}
_PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
_IN_A_LANGUAGE = frozenset(
    {"text/html", "application/atom+xml", "application/rss+xml", "text/plain"}
)
_AGAIN = 30
"""Seconds after which the machine may have less to do."""
_YEAR = 365 * 24 * 3600


class _VisibleTemplate(Template):
    """A template whose pages hold no character that pages may not hold."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        # A page has some four hundred values: to look through it once is cheaper.
        return visible(super().render(*args, **kwargs))


def create_app(archive: Archive, settings: Settings | None = None) -> Flask:
    """The WSGI application over an open archive, which stays the caller's to close."""
    app = Flask(__name__)
    app.config["ARCHIVE"] = archive
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # A tag of a template takes no line of the page with it; XML is escaped like HTML.
    app.jinja_env.autoescape = True
    app.jinja_env.template_class = _VisibleTemplate
    settings = settings or Settings()
    app.wsgi_app = KnownHost(app.wsgi_app, settings.hosts)  # type: ignore[method-assign]
    app.jinja_env.filters["marked"] = formatting.marked
    app.jinja_env.filters["plus"] = quote_plus
    for part in (
        pages,
        comparison,
        trends,
        desk,
        dossier_exports,
        dossiers,
        watches,
        accounts,
        coverage,
        days,
        names,
        provinces,
        lists,
        browser_search,
        exports,
        feeds,
        api,
        operations,
    ):
        app.register_blueprint(part.blueprint)
    operations.set_up(app, settings)
    # Brotli at 5 is a tenth smaller than at 4 or than zstd, in the same time.
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_BR_LEVEL"] = 5
    Compress(app)
    app.before_request(_choose_language)
    app.before_request(access.look_who)
    app.before_request(desk.look_who)
    app.before_request(desk.check_form)
    app.after_request(_finish)
    app.context_processor(_template_values)
    app.register_error_handler(ArticleNotFoundError, _article_not_found)
    app.register_error_handler(ArchiveError, _archive_fails)
    app.register_error_handler(TookTooLongError, _took_too_long)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(DossierError, _desk_refuses)
    app.register_error_handler(TooManyFailuresError, _too_many_failures)
    app.register_error_handler(Exception, _failure)
    return app


def _choose_language() -> None:
    """An explicit choice, else the remembered one, else Vietnamese."""
    asked = request.args.get("lang", "")
    remembered = request.cookies.get("lang", "")
    g.language = next(
        (one for one in (asked, remembered) if one in wording.LANGUAGES), wording.DEFAULT_LANGUAGE
    )
    g.remembered = {"lang": asked} if asked == g.language else {}


def _finish(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.endpoint == "static":
        _finish_file(response)
        return response
    if response.mimetype in _IN_A_LANGUAGE:
        _finish_choices(response)
    access.keep_apart(response)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "DENY"
    # A form of this site has to say that it is one; others learn nothing.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = _PERMISSIONS
    if not _wants_json():
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _finish_choices(response: Response) -> None:
    """Remember what the reader has chosen, and keep shared caches from mixing choices up."""
    remembered = g.get("remembered", {})
    for name, value in remembered.items():
        response.set_cookie(
            name, value, max_age=_YEAR, samesite="Lax", httponly=True, path=cookie_path()
        )
    response.vary.add("Cookie")
    if remembered or any(name in request.cookies for name in ("lang", pages.REMEMBERED)):
        response.cache_control.public = False
        response.cache_control.private = True


def _finish_file(response: Response) -> None:
    if request.path.startswith("/static/vendor/"):
        # The version is part of the path.
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"


def _template_values() -> dict[str, Any]:
    """Names that every template may use: `t("name")` and formatters in the page's language."""
    language: str = g.get("language", wording.DEFAULT_LANGUAGE)

    def t(name: str, **values: object) -> str:
        return wording.text(name, language, **values)

    return {
        "t": t,
        "language": language,
        "languages": wording.LANGUAGES,
        "articles": lambda count: wording.articles(count, language),
        "number": lambda value: wording.number(value, language),
        "day": lambda value: f"{value.day}/{value.month}/{value.year}" if value else "",
        "moment": lambda value: formatting.moment(value, language),
        "safe_url": formatting.safe_url,
        "language_query": lambda code: urlencode({**request.args, "lang": code}),
        "page_url": pages.page_url,
        "links_from": pages.links_from,
        "links_of_facts": pages.links_of_facts,
        "empty_state": PageState(),
        "page_sizes": PAGE_SIZES,
        "desk_lists": desk.desk_lists,
        "form_token": desk.token,
    }


def _article_not_found(error: ArticleNotFoundError) -> Answer:
    if _wants_json():
        return api.problem(api.ApiError(404, "No such article", str(error)))
    return render_template("error.html", heading="article_not_found", help="not_found_help"), 404


def _archive_fails(error: ArchiveError) -> Answer:
    """The archive is damaged or gone: an error that names the file, never a wrong answer."""
    line = note_failure(error)
    is_desk = isinstance(error, DeskError)
    if _wants_json():
        title = "The newsroom's file cannot be used" if is_desk else "Archive cannot be read"
        return api.problem(api.ApiError(503, title, line))
    heading = "desk_unavailable" if is_desk else "unavailable"
    page = render_template("error.html", heading=heading, help=f"{heading}_help", line=line)
    return page, 503


def _took_too_long(error: TookTooLongError) -> Answer:
    """A request that was given up; half a count would be a wrong count."""
    g.retry_after = _AGAIN
    current_app.config["METRICS"].given_up.inc()
    if _wants_json():
        return api.problem(api.ApiError(503, "The request takes too long", str(error)))
    return render_template("error.html", heading="too_long", help="too_long_help"), 503


def _desk_refuses(error: DossierError) -> Answer:
    """What was asked of a dossier or a watch cannot be done: nothing was changed."""
    status = (
        404 if error.reason in ("no_dossier", "not_in_dossier", "no_watch", "no_account") else 400
    )
    line = wording.text(f"desk_{error.reason}", g.language, **error.values)
    return render_template("error.html", heading="refused", help="desk_refused", line=line), status


def _too_many_failures(error: TooManyFailuresError) -> Answer:
    """Somebody tries to guess a password, or has forgotten it."""
    g.retry_after = error.retry_after
    minutes = -(-error.retry_after // 60)
    line = wording.text("too_many_failures", g.language, minutes=minutes)
    page = render_template("error.html", heading="too_many", help="too_many_help", line=line)
    return page, 429


def _refused(error: HTTPException) -> Answer | HTTPException:
    """Requests that Werkzeug or the limiter refused."""
    status = error.code or 500
    if status < 400:
        return error
    if _wants_json():
        answer: Answer = api.problem(api.ApiError(status, error.name, error.description or ""))
    else:
        heading = getattr(error, "heading", None) or _HEADINGS.get(status, "refused")
        answer = render_template("error.html", heading=heading, help=f"{heading}_help"), status
    response = make_response(answer)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _failure(error: Exception) -> Answer:
    """A fault of this program: logged whole, shown in one line."""
    current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
    if _wants_json():
        return api.problem(api.ApiError(500, "Internal error", "see the server's log"))
    return render_template("error.html", heading="failure", help="failure_help"), 500


def _wants_json() -> bool:
    return request.path.startswith("/api/")
