"""From Airflow's connections to what the domain takes: a marketplace's credentials, the database's address.

A missing or half-filled connection is an answer to a person: which id, of which type, where to add it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from marketsync.credentials import Credentials
from marketsync.db.connection import database_url
from marketsync.errors import Fatal

if TYPE_CHECKING:
    from airflow.sdk import Connection

__all__ = ["address", "credentials", "listening_address"]

_FIELDS = ("conn_type", "host", "port", "schema", "login", "password", "extra")
# What libpq understands of a connection's extra; everything else there is for other readers.
_LIBPQ = ("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "connect_timeout")


def credentials(connection_id: str) -> Credentials:
    """The address and key of a marketplace's account, from a connection of type http.

    Raises:
        Fatal: there is no such connection, or it cannot be used as it is.
    """
    from airflow.providers.http.hooks.http import HttpHook

    try:
        connection = HttpHook.get_connection(connection_id)
    except AirflowNotFoundException as error:
        raise Fatal(
            f"There is no Airflow connection {connection_id!r}, which accounts.yaml names",
            hint=_where(connection_id),
        ) from error
    _check(connection, connection_id, ("host", "login", "password"))
    fields = {name: getattr(connection, name) for name in _FIELDS}
    try:
        return Credentials.of_connection(fields)
    except (ValueError, TypeError):
        # whatever stands behind it would repeat the key
        raise Fatal(
            f"The address of the Airflow connection {connection_id!r} cannot be read",
            hint="Write a whole address into its host, as https://api-seller.ozon.ru",
        ) from None


def address(connection_id: str) -> str:
    """The address of the domain's database: the connection's of type postgres, else
    MARKETSYNC_DATABASE_URL's.

    Raises:
        Fatal: neither is there, or the connection is not complete.
    """
    try:
        connection = BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        return database_url()
    return _address_of(connection, connection_id)


async def listening_address(connection_id: str) -> str:
    """The same for the triggerer, whose loop must not wait.

    Raises:
        Fatal: as for `address`.
    """
    try:
        connection = await BaseHook.aget_connection(connection_id)
    except AirflowNotFoundException:
        return await asyncio.to_thread(database_url)
    return _address_of(connection, connection_id)


def _address_of(connection: Connection, connection_id: str) -> str:
    from psycopg.conninfo import make_conninfo

    _check(connection, connection_id, ("host", "schema"))
    options: dict[str, Any] = {name: connection.extra_dejson.get(name) for name in _LIBPQ}
    return make_conninfo(
        host=connection.host,
        port=connection.port,
        user=connection.login,
        password=connection.password,
        dbname=connection.schema,
        **options,
    )


def _check(connection: Connection, connection_id: str, fields: tuple[str, ...]) -> None:
    empty = [name for name in fields if not getattr(connection, name)]
    if empty:
        raise Fatal(
            f"The Airflow connection {connection_id!r} has no {' and no '.join(empty)}",
            hint=_where(connection_id),
        )


def _where(connection_id: str) -> str:
    return f"Add it under Admin > Connections, or set AIRFLOW_CONN_{connection_id.upper()} for all of Airflow"
