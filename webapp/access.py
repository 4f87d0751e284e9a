"""Who asks: the account of a session or of a token, and what it may see and do.

Without accounts everybody is nobody in particular: sees what is not private, and uses the desk unless a key
is asked for. What a browser keeps is a random secret whose digest alone is on the disk. Source: OWASP,
Session Management Cheat Sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Response, abort, current_app, g, redirect, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response as WerkzeugResponse

from search.desk.accounts import Account, Role
from search.desk.database import DeskError
from search.desk.desk import Desk
from search.views import PUBLIC
from webapp.common import cookie_path, log_desk_fault, opened_archive

SESSION = "signed_in"
"""The cookie of a session."""
OPEN_TO_ALL = frozenset(
    {
        *("static", "desk.sign_in", "desk.signed_in", "browser_search.description"),
        # Who runs the server asks these, and who was given a secret address the others.
        *("operations.health", "operations.metrics"),
        *("dossiers.shared", "dossier_exports.export_shared", "watches.feed"),
    }
)
"""The endpoints that nobody has to sign in for, where all others ask for it."""
_P = ParamSpec("_P")
_T = TypeVar("_T", bound=object)


class NotAllowedError(Forbidden):
    """An account may not do what it asks for."""

    heading = "not_allowed"


def look_who() -> None:
    """Note who asks, for the whole request; a token that is not known is refused."""
    g.account, g.has_accounts, g.shown, g.desk_fault = None, False, PUBLIC, None
    found = opened_archive().desk
    if request.endpoint == "static":
        return
    if found is not None:
        try:
            g.has_accounts = found.accounts.has_any()
            g.account = _account(found) if g.has_accounts else None
        except DeskError as error:
            # Who somebody is cannot be known: everybody sees what nobody has to sign in for.
            g.has_accounts, g.desk_fault = True, error
            log_desk_fault("accounts", error)
        else:
            log_desk_fault("accounts", None)
    if g.account is not None:
        g.shown = g.account.shown
    if current_app.config["MEMBERS_ONLY"] and g.account is None:
        _ask_to_sign_in()


def _account(desk: Desk) -> Account | None:
    given = request.headers.get("Authorization", "")
    scheme, _, secret = given.partition(" ")
    # Other schemes are between a browser and a proxy.
    if scheme.casefold() == "bearer":
        found = desk.sessions.of_token(secret.strip())
        if found is None:
            raise _unauthorized("this token is not known; ask for another one")
        return found
    secret = request.cookies.get(SESSION, "")
    return desk.sessions.session(secret) if secret else None


def _unauthorized(line: str) -> Unauthorized:
    return Unauthorized(line, www_authenticate=WWWAuthenticate("bearer", {"realm": "khobao"}))


def _ask_to_sign_in() -> None:
    if request.endpoint in OPEN_TO_ALL:
        return
    if request.method == "GET" and not request.path.startswith("/api/"):
        abort(to_sign_in())
    raise _unauthorized("sign in, or send a token: Authorization: Bearer TOKEN")


def check_desk() -> None:
    """Raise the fault of the newsroom's file that keeps everybody from signing in."""
    if g.desk_fault is not None:
        raise g.desk_fault


def to_sign_in() -> WerkzeugResponse:
    """To the page on which to sign in, and from there back to the page that was asked for."""
    is_page = request.method in ("GET", "HEAD")
    here = f"{request.script_root}{request.full_path.rstrip('?')}" if is_page else None
    return redirect(url_for("desk.sign_in", back=here), 303)


def account_page(role: Role) -> Callable[[Callable[_P, _T]], Callable[_P, _T | WerkzeugResponse]]:
    """A page for accounts of a role, or one that may do more; others are asked to sign in, or refused."""

    def guarding(view: Callable[_P, _T]) -> Callable[_P, _T | WerkzeugResponse]:
        @wraps(view)
        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _T | WerkzeugResponse:
            check_desk()
            if not g.has_accounts:
                abort(404)
            if g.account is None:
                return to_sign_in()
            if not g.account.may(role):
                raise NotAllowedError
            return view(*args, **kwargs)

        return guarded

    return guarding


def signed_in() -> Account:
    """The account of a page that only accounts see."""
    return cast(Account, g.account)


def keep_session(answer: WerkzeugResponse, secret: str) -> WerkzeugResponse:
    """Let a browser keep the secret of its session until it is closed, or the session ends."""
    answer.set_cookie(
        SESSION,
        secret,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path=cookie_path(),
    )
    return answer


def forget_session(answer: WerkzeugResponse) -> WerkzeugResponse:
    """End the session of this browser, if there is one."""
    secret, found = request.cookies.get(SESSION, ""), opened_archive().desk
    if secret and found is not None:
        found.sessions.sign_out(secret)
    answer.delete_cookie(SESSION, path=cookie_path())
    return answer


def keep_apart(response: Response) -> None:
    """See that no shared cache gives anybody what was made for an account."""
    if g.get("account") is not None:
        response.headers["Cache-Control"] = "private, no-cache"
    if g.get("has_accounts"):
        response.vary.update(("Cookie", "Authorization"))


def seen(ids: Iterable[str], sources: Iterable[str | None]) -> list[bool]:
    """Which articles that the newsroom has noted may be shown to who asks.

    Args:
        sources: of each article, when it was noted.
    """
    ids = list(ids)
    hidden = opened_archive().hidden(ids, list(sources), g.shown)
    return [not one for one in hidden]
