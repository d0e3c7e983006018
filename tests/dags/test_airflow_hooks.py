"""From Airflow's connections to credentials and addresses."""

from __future__ import annotations

import asyncio
import json

import pytest
from psycopg.conninfo import conninfo_to_dict

from marketsync.errors import Fatal
from marketsync_airflow import hooks


def connect(monkeypatch: pytest.MonkeyPatch, name: str, **fields: object) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))


def test_credentials_come_from_an_http_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(
        monkeypatch,
        "seller_a",
        conn_type="http",
        host="http://127.0.0.1:8090/ozon",
        login="1001",
        password="k/e:y@",
    )
    known = hooks.credentials("seller_a")
    assert (known.base_url, known.login, known.password) == ("http://127.0.0.1:8090/ozon", "1001", "k/e:y@")


def test_a_missing_connection_says_which_and_where_to_add_it() -> None:
    with pytest.raises(Fatal) as raised:
        hooks.credentials("nobody_added_this")
    assert "'nobody_added_this'" in str(raised.value)
    assert "AIRFLOW_CONN_NOBODY_ADDED_THIS" in str(raised.value)
    assert "Admin > Connections" in str(raised.value)


def test_a_half_filled_connection_says_what_is_missing_and_never_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(monkeypatch, "seller_b", conn_type="http", host="https://api.example", password="the-key")
    with pytest.raises(Fatal) as raised:
        hooks.credentials("seller_b")
    assert "no login" in str(raised.value)
    assert "the-key" not in str(raised.value)


def test_an_unreadable_address_is_told_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "seller_c", conn_type="http", host="ftp://example", login="1", password="the-key")
    with pytest.raises(Fatal) as raised:
        hooks.credentials("seller_c")
    assert "seller_c" in str(raised.value)
    assert "the-key" not in str(raised.value)


POSTGRES = {
    "conn_type": "postgres",
    "host": "db.example",
    "port": 5433,
    "login": "sync",
    "password": "p@ss word",
    "schema": "marketsync",
    "extra": {"sslmode": "require", "cursor": "dictcursor"},
}
ADDRESS = {
    "host": "db.example",
    "port": "5433",
    "user": "sync",
    "password": "p@ss word",
    "dbname": "marketsync",
    "sslmode": "require",
}


def test_the_database_s_address_comes_from_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "store_db", **POSTGRES)
    assert conninfo_to_dict(hooks.address("store_db")) == ADDRESS
    assert conninfo_to_dict(asyncio.run(hooks.listening_address("store_db"))) == ADDRESS


def test_a_socket_folder_is_an_address_too(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "socket_db", **{**POSTGRES, "host": "/var/run/postgresql", "extra": {}})
    assert conninfo_to_dict(hooks.address("socket_db"))["host"] == "/var/run/postgresql"


def test_without_a_connection_the_environment_names_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETSYNC_DATABASE_URL", "postgresql://sync@db.example/other")
    assert hooks.address("no_such_db") == "postgresql://sync@db.example/other"
    assert asyncio.run(hooks.listening_address("no_such_db")) == "postgresql://sync@db.example/other"


def test_a_database_connection_without_a_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "half_db", **{**POSTGRES, "schema": ""})
    with pytest.raises(Fatal, match="no schema"):
        hooks.address("half_db")
