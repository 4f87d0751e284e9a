"""The pages of an account, and of those who give accounts."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from indexer.engines.fields import source_key
from search.desk.account_store import AccountStore
from search.desk.accounts import Role
from search.desk.dossiers import DossierError
from webapp.access import account_page, keep_session, signed_in
from webapp.common import archive, opened_archive
from webapp.desk import Answer, desk

blueprint = Blueprint("accounts", __name__)


def store() -> AccountStore:
    """The accounts of the archive."""
    return desk().accounts


@blueprint.get("/account")
@account_page(Role.READER)
def own() -> Answer:
    """The account of who asks: its rights, its password, its tokens."""
    return _own()


def _own(made: str = "", done: str = "", wrong: str = "") -> str:
    return render_template(
        "account.html",
        account=signed_in(),
        tokens=desk().sessions.tokens(signed_in().number),
        made=made,
        done=done,
        wrong=wrong,
    )


@blueprint.post("/account/password")
@account_page(Role.READER)
def change_password() -> Answer | tuple[str, int]:
    """Another password, for who knows the one before; all other sessions end."""
    account, form = signed_in(), request.form
    address, given = request.remote_addr or "", form.get("password", "")
    if desk().sessions.sign_in(account.name, given, address) is None:
        return _own(wrong="wrong_password"), 403
    new = form.get("new", "")
    if new != form.get("again", ""):
        return _own(wrong="passwords_differ"), 400
    store().set_password(account.number, new)
    secret = desk().sessions.sign_in(account.name, new, address)
    answer = redirect(url_for("accounts.own"), 303)
    return keep_session(answer, secret) if secret else answer


@blueprint.post("/account/sessions/end")
@account_page(Role.READER)
def end_sessions() -> WerkzeugResponse:
    """End all sessions of the account, this one too."""
    desk().sessions.sign_out_everywhere(signed_in().number)
    return redirect(url_for("desk.sign_in"), 303)


@blueprint.post("/account/tokens")
@account_page(Role.READER)
def make_token() -> Answer:
    """A new token, which is shown this once."""
    made = desk().sessions.make_token(signed_in().number, request.form.get("name", ""))
    return _own(made=made)


@blueprint.post("/account/tokens/<int:number>/drop")
@account_page(Role.READER)
def drop_token(number: int) -> WerkzeugResponse:
    """Make a token worthless."""
    desk().sessions.drop_token(signed_in().number, number)
    return redirect(url_for("accounts.own"), 303)


@blueprint.get("/accounts")
@account_page(Role.ADMINISTRATOR)
def accounts() -> Answer:
    """All accounts, and the forms that change them."""
    return render_template(
        "accounts.html",
        accounts=store().accounts(),
        roles=list(Role),
        private=_private(),
    )


def _private() -> list[tuple[str, str]]:
    """The private sources, and how articles write them."""
    written = {source_key(name): name for name in archive().sources()}
    return [(key, written.get(key, key)) for key in sorted(opened_archive().private_sources())]


@blueprint.post("/accounts")
@account_page(Role.ADMINISTRATOR)
def add() -> WerkzeugResponse:
    """A new account."""
    form = request.form
    role, sources, sees_all = _rights()
    store().add(form.get("name", ""), form.get("password", ""), role, sources, sees_all=sees_all)
    return redirect(url_for("accounts.accounts"), 303)


@blueprint.post("/accounts/<int:number>/change")
@account_page(Role.ADMINISTRATOR)
def change(number: int) -> WerkzeugResponse:
    """Another role, other sources, or another password where one is typed."""
    role, sources, sees_all = _rights()
    store().change(number, role, sources, sees_all=sees_all)
    if password := request.form.get("password", ""):
        store().set_password(number, password)
    return redirect(url_for("accounts.accounts"), 303)


@blueprint.post("/accounts/<int:number>/remove")
@account_page(Role.ADMINISTRATOR)
def remove(number: int) -> WerkzeugResponse:
    """Remove an account; nobody removes their own, so that somebody is left who gives others."""
    if number == signed_in().number:
        raise DossierError("own_account", "nobody removes their own account")
    store().remove(number)
    return redirect(url_for("accounts.accounts"), 303)


def _rights() -> tuple[Role, list[str], bool]:
    form = request.form
    role = form.get("role", "")
    if role not in set(Role):
        abort(400)
    return Role(role), form.getlist("source"), "all" in form
