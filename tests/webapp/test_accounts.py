"""Accounts as readers and administrators meet them: sign in, roles, passwords, tokens, limits."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest
from bs4 import BeautifulSoup, Tag
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from khobao.entry import cli
from search.archive import Archive
from search.desk import passwords, sessions
from search.desk.accounts import Role, check_password, clean_account_name
from search.desk.dossiers import DossierError
from search.desk.sessions import IDLE, LONGEST, MOST_FAILURES, WINDOW
from tests.webapp.forms import page, send
from webapp import create_app
from webapp.access import SESSION
from webapp.operations import Settings

PASSWORD, OTHER = "mật khẩu khá dài", "mật khẩu còn dài hơn"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as it is, with little work."""
    quick = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)


@pytest.fixture
def app(archive: Archive) -> Flask:
    assert archive.desk is not None
    accounts = archive.desk.accounts
    accounts.add("Quản trị", PASSWORD, Role.ADMINISTRATOR)
    accounts.add("Biên tập", PASSWORD, Role.EDITOR)
    accounts.add("Bạn đọc", PASSWORD)
    return create_app(archive, Settings(rate_limit=""))


@pytest.fixture
def archive(sample_archive: Path, tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(shutil.copytree(sample_archive, tmp_path / "archive")) as opened:
        yield opened


def form_of(client: FlaskClient, address: str, action: str) -> Tag:
    found = page(client, address).find("form", action=action)
    assert isinstance(found, Tag), action
    return found


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
    return send(
        client, form_of(client, "/sign-in", "/sign-in"), name=name, password=password, **more
    )


def signed_in(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, name).status_code == 200
    return client


def test_without_accounts_nothing_asks_for_any(archive: Archive) -> None:
    client = create_app(archive).test_client()
    assert "Đăng nhập" not in client.get("/").text
    assert client.get("/dossiers").status_code == 200
    assert client.get("/account").status_code == client.get("/accounts").status_code == 404


def test_who_may_see_which_pages(app: Flask) -> None:
    seen = {
        name: [client.get(address).status_code for address in ("/", "/account", "/dossiers", "/watches", "/accounts")]
        for name, client in {
            "nobody": app.test_client(),
            **{name: signed_in(app, name) for name in ("Bạn đọc", "Biên tập", "Quản trị")},
        }.items()
    }  # fmt: skip
    assert seen == {
        "nobody": [200, 303, 303, 303, 303],
        "Bạn đọc": [200, 200, 403, 403, 403],
        "Biên tập": [200, 200, 200, 200, 403],
        "Quản trị": [200, 200, 200, 200, 200],
    }


def test_every_change_of_a_desk_or_an_account_is_refused_to_readers(app: Flask) -> None:
    """Whatever the form: the token of a form is no right."""
    reader, nobody = signed_in(app, "Bạn đọc"), app.test_client()
    token = form_of(reader, "/account", "/account/tokens").find("input", {"name": "token"})
    assert isinstance(token, Tag)
    free = {"desk.signed_in", "desk.sign_out", "lists.answer"}
    own = {"accounts.change_password", "accounts.end_sessions", "accounts.make_token", "accounts.drop_token"}  # fmt: skip
    looked = 0
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint in free:
            continue
        address = rule.rule.replace("<int:number>", "1")
        assert nobody.post(address, data={"token": token["value"]}).status_code == 303, address
        assert nobody.post(address).status_code == 403, address
        if rule.endpoint not in own:
            answer = reader.post(address, data={"token": token["value"]})
            assert answer.status_code == 403, address
            assert "không được xem trang đó" in answer.text
            looked += 1
    assert looked > 12


def test_a_session_begins_and_ends(app: Flask, archive: Archive) -> None:
    client = app.test_client()
    client.set_cookie(SESSION, "đặt trước")
    answer = sign_in(client, "BẠN ĐỌC", back="/search?q=lũ")
    assert answer.request.path == "/search"
    cookie = client.get_cookie(SESSION)
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert len(cookie.value) > 40
    assert archive.desk is not None
    # The secret itself is nowhere on the disk.
    assert cookie.value.encode() not in archive.desk.database.path.read_bytes()
    send(client, form_of(client, "/account", "/sign-out"))
    assert client.get("/account").status_code == 303
    client.set_cookie(SESSION, cookie.value)
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(
    "back",
    ["https://xau.example/", "//xau.example", "/\\xau.example", "javascript:alert(1)", "xau", "/a\nb", "/\t/xau"],
)  # fmt: skip
def test_nobody_is_led_to_another_site(app: Flask, back: str) -> None:
    client = app.test_client()
    token = form_of(client, "/sign-in", "/sign-in").find("input", {"name": "token"})
    assert isinstance(token, Tag)
    data = {"token": token["value"], "name": "Bạn đọc", "password": PASSWORD, "back": back}
    assert client.post("/sign-in", data=data).headers["Location"] == "/"


def test_who_tries_often_has_to_wait(app: Flask, archive: Archive) -> None:
    assert archive.desk is not None
    clock = [1_000_000.0]
    archive.desk.sessions._now = lambda: clock[0]
    client = app.test_client()
    for _ in range(MOST_FAILURES["both"]):
        answer = sign_in(client, "Bạn đọc", "không phải mật khẩu")
        assert answer.status_code == 403
        assert "Tên hoặc mật khẩu không đúng." in answer.text
        assert 'value="Bạn đọc"' in answer.text
        clock[0] += 10
    refused = sign_in(client, "bạn ĐỌC")
    assert refused.status_code == 429
    assert 800 < int(refused.headers["Retry-After"]) <= WINDOW
    assert "Xin thử lại sau 15 phút." in refused.text
    # Others are not kept out, nor the owner from elsewhere.
    assert sign_in(client, "Biên tập").status_code == 200
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "10.1.2.3"
    assert sign_in(elsewhere, "Bạn đọc").status_code == 200
    clock[0] += WINDOW
    assert sign_in(app.test_client(), "Bạn đọc").status_code == 200


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("kind", ["name", "address"])
def test_guessing_from_everywhere_or_of_everybody_ends(archive: Archive, kind: str) -> None:
    assert archive.desk is not None
    store = archive.desk.sessions
    for at in range(MOST_FAILURES[kind]):
        name, address = ("Bạn đọc", f"10.0.0.{at}") if kind == "name" else (f"ai {at}", "10.0.0.1")
        assert store.sign_in(name, "đoán mò thôi mà", address) is None
    with pytest.raises(sessions.TooManyFailuresError):
        store.sign_in("Bạn đọc", PASSWORD, "10.0.0.1" if kind == "address" else "10.9.9.9")


def test_sessions_end_by_themselves(app: Flask, archive: Archive) -> None:
    assert archive.desk is not None
    clock = [1_000_000.0]
    archive.desk.sessions._now = lambda: clock[0]
    idle, used = signed_in(app, "Bạn đọc"), signed_in(app, "Bạn đọc")
    while clock[0] < 1_000_000 + LONGEST - IDLE / 2:
        clock[0] += IDLE / 2
        assert used.get("/account").status_code == 200
    assert idle.get("/account").status_code == 303
    clock[0] += IDLE / 2 + 1
    assert used.get("/account").status_code == 303


def test_another_password_ends_all_other_sessions(app: Flask) -> None:
    here, there = signed_in(app, "Bạn đọc"), signed_in(app, "Bạn đọc")

    def change(**values: str) -> TestResponse:
        return send(here, form_of(here, "/account", "/account/password"), **values)

    assert change(password="sai mật khẩu rồi", new=OTHER, again=OTHER).status_code == 403
    assert "không giống nhau" in change(password=PASSWORD, new=OTHER, again=PASSWORD).text
    assert "từ 12 đến 200 ký tự" in change(password=PASSWORD, new="ngắn", again="ngắn").text
    assert there.get("/account").status_code == 200
    assert change(password=PASSWORD, new=OTHER, again=OTHER).status_code == 200
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert sign_in(app.test_client(), "Bạn đọc").status_code == 403
    send(here, form_of(here, "/account", "/sign-out"), "Đăng xuất trên mọi máy")
    assert here.get("/account").status_code == 303


def test_a_token_is_shown_once_and_asks_in_the_name_of_its_account(app: Flask) -> None:
    client = signed_in(app, "Biên tập")
    made = send(client, form_of(client, "/account", "/account/tokens"), name="Trang <b>chủ</b>")
    (field,) = BeautifulSoup(made.text, "html.parser").select("input[readonly]")
    headers = {"Authorization": f"Bearer {field['value']}"}
    assert str(field["value"]) not in client.get("/account").text
    program = app.test_client()
    assert program.get("/api/v1/stats", headers=headers).status_code == 200
    assert program.get("/account", headers=headers).status_code == 200
    assert program.get("/accounts", headers=headers).status_code == 403
    for wrong in ("Bearer kb_x", "Bearer", "bearer x y", f"Bearer {str(field['value'])[:-1]}"):
        refused = program.get("/api/v1/stats", headers={"Authorization": wrong})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer realm=khobao"
    # What a proxy asks for is no token.
    basic = {"Authorization": "Basic eDp5"}
    assert program.get("/api/v1/stats", headers=basic).status_code == 200
    drop = page(client, "/account").find("form", action="/account/tokens/1/drop")
    assert isinstance(drop, Tag)
    send(client, drop)
    assert program.get("/api/v1/stats", headers=headers).status_code == 401


def test_an_administrator_gives_changes_and_removes_accounts(app: Flask, archive: Archive) -> None:
    assert archive.desk is not None
    accounts = archive.desk.accounts
    admin = signed_in(app, "Quản trị")
    new = form_of(admin, "/accounts", "/accounts")
    assert send(admin, new, name="Lan", password=PASSWORD, role="editor").status_code == 200
    for values, told in (
        ({"name": "LAN", "password": PASSWORD}, "Đã có tài khoản tên LAN."),
        ({"name": "a/b", "password": PASSWORD}, "Tên tài khoản gồm chữ"),
        ({"name": "Minh", "password": "ngắn"}, "từ 12 đến 200 ký tự"),
        ({"name": "Minh", "password": "minh12345678"}, "dễ đoán quá"),
    ):
        answer = send(admin, new, **values)
        assert answer.status_code == 400
        assert told in answer.text
    assert send(admin, new, name="Minh", password=PASSWORD, role="chủ").status_code == 400
    lan = signed_in(app, "Lan")
    number = accounts.named("Lan").number
    change = form_of(admin, "/accounts", f"/accounts/{number}/change")
    send(admin, change, role="reader")
    assert lan.get("/dossiers").status_code == 403
    send(admin, change, password=OTHER)
    assert lan.get("/account").status_code == 303
    own = accounts.named("Quản trị").number
    change = form_of(admin, "/accounts", f"/accounts/{own}/change")
    refused = send(admin, change, role="reader")
    assert "Đây là người quản trị cuối cùng." in refused.text
    remove = form_of(admin, "/accounts", f"/accounts/{number}/remove")
    token = str(remove.find("input", {"name": "token"})["value"])  # type: ignore[index]
    assert admin.post(f"/accounts/{own}/remove", data={"token": token}).status_code == 400
    assert send(admin, remove).status_code == 200
    assert admin.post(f"/accounts/{number}/remove", data={"token": token}).status_code == 404
    assert [one.name for one in accounts.accounts()] == ["Biên tập", "Bạn đọc", "Quản trị"]


@pytest.mark.usefixtures("app")
def test_members_only(archive: Archive) -> None:
    closed = create_app(archive, Settings(rate_limit="", members_only=True))
    nobody = closed.test_client()
    for rule in closed.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            address = rule.rule.replace("<int:number>", "1")
            status = nobody.get(address).status_code
            is_open = rule.endpoint in {
                *("desk.sign_in", "browser_search.description", "operations.health"),
                *("operations.metrics", "dossiers.shared", "dossier_exports.export_shared"),
                "watches.feed",
            }
            expected = {200, 404} if is_open else {401} if "/api/" in address else {303}
            assert status in expected, address
    assert nobody.get("/khong-co").status_code == 303
    answer = sign_in(nobody, "Bạn đọc", back="/search?q=lũ")
    assert answer.request.path == "/search"
    assert nobody.get("/api/v1/search?q=lũ").status_code == 200


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_typed_is_a_name_and_a_password_or_is_refused(name: str, password: str) -> None:
    try:
        kept = clean_account_name(name)
        check_password(password, kept)
    except DossierError as error:
        assert error.reason in ("bad_account_name", "bad_password", "weak_password")
    else:
        assert clean_account_name(kept) == kept
        assert len(password) >= 12


def test_a_damaged_file_of_accounts_shows_nobody_more(app: Flask, archive: Archive) -> None:
    client = signed_in(app, "Quản trị")
    assert archive.desk is not None
    archive.desk.database.path.write_bytes(b"hong" * 5000)
    assert client.get("/search?q=lũ").status_code == 200
    for address in ("/accounts", "/sign-in", "/dossiers", "/watches"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert "desk.sqlite: file is not a database" in answer.text


def test_commands_give_change_and_remove_accounts(archive: Archive) -> None:
    assert archive.desk is not None
    at = ["--archive", str(archive.desk.database.path.parent)]

    def run(*arguments: str, typed: str = "") -> tuple[int, str]:
        found = CliRunner().invoke(cli, [*arguments, *at], input=typed)
        return found.exit_code, found.output + (str(found.exception) if found.exception else "")

    assert run("account", "list") == (0, "")
    assert run("account", "add", "Lan", "--source", "Ảnh  Riêng", typed=PASSWORD + "\n")[0] == 0
    assert run("account", "list") == (0, "Lan\treader\tảnh riêng\n")
    assert "at least" not in run("account", "add", "Minh", typed="ngắn\n")[1]
    assert run("account", "add", "Minh", typed="ngắn\n")[0] == 1
    # What is not told stays.
    assert run("account", "change", "lan", "--role", "editor")[0] == 0
    assert run("account", "list") == (0, "Lan\teditor\tảnh riêng\n")
    assert run("account", "change", "lan", "--all-sources")[0] == 0
    assert run("account", "change", "lan", "--role", "reader")[0] == 0
    assert run("account", "list") == (0, "Lan\treader\t*\n")
    assert run("account", "change", "lan", "--no-sources")[0] == 0
    assert run("account", "list") == (0, "Lan\treader\t\n")
    assert run("account", "change", "lan", "--role", "administrator")[0] == 0
    assert run("account", "list") == (0, "Lan\tadministrator\t*\n")
    status, token = run("account", "token", "lan")
    assert (status, token[:3]) == (0, "kb_")
    assert archive.desk.sessions.of_token(token.strip()) is not None
    assert run("account", "password", "Lan", typed=OTHER + "\n")[0] == 0
    assert archive.desk.accounts.checked("LAN", OTHER) is not None
    assert run("account", "remove", "Lan")[0] == 0
    assert "there is no such account" in run("account", "remove", "Lan")[1]
    assert archive.desk.sessions.of_token(token.strip()) is None


@pytest.mark.embedded
@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
@pytest.mark.usefixtures("app")
def test_passwords_are_for_the_archives_owner_alone(archive: Archive, tmp_path: Path) -> None:
    assert archive.desk is not None
    path = archive.desk.database.path
    assert path.stat().st_mode & 0o777 == 0o600
    assert PASSWORD.encode() not in path.read_bytes()
    backup, at = tmp_path / "backup", ["--archive", str(path.parent)]
    assert CliRunner().invoke(cli, ["backup", str(backup), *at]).exit_code == 0
    assert backup.stat().st_mode & 0o777 == 0o700
    path.parent.chmod(0o750)
    assert CliRunner().invoke(cli, ["restore", str(backup), "--replace", *at]).exit_code == 0
    assert path.parent.stat().st_mode & 0o777 == 0o750
