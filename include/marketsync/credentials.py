"""Credentials of marketplaces and shops, read where Airflow reads its connections, without Airflow.

The command line, the gateway and the DAGs share two places: the variable AIRFLOW_CONN_<ID>, and behind it the
connections file that MARKETSYNC_SECRETS names, in the layout of Airflow's local files backend.
A value is written as a connection's URI or as its JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

from marketsync.errors import Fatal, Place
from marketsync.paths import var

__all__ = ["Credentials", "credentials"]

_SCHEMES = frozenset({"http", "https"})
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost"})
_EXTRA_KEY = "__extra__"  # where Airflow puts extras into a URI that its query cannot express


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to reach one outside system. Its text shows neither password nor extras.

    Attributes:
        base_url: scheme, host, port and path, without a slash at the end; '' without a host.
        login: as Ozon's Client-Id; '' where there is none.
        password: as Ozon's Api-Key; '' where there is none.
        extra: the connection's extras.
    """

    base_url: str
    login: str = ""
    password: str = field(default="", repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of_connection(cls, fields: Mapping[str, Any]) -> Credentials:
        """From the fields of an Airflow connection: conn_type, host, port, schema, login, password, extra.

        The host may be a whole address with scheme and path. Without a scheme of its own it is the schema's
        (http or https), and otherwise https, but http on this machine; a schema that is no scheme is a path.

        Raises:
            ValueError, TypeError: a field cannot be used.
        """
        extra = fields.get("extra") or {}
        if isinstance(extra, str):
            extra = json.loads(extra)
        if not isinstance(extra, Mapping):
            raise TypeError("extra is no object")
        return cls(
            base_url=_base_url(fields),
            login=str(fields.get("login") or ""),
            password=str(fields.get("password") or ""),
            extra=extra,
        )


def _of_the_sandbox() -> str | None:
    """The connections that `make up` and `make demo` write down for the sandbox they start, where there are any."""
    path = var() / "connections.json"
    return str(path) if path.exists() else None


def credentials(connection_id: str) -> Credentials:
    """The credentials that an account names.

    Args:
        connection_id: as in accounts.yaml, e.g. 'ozon_main'.

    Raises:
        Fatal: they are nowhere, or cannot be read; the text never shows them.
    """
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    value = os.environ.get(variable)
    if value:
        return _read(value, Place(field=variable))
    file = os.environ.get("MARKETSYNC_SECRETS") or _of_the_sandbox()
    if file:
        entries = _entries(Path(file))
        if connection_id in entries:
            return _read(entries[connection_id], Place(file=file, field=connection_id))
    raise Fatal(
        f"There are no credentials {connection_id!r}",
        hint=f"Set {variable} to a connection's URI or JSON, "
        + (
            f"or add {connection_id!r} to {file}"
            if file
            else f"or name a file that has {connection_id!r} in MARKETSYNC_SECRETS"
        ),
    )


def _entries(path: Path) -> Mapping[str, Any]:
    """The connections file: id -> URI or object. Errors carry a line and none of the text: it holds keys."""
    line: int | None = None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fatal(
            f"The file of MARKETSYNC_SECRETS cannot be read: {type(error).__name__}",
            place=Place(file=str(path)),
            hint="Check the path and the rights of the file",
        ) from None
    try:
        entries = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except json.JSONDecodeError as error:
        entries, line = None, error.lineno
    except yaml.MarkedYAMLError as error:
        entries, line = None, error.problem_mark.line + 1 if error.problem_mark else None
    except yaml.YAMLError:
        entries = None
    if not isinstance(entries, dict):
        raise Fatal(
            "The file of MARKETSYNC_SECRETS is no table of connections",
            place=Place(file=str(path), line=line),
            hint="Write it as YAML or JSON: a connection's id, then its URI or its JSON",
        )
    return entries


def _read(value: Any, place: Place) -> Credentials:
    """One connection: a URI, JSON text, or the object itself."""
    try:
        if isinstance(value, str):
            value = value.strip()
            fields = json.loads(value) if value.startswith("{") else _uri_fields(value)
        else:
            fields = value
        return Credentials.of_connection(dict(fields))
    except (ValueError, TypeError):
        # whatever stands behind it would repeat the value
        raise Fatal(
            "The connection cannot be read",
            place=place,
            hint="Write it as https://login:password@host (special characters as %XX), or as "
            '{"conn_type": "http", "host": "https://host", "login": "...", "password": "..."}',
        ) from None


def _uri_fields(uri: str) -> dict[str, Any]:
    """The fields of a connection's URI, split as Airflow splits it.

    The host may carry a scheme of its own: http://login:key@https%3A%2F%2Fhost, or http://https://login:key@host.
    """
    conn_type, separator, rest = uri.partition("://")
    if not separator:
        raise ValueError
    scheme, separator, behind = rest.partition("://")
    parts = urlsplit(f"//{behind if separator else rest}")
    host = unquote(parts.hostname or "")
    if "/" in host:  # a quoted address: its letters' case counts in the path
        host = unquote(parts.netloc.rpartition("@")[2].partition(":")[0])
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return {
        "conn_type": conn_type,
        "host": f"{scheme}://{host}" if separator and host else host,
        "port": parts.port,
        "schema": unquote(parts.path[1:]),
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "extra": query.get(_EXTRA_KEY, query),
    }


def _base_url(fields: Mapping[str, Any]) -> str:
    host, schema = str(fields.get("host") or ""), str(fields.get("schema") or "")
    if not host:
        return ""
    path = "" if schema in _SCHEMES else schema
    if "://" not in host:
        host = f"{_scheme(str(fields.get('conn_type') or ''), host, schema)}://{host}"
    parts = urlsplit(host)
    if parts.scheme not in _SCHEMES or not parts.hostname or "@" in parts.netloc:
        raise ValueError
    netloc = parts.netloc
    if fields.get("port") and parts.port is None:
        netloc = f"{netloc}:{int(fields['port'])}"
    return "/".join(
        part for part in (f"{parts.scheme}://{netloc}", parts.path.strip("/"), path.strip("/")) if part
    )


def _scheme(conn_type: str, host: str, schema: str) -> str:
    if schema in _SCHEMES:
        return schema
    if conn_type == "https":
        return "https"
    return "http" if host.partition(":")[0].partition("/")[0] in _THIS_MACHINE else "https"
