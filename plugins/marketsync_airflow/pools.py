"""Creates the pools of include/pools.json that are missing; a pool that operations resized stays as it is.

Runs when Airflow's services start (marketsync_plugin) and as `python -m marketsync_airflow.pools`, where
Airflow's database is at hand. `airflow pools import` is no substitute: it overwrites the sizes.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

from marketsync.errors import BadInput, Place
from marketsync.paths import INCLUDE

__all__ = ["POOLS_FILE", "declared", "ensure_pools"]

POOLS_FILE = INCLUDE / "pools.json"


def declared() -> dict[str, dict[str, Any]]:
    """The pools that the DAGs use, with slots and description.

    Raises:
        BadInput: the file is not what it should be.
    """
    try:
        pools = json.loads(POOLS_FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot be read: {error}", place=Place(file=str(POOLS_FILE))) from error
    for name, settings in pools.items():
        if not isinstance(settings.get("slots"), int) or settings["slots"] < 1:
            raise BadInput(
                f"pool {name} needs at least one slot", place=Place(file=str(POOLS_FILE), field=name)
            )
    return dict(pools)


def ensure_pools() -> list[str]:
    """Create what is missing.

    Returns:
        the names of the pools that were created.
    """
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session
    from sqlalchemy import select
    from sqlalchemy.exc import IntegrityError

    created = []
    with create_session() as session:
        present = set(session.scalars(select(Pool.pool)))
        for name, settings in sorted(declared().items()):
            if name in present:
                continue
            fresh = Pool(
                pool=name,
                slots=settings["slots"],
                description=settings.get("description", ""),
                include_deferred=settings.get("include_deferred", False),
            )
            # several services start at once: whoever is second finds the pool made
            with suppress(IntegrityError), session.begin_nested():
                session.add(fresh)
                session.flush()
                created.append(name)
    return created


if __name__ == "__main__":
    made = ensure_pools()
    sys.stdout.write(f"Pools created: {', '.join(made) or 'none, all are there'}\n")
