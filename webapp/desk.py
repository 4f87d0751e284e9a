"""Who may use the newsroom's desk, and which forms may change it.

A form carries a token that only this archive's servers can make, good for a day or two, and a browser says
from which site a form was sent. No cookie is needed for that, so that pages of results stay the same for
all readers and can be cached. Source: OWASP, Cross-Site Request Forgery Prevention (verifying origin; HMAC
tokens without state).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from indexer.addresses import split_address
from search.desk.accounts import Role
from search.desk.database import DeskError
from search.desk.desk import Desk
from webapp.access import NotAllowedError, check_desk, forget_session, keep_session, to_sign_in
from webapp.common import cookie_path, log_desk_fault, opened_archive

blueprint = Blueprint("desk", __name__)

COOKIE = "desk"
TOKEN = "token"  # noqa: S105
"""The field of a form that holds its token."""
_DAY = 24 * 3600
_YEAR = 365 * _DAY
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_P = ParamSpec("_P")
Answer = str | WerkzeugResponse


def has_desk() -> bool:
    """Whether who asks may use the desk.

    That is an account of an editor where there are accounts; else anybody, or whoever has given the key
    where there is one.
    """
    if opened_archive().desk is None:
        return False
    if g.has_accounts:
        return g.account is not None and bool(g.account.may(Role.EDITOR))
    key = current_app.config["DESK_KEY"]
    return not key or hmac.compare_digest(request.cookies.get(COOKIE, ""), _pass(key))


def look_who() -> None:
    """Note whether who asks may use the desk: a query may name a dossier then."""
    g.has_desk = request.endpoint != "static" and has_desk()


def desk() -> Desk:
    """The desk, for who may use it; others are asked for the key."""
    found = opened_archive().desk
    if found is None:
        abort(404)
    return found


def desk_page(view: Callable[_P, Answer]) -> Callable[_P, Answer]:
    """A page of the desk: others than its users are led to where the key is asked for."""

    @wraps(view)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> Answer:
        if opened_archive().desk is None:
            abort(404)
        check_desk()
        if not has_desk():
            if g.account is not None:
                raise NotAllowedError
            return to_sign_in()
        return view(*args, **kwargs)

    return guarded


def token() -> str:
    """The token of a form that is made now."""
    if "token" not in g:
        g.token = _token(int(time.time()) // _DAY)
    return str(g.token)


def _token(day: int) -> str:
    return hmac.new(desk().database.secret, f"form {day}".encode(), hashlib.sha256).hexdigest()[:32]


def _pass(key: str) -> str:
    """What the browser of somebody keeps who has given the key; another key, another pass."""
    secret = desk().database.secret
    return hmac.new(secret, f"key {key}".encode(), hashlib.sha256).hexdigest()


def check_form() -> None:
    """Refuse what another site, or no form of ours, has sent."""
    if request.method in _SAFE or request.routing_exception:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin", "null")
    # "null" is said by a browser that tells nobody where it was.
    if site is None and origin != "null" and split_address(origin).netloc != request.host:
        abort(403)
    today = int(time.time()) // _DAY
    given = request.form.get(TOKEN, "")
    if not any(hmac.compare_digest(given, _token(day)) for day in (today, today - 1)):
        abort(403)


@blueprint.get("/sign-in")
def sign_in() -> str:
    """The form that asks for name and password, or for the key of the desk."""
    check_desk()
    return _asking(_local(request.args.get("back", "")))


def _asking(back: str, wrong: str = "", name: str = "") -> str:
    return render_template("sign_in.html", back=back, wrong=wrong, name=name)


@blueprint.post("/sign-in")
def signed_in() -> WerkzeugResponse | tuple[str, int]:
    """Keep a session, or a pass for the right key, in the browser of who asks."""
    back = _local(request.form.get("back", ""))
    check_desk()
    if g.has_accounts:
        name = request.form.get("name", "")
        secret = desk().sessions.sign_in(
            name, request.form.get("password", ""), request.remote_addr or ""
        )
        if secret is None:
            return _asking(back, "wrong_password", name), 403
        return keep_session(redirect(back or url_for("pages.home"), 303), secret)
    key = current_app.config["DESK_KEY"]
    if not key or not hmac.compare_digest(request.form.get("key", "").encode(), key.encode()):
        return _asking(back, "wrong_key"), 403
    answer = redirect(back or url_for("dossiers.dossiers"), 303)
    answer.set_cookie(
        COOKIE,
        _pass(key),
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path=cookie_path(),
    )
    return answer


@blueprint.post("/sign-out")
def sign_out() -> WerkzeugResponse:
    """End the session, and forget the pass."""
    answer = forget_session(redirect(url_for("pages.home"), 303))
    answer.delete_cookie(COOKIE, path=cookie_path())
    return answer


def _local(address: str) -> str:
    """An address of this site; empty for any other.

    Browsers leave out tabs and line ends, and take a backslash for a slash.
    """
    return address if re.fullmatch(r"/(?![/\\])[^\x00-\x20\x7f\\]*", address) else ""


def desk_lists() -> dict[str, object]:
    """What every page shows of the desk: the dossiers that articles may be put into. Read once a request."""
    if "desk_lists" not in g:
        g.desk_lists = {"has_desk": False, "dossier_heads": [], "form_token": ""}
        if g.get("has_desk", False):
            try:
                heads = desk().dossiers.heads()
                g.desk_lists = {"has_desk": True, "dossier_heads": heads, "form_token": token()}
            except DeskError as error:
                # A fault of the newsroom's file, or a folder that cannot be written, is no reason to find nothing.
                log_desk_fault("dossiers", error)
            else:
                log_desk_fault("dossiers", None)
    return cast(dict[str, object], g.desk_lists)
