"""A run of the work in a process of its own that ends, as by SIGKILL, at a chosen step: a call or a commit."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from fulfil_kit import Shop

from marketsync.db import Database
from marketsync.http.client import ApiClient

_SURVIVED, _FAILED = 0, 1


def killed_at(shop: Shop, step: int) -> bool:
    """Do the work in a fork that is killed at its so-many-th step; False where it ended before.

    A step is the moment before a call goes out, after its answer has come, before a transaction is committed, after it.
    """
    pid = os.fork()
    if pid == 0:
        code = _FAILED
        try:
            _count_steps(step)
            own = Database(shop.database.url)
            Shop.fulfil(_on(shop, own))
            code = _SURVIVED
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == _SURVIVED, "the run failed by itself"
    return False


def _on(shop: Shop, database: Database) -> Shop:
    """The same shop over connections of the fork's own."""
    twin = object.__new__(Shop)
    twin.__dict__.update({**shop.__dict__, "database": database})
    return twin


def _count_steps(last: int) -> None:
    """Count this process's steps from now on, and die at the last."""
    left = last

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    send = ApiClient._send
    transaction = Database.transaction

    def counted_send(self: ApiClient, request: Any) -> Any:
        step()
        answer = send(self, request)
        step()
        return answer

    @contextmanager
    def counted_transaction(self: Database) -> Iterator[psycopg.Connection[dict[str, Any]]]:
        with transaction(self) as connection:
            yield connection
            step()
        step()

    ApiClient._send = counted_send  # type: ignore[method-assign]
    Database.transaction = counted_transaction  # type: ignore[method-assign]
