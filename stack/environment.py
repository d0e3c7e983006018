"""The environment of the set-up's processes: Airflow's settings, its connections, its secrets."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

from marketsync.paths import INCLUDE, PROJECT
from stack.options import HOST, SHIPPED_SANDBOX_PORT, StackOptions

__all__ = ["ADMIN", "airflow_home", "build", "password", "push_secret"]

ADMIN = "admin"
_WEBHOOK = {"login": "1", "password": "sandb0xwebh00ksecret"}  # of the sandbox's portal
_DPD_CLIENT = {
    "login": "1001027795",
    "password": "sandbox",
}  # the sandbox takes any client number with this key
_OZON_SELLER = {"login": "1001", "password": "sandbox"}  # the sandbox takes any Client-Id with this key


def airflow_home(var: Path) -> Path:
    """Airflow's own folder: logs, generated secrets."""
    return var / "airflow"


def _passwords_file(var: Path) -> Path:
    return airflow_home(var) / "passwords.json"


def password(var: Path) -> tuple[str, Path]:
    """The generated password of Airflow's user `admin`, and the file where it lies."""
    path = _passwords_file(var)
    return _kept(path, lambda: {ADMIN: secrets.token_urlsafe(12)})[ADMIN], path


def push_secret(var: Path) -> str:
    """The generated secret in the address below which the sandbox's Ozon pushes."""
    return _kept(var / "push.json", lambda: {"ozon": secrets.token_urlsafe(24)})["ozon"]


def build(options: StackOptions, *, var: Path, domain: str, metadata: str) -> dict[str, str]:
    """The environment for every process of the set-up, and for the commands that are run beside it.

    Args:
        options: ports and folders.
        var: the machine's own folder.
        domain: the domain database's postgresql:// address.
        metadata: the same of Airflow's own database.
    """
    home = airflow_home(var)
    generated = _kept(
        home / "secrets.json",
        lambda: {
            "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "jwt": secrets.token_urlsafe(48),
            "session": secrets.token_urlsafe(32),
        },
    )
    password(var)
    url = f"http://{HOST}:{options.airflow_port}"
    airflow = {
        "API__BASE_URL": url,
        "API__HOST": HOST,
        "API__PORT": str(options.airflow_port),
        "API__SECRET_KEY": generated["session"],
        "API__WORKERS": "1",
        "API_AUTH__JWT_SECRET": generated["jwt"],
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__DAGS_FOLDER": str(options.dags),
        "CORE__DEFAULT_TIMEZONE": "Europe/Moscow",
        "CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__FERNET_KEY": generated["fernet"],
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "5",
        "CORE__PARALLELISM": "8",  # on 2 cores a short task costs 0.3 s at eight at a time
        "CORE__PLUGINS_FOLDER": str(options.plugins),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords_file(var)),
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "DATABASE__SQL_ALCHEMY_CONN": _sqlalchemy(metadata),
        "LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "LOGGING__COLORED_CONSOLE_LOG": "False",
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(home / "logs" / "dag_processor"),
        "LOGGING__LOGGING_LEVEL": "WARNING",
        # what the steps say belongs into the tasks' logs
        "LOGGING__NAMESPACE_LEVELS": "marketsync=INFO marketsync_airflow=INFO",
        "LOGGING__UVICORN_LOGGING_LEVEL": "WARNING",
        "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
    }
    unproxied = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    local = ",".join(filter(None, ("127.0.0.1", "localhost", unproxied)))
    environment = {
        **os.environ,
        **{f"AIRFLOW__{name}": value for name, value in airflow.items()},
        "AIRFLOW_CONN_AIRFLOW": json.dumps(
            {"conn_type": "http", "host": url}
        ),  # its health, for the watchdog
        "AIRFLOW_CONN_MARKETSYNC_DB": _connection(domain),
        "AIRFLOW_HOME": str(home),
        "MARKETSYNC_DATABASE_URL": domain,
        "MARKETSYNC_VAR": str(var),
        "NO_PROXY": local,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": os.pathsep.join((str(INCLUDE), str(PROJECT))),
        "PYTHONUNBUFFERED": "1",
        "no_proxy": local,
    }
    if options.sandbox:
        secret = push_secret(var)
        host = f"http://{HOST}:{options.sandbox_port}/ozon"
        connection = {"conn_type": "http", "host": host, **_OZON_SELLER, "extra": {"push_secrets": [secret]}}
        portal = {"conn_type": "http", "host": f"http://{HOST}:{options.sandbox_port}/bitrix", **_WEBHOOK}
        carrier = {"conn_type": "http", "host": f"http://{HOST}:{options.sandbox_port}/dpd", **_DPD_CLIENT}
        environment["AIRFLOW_CONN_DPD"] = json.dumps(carrier)
        environment["AIRFLOW_CONN_OZON"] = json.dumps(connection)
        environment["AIRFLOW_CONN_SITE"] = json.dumps(portal)
        # for shell commands beside it
        _write_private(var / "connections.json", {"dpd": carrier, "ozon": connection, "site": portal})
        if options.sandbox_port != SHIPPED_SANDBOX_PORT and not environment.get("MARKETSYNC_ACCOUNTS"):
            environment["MARKETSYNC_ACCOUNTS"] = str(_accounts_at(options.sandbox_port, var))
    return environment


def _accounts_at(port: int, var: Path) -> Path:
    """A copy of the shipped accounts.yaml whose pictures lie on a sandbox at another port: they are really fetched."""
    shipped, chosen = f"http://{HOST}:{SHIPPED_SANDBOX_PORT}/", f"http://{HOST}:{port}/"
    copy = var / "accounts.yaml"
    text = (INCLUDE / "accounts.yaml").read_text(encoding="utf-8")
    copy.write_text(text.replace(shipped, chosen), encoding="utf-8")
    return copy


def _write_private(path: Path, content: object) -> None:
    """Write a file that only its owner may read."""
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(content, file)


def _kept(path: Path, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The values in a file that only its owner may read; made and written where it is missing."""
    try:
        with path.open(encoding="utf-8") as file:
            values: dict[str, str] = json.load(file)
            return values
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    values = make()
    _write_private(path, values)
    return values


def _sqlalchemy(url: str) -> str:
    """The address as SQLAlchemy takes it; Airflow derives the asynchronous one from it by itself."""
    info = conninfo_to_dict(url)
    return URL.create(
        "postgresql+psycopg2",
        username=str(info["user"]),
        database=str(info["dbname"]),
        query={"host": str(info["host"]), "port": str(info["port"])},
    ).render_as_string(hide_password=False)


def _connection(url: str) -> str:
    """The address as an Airflow connection of type postgres."""
    info = conninfo_to_dict(url)
    return json.dumps(
        {
            "conn_type": "postgres",
            "host": info.get("host", "localhost"),
            "port": int(info.get("port") or 5432),
            "login": info.get("user", ""),
            "password": info.get("password", ""),
            "schema": info.get("dbname", ""),
        }
    )
