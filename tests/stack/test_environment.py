"""The set-up's environment: settings that Airflow has, secrets that nobody else reads, the sandbox's address."""

from __future__ import annotations

import importlib.util
import json
import stat
from pathlib import Path

import pytest
import yaml
from sqlalchemy import make_url

from marketsync.accounts import load
from marketsync.errors import Fatal
from stack import environment
from stack.options import StackOptions

DOMAIN = "postgresql://postgres@/marketsync?host=/run/a%20folder&port=5432"
METADATA = "postgresql://postgres@/airflow?host=/run/a%20folder&port=5432"


def build(var: Path, options: StackOptions | None = None) -> dict[str, str]:
    options = options or StackOptions(airflow_port=18080, sandbox_port=18090)
    return environment.build(options, var=var, domain=DOMAIN, metadata=METADATA)


def test_airflow_has_each_of_the_settings(tmp_path: Path) -> None:
    spec = importlib.util.find_spec("airflow")
    assert spec is not None
    assert spec.origin is not None
    text = (Path(spec.origin).parent / "config_templates" / "config.yml").read_text(encoding="utf-8")
    known = {
        f"AIRFLOW__{section}__{option}".upper()
        for section, content in yaml.safe_load(text).items()
        for option in content["options"]
    }
    used = {name for name in build(tmp_path) if name.startswith("AIRFLOW__")}
    assert used
    assert used <= known


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first = build(tmp_path)
    second = build(tmp_path)
    for name in ("CORE__FERNET_KEY", "API_AUTH__JWT_SECRET", "API__SECRET_KEY"):
        assert first[f"AIRFLOW__{name}"] == second[f"AIRFLOW__{name}"]
        assert len(first[f"AIRFLOW__{name}"]) >= 40
    assert first["AIRFLOW__CORE__FERNET_KEY"] != build(tmp_path / "other")["AIRFLOW__CORE__FERNET_KEY"]
    files = sorted((tmp_path / "airflow").iterdir())
    assert [file.name for file in files] == ["passwords.json", "secrets.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_password_is_the_one_that_airflow_reads(tmp_path: Path) -> None:
    file = Path(build(tmp_path)["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    assert environment.password(tmp_path) == (json.loads(file.read_text(encoding="utf-8"))["admin"], file)


def test_databases_are_named_as_each_side_takes_them(tmp_path: Path) -> None:
    built = build(tmp_path)
    assert built["MARKETSYNC_DATABASE_URL"] == DOMAIN
    connection = json.loads(built["AIRFLOW_CONN_MARKETSYNC_DB"])
    assert connection["conn_type"] == "postgres"
    assert (connection["host"], connection["port"], connection["schema"]) == (
        "/run/a folder",
        5432,
        "marketsync",
    )
    url = make_url(built["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    assert (url.database, url.query["host"], url.query["port"]) == ("airflow", "/run/a folder", "5432")


def test_the_sandbox_takes_the_place_of_a_real_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OZON", "http://real.example")
    connection = json.loads(build(tmp_path)["AIRFLOW_CONN_OZON"])
    assert connection["host"] == "http://127.0.0.1:18090/ozon"
    assert json.loads(build(tmp_path)["AIRFLOW_CONN_SITE"])["host"] == "http://127.0.0.1:18090/bitrix"
    assert json.loads(build(tmp_path)["AIRFLOW_CONN_DPD"])["host"] == "http://127.0.0.1:18090/dpd"
    assert build(tmp_path, StackOptions(sandbox=False))["AIRFLOW_CONN_OZON"] == "http://real.example"


def test_pictures_lie_on_the_sandbox_wherever_it_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MARKETSYNC_ACCOUNTS", raising=False)
    chosen = load(Path(build(tmp_path)["MARKETSYNC_ACCOUNTS"]))
    assert {each.pictures.address for each in chosen.accounts if each.pictures} == {
        "http://127.0.0.1:18090/images"
    }
    assert "MARKETSYNC_ACCOUNTS" not in build(tmp_path, StackOptions(sandbox_port=8090))
    monkeypatch.setenv("MARKETSYNC_ACCOUNTS", "/srv/own.yaml")
    assert build(tmp_path)["MARKETSYNC_ACCOUNTS"] == "/srv/own.yaml"


def test_nothing_listens_or_calls_beyond_the_loopback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "example.org")
    built = build(tmp_path)
    assert built["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert built["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18080/execution/"
    assert built["NO_PROXY"] == built["no_proxy"] == "127.0.0.1,localhost,example.org"


def test_ports_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MARKETSYNC_AIRFLOW_PORT", raising=False)
    monkeypatch.setenv("MARKETSYNC_SANDBOX_PORT", "9190")
    options = StackOptions()
    assert (options.airflow_port, options.sandbox_port) == (8080, 9190)


@pytest.mark.parametrize("text", ["web", "0", "65536", "-1", "80.5"])
def test_what_is_no_port_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("MARKETSYNC_AIRFLOW_PORT", text)
    with pytest.raises(Fatal, match=f"MARKETSYNC_AIRFLOW_PORT is '{text}'"):
        StackOptions()
