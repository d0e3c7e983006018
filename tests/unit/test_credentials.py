"""Credentials are read as Airflow reads its connections, and no text ever shows a key."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

import pytest

from marketsync.credentials import Credentials, credentials
from marketsync.errors import Fatal

KEY = "7f3e-k@y/with:marks"
QUOTED = "7f3e-k%40y%2Fwith%3Amarks"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_OZON_MAIN", raising=False)
    monkeypatch.delenv("MARKETSYNC_SECRETS", raising=False)


@pytest.mark.parametrize(
    ("written", "base_url"),
    [
        (f"http://1001:{QUOTED}@https%3A%2F%2Fapi.example.com", "https://api.example.com"),
        (f"http://https://1001:{QUOTED}@api.example.com:8443/v9", "https://api.example.com:8443/v9"),
        (f"https://1001:{QUOTED}@api.example.com/", "https://api.example.com"),
        (
            f"http://1001:{QUOTED}@api.example.com",
            "https://api.example.com",
        ),  # a key never travels in clear text
        (f"http://1001:{QUOTED}@api.example.com/http", "http://api.example.com"),  # unless somebody writes so
        (f"http://1001:{QUOTED}@127.0.0.1:8090/ozon", "http://127.0.0.1:8090/ozon"),
        (f"http://1001:{QUOTED}@http%3A%2F%2F127.0.0.1%3A8090%2FOzon", "http://127.0.0.1:8090/Ozon"),
    ],
)
def test_a_uri(monkeypatch: pytest.MonkeyPatch, written: str, base_url: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OZON_MAIN", written)

    assert credentials("ozon_main") == Credentials(base_url, "1001", KEY)


@pytest.mark.parametrize(
    ("fields", "base_url"),
    [
        ({"host": "http://127.0.0.1:8090/ozon"}, "http://127.0.0.1:8090/ozon"),
        ({"host": "http://127.0.0.1:8090/ozon/"}, "http://127.0.0.1:8090/ozon"),
        ({"host": "https://api.example.com", "port": 8443}, "https://api.example.com:8443"),
        ({"host": "api.example.com", "port": "8443", "schema": "https"}, "https://api.example.com:8443"),
        ({"host": "api.example.com", "schema": "http"}, "http://api.example.com"),
        ({"host": "api.example.com"}, "https://api.example.com"),
        ({"host": "localhost:8090"}, "http://localhost:8090"),
        ({}, ""),
    ],
)
def test_json(monkeypatch: pytest.MonkeyPatch, fields: dict[str, object], base_url: str) -> None:
    written = {"conn_type": "http", "login": "1001", "password": KEY, **fields}
    monkeypatch.setenv("AIRFLOW_CONN_OZON_MAIN", json.dumps(written))

    assert credentials("ozon_main") == Credentials(base_url, "1001", KEY)


@pytest.mark.parametrize("extra", [{"business": 7}, '{"business": 7}'])
def test_extras_of_json(monkeypatch: pytest.MonkeyPatch, extra: object) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OZON_MAIN", json.dumps({"host": "h", "extra": extra}))

    assert credentials("ozon_main").extra == {"business": 7}


def test_extras_of_a_uri(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OZON_MAIN", "https://a:b@h/?business=7")
    assert credentials("ozon_main").extra == {"business": "7"}

    monkeypatch.setenv("AIRFLOW_CONN_OZON_MAIN", "https://a:b@h/?__extra__=%7B%22business%22%3A+7%7D")
    assert credentials("ozon_main").extra == {"business": 7}


@pytest.mark.parametrize("suffix", ["yaml", "yml", "json"])
def test_the_secrets_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"connections.{suffix}"
    entries = {
        "ozon_main": {"conn_type": "http", "host": "https://h", "login": "1001", "password": KEY},
        "as_uri": f"https://1001:{QUOTED}@h",
        "as_text": json.dumps({"host": "https://h", "login": "1001", "password": KEY}),
    }
    file.write_text(json.dumps(entries), encoding="utf-8")  # JSON is YAML as well
    monkeypatch.setenv("MARKETSYNC_SECRETS", str(file))

    expected = Credentials("https://h", "1001", KEY)
    assert [credentials(name) for name in entries] == [expected] * 3


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "connections.yaml"
    file.write_text("ozon_main: https://file:key@h\n", encoding="utf-8")
    monkeypatch.setenv("MARKETSYNC_SECRETS", str(file))
    assert credentials("ozon_main").login == "file"

    monkeypatch.setenv("AIRFLOW_CONN_OZON_MAIN", "https://variable:key@h")
    assert credentials("ozon_main").login == "variable"


def test_missing_ones_are_named_with_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Fatal) as missing:
        credentials("ozon_main")
    assert "'ozon_main'" in str(missing.value)
    assert "AIRFLOW_CONN_OZON_MAIN" in str(missing.value)
    assert "MARKETSYNC_SECRETS" in str(missing.value)

    file = tmp_path / "connections.yaml"
    file.write_text("other: https://a:b@h\n", encoding="utf-8")
    monkeypatch.setenv("MARKETSYNC_SECRETS", str(file))
    with pytest.raises(Fatal, match=r"add 'ozon_main' to .*connections\.yaml"):
        credentials("ozon_main")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("absent.yaml", None, None),
        ("list.yaml", f"- {KEY}\n", None),
        ("torn.yaml", f"a: b\nozon_main: {{password: '{KEY}\n", 3),
        ("torn.json", f'{{"ozon_main":\n "{KEY}', 2),
        ("bytes.yaml", b"a: \xff\xfe", None),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, text: str | bytes | None, line: int | None
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.setenv("MARKETSYNC_SECRETS", str(file))

    with pytest.raises(Fatal) as broken:
        credentials("ozon_main")

    assert name in str(broken.value)
    assert KEY not in str(broken.value)
    assert KEY not in "".join(traceback.format_exception(broken.value))
    if line is not None:
        assert f"{name}:{line}" in str(broken.value)


@pytest.mark.parametrize(
    "written",
    [
        f"{KEY}",
        f'{{"host": "https://h", "password": "{KEY}"',
        f"ftp://ftp://a:{QUOTED}@h",
        f"https://a:{QUOTED}@h:port",
        f'{{"host": "https://a:{KEY}@h"}}',
        f'{{"host": "h", "extra": ["{KEY}"]}}',
        f'{{"host": "h", "port": "{KEY}"}}',
    ],
)
def test_a_value_that_cannot_be_read_is_never_shown(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OZON_MAIN", written)

    with pytest.raises(Fatal) as broken:
        credentials("ozon_main")

    assert "AIRFLOW_CONN_OZON_MAIN" in str(broken.value)
    assert KEY not in str(broken.value)
    assert QUOTED not in str(broken.value)
    assert KEY not in "".join(traceback.format_exception(broken.value))


def test_their_text_shows_no_key() -> None:
    shown = Credentials("https://h", "1001", KEY, {"secret": KEY})

    assert KEY not in repr(shown)
    assert KEY not in f"{shown}"
    assert "1001" in repr(shown)
