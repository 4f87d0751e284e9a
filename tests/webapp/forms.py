"""Forms of pages as a browser sends them."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def page(client: FlaskClient, address: str) -> BeautifulSoup:
    """A page that is there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def fields(form: Tag) -> dict[str, Any]:
    """What a form holds before anybody changes it."""
    found: dict[str, Any] = {}
    for one in form.find_all(["input", "textarea", "select"]):
        name, kind = str(one.get("name", "")), one.get("type", "")
        if not name or kind in ("file", "checkbox"):
            continue
        if one.name == "select":
            found[name] = (one.select("option[selected]") or one.select("option"))[0]["value"]
        else:
            found[name] = one.get("value", "") if one.name == "input" else one.text
    return found


def send(client: FlaskClient, form: Tag, press: str = "", **values: Any) -> TestResponse:
    """Send a form by the button whose value or text is `press`; the page that it leads to."""
    buttons = form.find_all("button")
    button = next((b for b in buttons if press in (b.get("value"), b.text)), None)
    assert button is not None or not press, f"no button {press}"
    button = button or buttons[0]
    data = {**fields(form), **values}
    if button.get("name"):
        data[str(button["name"])] = button.get("value", "")
    method = button.get("formmethod") or form.get("method") or "get"
    action = str(button.get("formaction") or form.get("action"))
    send = client.post if method == "post" else client.get
    how = {"data": data} if method == "post" else {"query_string": data}
    return send(action, follow_redirects=True, **how)


def total_of(client: FlaskClient, address: str) -> int:
    """How many articles a page of results says there are."""
    summary = page(client, address).select_one(".summary > a")
    return int(summary.text.split()[2].replace(".", "")) if summary else 0
