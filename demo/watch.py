"""Waiting for the product to come to rest: what was delivered is imported, planned, sent and answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketsync.clock import SYSTEM
from marketsync.db import sql
from marketsync.errors import Fatal, Retriable
from marketsync.runtime import Runtime, Seller
from marketsync.sync import plan

__all__ = ["Watch"]

_POLL_SECONDS = 2.0


class Watch:
    """Looks into the domain database until a condition holds.

    Args:
        runtime: of the demo's own process; it only reads.
        account: whose channels are watched.
        check: is called at each look; raises where a process of the set-up has died.
    """

    def __init__(self, runtime: Runtime, account: str, check: Callable[[], None]) -> None:
        self._runtime = runtime
        self._account = account
        self._check = check

    def imported(self, exchange: int, timeout: float) -> tuple[float, dict[str, Any]]:
        """Seconds from the start to the end of an import, and its counts.

        Raises:
            Fatal: the delivery was refused.
            Retriable: it is not imported in time.
        """
        found: dict[str, Any] = {}

        def look() -> bool:
            row = self._one("look/exchange", {"exchange_id": exchange})
            if row["state"] == "refused":
                raise Fatal(f"the delivery was refused: {row['error']}")
            found.update(row)
            return bool(row["state"] == "imported")

        self._until(look, timeout, f"delivery {exchange} is not imported")
        return float(found["seconds"]), found["counts"]

    def at_rest(self, timeout: float) -> None:
        """Wait until nothing is open but what a guard holds or a person must mend.

        Raises:
            Retriable: it does not come to rest in time.
        """
        seller = self._runtime.seller(self._account)  # once: to load its mapping costs more than to look
        self._until(lambda: self._nothing_open(seller), timeout, "the channels did not come to rest")

    def _nothing_open(self, seller: Seller) -> bool:
        mark = seller.account.mark
        row = self._one(
            "look/open",
            {
                "account": self._account,
                "property": mark.property,
                "values": list(mark.values),
                "channel": seller.cards.channel.name,
                "version": seller.cards.mapping_version,
            },
        )
        if any(row.values()):
            return False
        # the last channels come to rest last: where they differ, the others need no look
        return all(
            guard is not None
            for lane in reversed(seller.lanes)
            for _, guard, _ in plan.preview(lane, limit=0).counts
        )

    def _one(self, query: str, parameters: dict[str, Any]) -> dict[str, Any]:
        with self._runtime.database.transaction() as connection:
            return connection.execute(sql(query), parameters).fetchone() or {}

    def _until(self, look: Callable[[], bool], timeout: float, complaint: str) -> None:
        limit = SYSTEM.monotonic() + timeout
        while not look():
            self._check()
            if SYSTEM.monotonic() > limit:
                raise Retriable(
                    f"{complaint} after {timeout:.0f} s", hint="See Airflow's pages and var/demo/log"
                )
            SYSTEM.sleep(_POLL_SECONDS)
