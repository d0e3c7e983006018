"""Keys: shown once, kept as a hash, good for what they open, for as long as nobody revokes them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from erp_kit import Erp, Gateway
from typer.testing import CliRunner

from marketsync.cli import app
from marketsync.errors import BadInput
from marketsync.orders import keys
from marketsync.orders.keys import Scope

pytestmark = pytest.mark.enable_socket  # the test client's event loop has a pair of its own


def ask(gateway: Gateway, authorization: str | None, **more: str) -> Any:
    headers = {"Authorization": authorization} if authorization else {}
    return gateway.client.get("/erp/v1/orders/pack", headers={**headers, **more})


def basic(name: str, key: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{key}".encode()).decode()


def test_a_key_opens_as_basic_and_as_bearer_until_it_is_revoked(gateway: Gateway) -> None:
    key = gateway.key("1С УТ", Scope.ORDERS)
    assert ask(gateway, basic("1С УТ", key)).status_code == 200
    assert ask(gateway, f"bearer {key}").status_code == 200
    with gateway.database.transaction() as connection:
        assert keys.revoke(connection, "1С УТ", gateway.clock.now())
        assert not keys.revoke(connection, "1С УТ", gateway.clock.now())
    assert ask(gateway, f"Bearer {key}").json()["code"] == "wrong_key"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "no_key"),
        ("Basic", "no_key"),
        ("Basic ???", "no_key"),
        ("Basic " + base64.b64encode(b"no colon").decode(), "no_key"),
        ("Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "wrong_key"),
        ("Digest x", "no_key"),
        ("Bearer msk_wrong", "wrong_key"),
        (basic("1c", "msk_wrong"), "wrong_key"),
    ],
)
def test_without_a_right_key_nothing_is_told(gateway: Gateway, authorization: str | None, code: str) -> None:
    gateway.key()
    answer = ask(gateway, authorization)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert "Basic" in answer.headers["www-authenticate"]


def test_a_key_is_good_under_its_own_name_only(gateway: Gateway) -> None:
    key = gateway.key("first", Scope.ORDERS)
    gateway.key("second", Scope.ORDERS)
    assert ask(gateway, basic("second", key)).status_code == 401


def test_who_guesses_waits_and_who_is_known_does_not(gateway: Gateway) -> None:
    key = gateway.key()
    assert ask(gateway, f"Bearer {key}").status_code == 200
    answers = [ask(gateway, f"Bearer msk_{number}").status_code for number in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert int(ask(gateway, "Bearer msk_x").headers["retry-after"]) > 0
    assert ask(gateway, f"Bearer {key}").status_code == 200
    elsewhere = Gateway(gateway.database, gateway.files, client_address="192.0.2.8")
    assert ask(elsewhere, "Bearer msk_x").status_code == 401
    gateway.clock.sleep(61)
    assert ask(gateway, "Bearer msk_x").status_code == 401


def test_only_a_hash_is_kept_and_the_last_use_once_a_minute(gateway: Gateway, erp: Erp) -> None:
    (row,) = gateway.run("select name, hash, erp_key::text as whole from erp_key")
    assert bytes(row["hash"]) == keys.digest(erp.key)
    assert erp.key.removeprefix("msk_") not in row["whole"]
    used = []
    for seconds in (0, 30, 31):
        gateway.clock.sleep(seconds)
        erp.pack()
        (row,) = gateway.run("select last_used_at from erp_key")
        used.append(row["last_used_at"])
    assert used[0] == used[1]
    assert used[2] == gateway.clock.now()


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("", ["orders"]),
        ("a:b", ["orders"]),
        ("x" * 61, ["orders"]),
        ("a\nb", ["orders"]),
        ("ok", []),
        ("ok", ["all"]),
    ],
)
def test_a_key_that_could_not_be_used_is_not_made(gateway: Gateway, name: str, scopes: list[str]) -> None:
    with gateway.database.transaction() as connection, pytest.raises(BadInput):
        keys.create(connection, name, scopes, gateway.clock.now())


def test_keys_from_the_shell(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETSYNC_DATABASE_URL", gateway.database.url)
    shell = CliRunner()

    def said(*words: str) -> str:
        done = shell.invoke(app, ["erp-key", *words])
        assert done.exit_code == 0, done.output
        return done.output

    key = said("create", "ut11", "--scope", "orders", "--scope", "labels").split()[-1]
    assert ask(gateway, f"Bearer {key}").status_code == 200
    listed = said("list")
    assert "ut11 — labels,orders" in listed
    assert key not in listed
    assert isinstance(
        shell.invoke(app, ["erp-key", "create", "ut11", "--scope", "orders"]).exception, BadInput
    )
    said("revoke", "ut11")
    assert ask(gateway, f"Bearer {key}").status_code == 401
    assert isinstance(shell.invoke(app, ["erp-key", "revoke", "ut11"]).exception, BadInput)
    assert said("create", "ut11", "--scope", "orders").split()[-1] != key
