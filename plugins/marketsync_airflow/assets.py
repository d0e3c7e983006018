"""The assets that wake the DAGs: what moved in the store, and what a marketplace still works on.

They are raised by Postgres notifications through triggers.StoreEvents, never as outlets of tasks: the
transaction that changes the data notifies, so that the web gateway and a shell wake the DAGs just as the
import does.
"""

from __future__ import annotations

from functools import cache

from airflow.sdk import Asset, AssetWatcher

from marketsync.accounts import Account
from marketsync_airflow.triggers import Kind, StoreEvents

__all__ = ["open_tasks", "store"]


@cache
def store(kind: Kind) -> Asset:
    """Something of this kind was delivered or has changed."""
    return Asset(kind, watchers=[AssetWatcher(name=f"{kind}_changed", trigger=StoreEvents(kind=kind))])


def open_tasks(account: Account) -> Asset:
    """The account's marketplace has had a batch for a while: time to ask what became of it."""
    trigger = StoreEvents(kind=Kind.TASKS, account=account.id)
    return Asset(
        f"{account.id}__tasks", watchers=[AssetWatcher(name=f"{account.id}_tasks_open", trigger=trigger)]
    )
