"""The application factory: settings, language, headers, error pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, render_template, request

from indexer.errors import ArticleNotFoundError
from search.archive import Archive
from webapp import browser_search, exports, feeds, formatting, pages, wording
from webapp.state import PAGE_SIZES, PageState

_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_YEAR = 365 * 24 * 3600


def create_app(archive: Archive) -> Flask:
    """The WSGI application over an open archive, which stays the caller's to close."""
    app = Flask(__name__)
    app.config["ARCHIVE"] = archive
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # A tag of a template takes no line of the page with it; XML is escaped like HTML.
    app.jinja_env.autoescape = True
    app.jinja_env.filters["marked"] = formatting.marked
    for part in (pages, browser_search, exports, feeds):
        app.register_blueprint(part.blueprint)
    app.before_request(_choose_language)
    app.after_request(_finish)
    app.context_processor(_template_values)
    app.register_error_handler(ArticleNotFoundError, _article_not_found)
    app.register_error_handler(404, _not_found)
    app.register_error_handler(500, _failure)
    return app


def _choose_language() -> None:
    """An explicit choice, else the remembered one, else Vietnamese."""
    asked = request.args.get("lang", "")
    remembered = request.cookies.get("lang", "")
    g.language = next(
        (one for one in (asked, remembered) if one in wording.LANGUAGES), wording.DEFAULT_LANGUAGE
    )
    g.remember_language = asked == g.language


def _finish(response: Response) -> Response:
    if g.get("remember_language"):
        response.set_cookie("lang", g.language, max_age=_YEAR, samesite="Lax", httponly=True)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.path.startswith("/static/vendor/"):
        # The version is part of the path.
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


def _template_values() -> dict[str, Any]:
    """What every template may use: `t("name")` and formatters in the page's language."""
    language: str = g.get("language", wording.DEFAULT_LANGUAGE)

    def t(name: str, **values: object) -> str:
        return wording.text(name, language, **values)

    return {
        "t": t,
        "language": language,
        "languages": wording.LANGUAGES,
        "articles": lambda count: wording.articles(count, language),
        "number": lambda value: wording.number(value, language),
        "moment": lambda value: formatting.moment(value, language),
        "safe_url": formatting.safe_url,
        "language_query": lambda code: urlencode({**request.args, "lang": code}),
        "page_url": pages.page_url,
        "empty_state": PageState(),
        "page_sizes": PAGE_SIZES,
    }


def _article_not_found(_: Exception) -> tuple[str, int]:
    return render_template("error.html", heading="article_not_found", help="not_found_help"), 404


def _not_found(_: Exception) -> tuple[str, int]:
    return render_template("error.html", heading="not_found", help="not_found_help"), 404


def _failure(_: Exception) -> tuple[str, int]:
    return render_template("error.html", heading="failure", help="failure_help"), 500
