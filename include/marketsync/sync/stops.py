"""What a person stops: a channel, an account, one good, or its sale. In force before the next call.

Uploads look at these tables each time they claim a batch, so that a running one obeys from its next batch on. Every
action is remembered with its author and can be repeated: the second time it does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import BadInput, Place
from marketsync.sync.lane import Connection

__all__ = ["Person", "Stops", "Target"]


@dataclass(frozen=True, slots=True)
class Person:
    """Who does it, and why."""

    author: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One offer: what a person means by an article."""

    offer_id: int
    account: str
    article: str


@dataclass(frozen=True, slots=True)
class Stops:
    """What people have stopped, and how they do and end it.

    Each action returns whether it changed anything.
    """

    database: Database
    clock: Clock

    def find(self, article: str, account: str | None = None) -> Target:
        """The offer of an article (or 1C's id).

        Raises:
            BadInput: there is none, or there are several.
        """
        with self.database.transaction() as connection:
            found = connection.execute(sql("stops/find"), {"article": article, "account": account}).fetchall()
        if not found:
            where = f" в кабинете {account}" if account else ""
            raise BadInput(
                f"Товара с артикулом или кодом 1С «{article}»{where} нет",
                place=Place(offer=article, account=account),
                hint="Проверьте артикул: `marketsync history АРТИКУЛ`",
            )
        if len(found) > 1:
            ones = ", ".join(f"{row['account']}: {row['article']}" for row in found)
            raise BadInput(
                f"«{article}» подходит к нескольким товарам ({ones})",
                place=Place(offer=article),
                hint="Уточните кабинет (--account) или возьмите артикул из этого списка",
            )
        return Target(**found[0])

    def freeze(self, target: Target, person: Person) -> bool:
        """Nobody changes the offer any more, in any channel."""
        return self._do("freeze", target.account, person, offer_id=target.offer_id)

    def unfreeze(self, target: Target, person: Person, events: Iterable[str]) -> bool:
        """The offer is kept equal again."""
        return self._do("unfreeze", target.account, person, offer_id=target.offer_id, events=events)

    def stop(self, account: str, channel: str, person: Person) -> bool:
        """Nothing is sent in a channel ('': in the account) any more; it is still planned."""
        return self._do("stop", account, person, channel=channel)

    def resume(self, account: str, channel: str, person: Person, events: Iterable[str]) -> bool:
        """What is planned goes again."""
        return self._do("resume", account, person, channel=channel, events=events)

    def zero(self, account: str, target: Target | None, person: Person, events: Iterable[str]) -> bool:
        """The offer's stock (None: of every offer of the account) is none, whatever the store counts."""
        return self._do("zero", account, person, offer_id=target.offer_id if target else None, events=events)

    def sell(self, account: str, target: Target | None, person: Person, events: Iterable[str]) -> bool:
        """The store's count is shown again."""
        return self._do("sell", account, person, offer_id=target.offer_id if target else None, events=events)

    def frozen(self, account: str | None = None) -> list[dict[str, Any]]:
        """account, article, name, reason, author, since."""
        return self._rows("frozen", account)

    def stopped(self, account: str | None = None) -> list[dict[str, Any]]:
        """account, channel ('' for all of them), reason, author, since."""
        return self._rows("stopped", account)

    def off_sale(self, account: str | None = None) -> list[dict[str, Any]]:
        """account, article (None for every offer), name, reason, author, since."""
        return self._rows("off_sale", account)

    def _rows(self, name: str, account: str | None) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(sql(f"stops/{name}"), {"account": account}).fetchall()

    def _do(
        self,
        action: str,
        account: str,
        person: Person,
        *,
        channel: str = "",
        offer_id: int | None = None,
        events: Iterable[str] = (),
    ) -> bool:
        now = self.clock.now()
        values = {"account": account, "channel": channel, "offer_id": offer_id}
        with self.database.transaction() as connection:
            row = connection.execute(
                sql(f"stops/{action}"),
                {**values, "reason": person.reason, "author": person.author, "now": now},
            ).fetchone()
            if row is None:
                return False
            _note(connection, action, person, values, now)
            woken = dict.fromkeys(events, 1)
            if woken:
                connection.execute(sql("wake/notify"), {"payload": json.dumps(woken)})
        return True


def _note(
    connection: Connection, action: str, person: Person, values: Mapping[str, Any], now: datetime
) -> None:
    connection.execute(
        sql("release/note"),
        {
            **values,
            "now": now,
            "author": person.author,
            "action": action,
            "request_id": None,
            "reason": person.reason,
            "counts": "{}",
        },
    )
