"""A plan once more: what it would do now, or its values sent again, to a sandbox and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from marketsync.db import sql
from marketsync.db.call_log import PostgresCallLog
from marketsync.db.limiter import PostgresLimiter
from marketsync.errors import BadInput, Retriable
from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import Accepted, Channel, Item, Offer, Outcome
from marketsync.runtime import Runtime, Seller
from marketsync.sync import cards, plan
from marketsync.sync.kinds import kind_of
from marketsync.sync.lane import Lane

__all__ = ["Compared", "compare", "send"]

_ALL = 10_000_000
_SANDBOX_KEY = "sandbox"
_ANSWER_SECONDS = 5.0
_POLLS = 60
_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Compared:
    """What a plan would come to now.

    Attributes:
        counts: sent, held, already_so, another_value, not_wanted -> changes.
        lines: the first changes.
    """

    counts: dict[str, int | str]
    lines: list[str]


def compare(runtime: Runtime, number: int, *, limit: int) -> Compared:
    """Hold a plan against what is wanted and confirmed now; nothing is written.

    Raises:
        BadInput: there is no such plan.
    """
    row, _, lane = _of(runtime, number)
    with runtime.database.transaction() as connection:
        plan.fill_pending(connection, lane)
        rows = connection.execute(sql("history/replay"), {"plan_id": number, "limit": _ALL}).fetchall()
        connection.rollback()
    counted = Counter(row["now"] for row in rows)
    lines = [_line(row) for row in rows[:limit]]
    about: dict[str, int | str] = {"plan": number, "account": row["account"], "channel": row["channel"]}
    return Compared({**about, **counted}, lines)


def send(runtime: Runtime, number: int, sandbox: str, *, client: str | None) -> Iterator[dict[str, Any]]:
    """Send a plan's values to a sandbox, and say what it answers; nothing of ours is changed by it.

    Offers are addressed by their articles: a sandbox has ids of its own. A card is sent as it is rendered now, and
    told as moved where that is not the card of the plan.

    Args:
        sandbox: the base address of the marketplace there.
        client: the cabinet to send to; the account's own by default.

    Raises:
        BadInput: there is no such plan, or the address is no sandbox's.
    """
    _require_sandbox(sandbox)
    _, seller, lane = _of(runtime, number)
    if lane.channel.one_place_per_call:
        raise BadInput(
            f"Plan {number} is about promotions, and a sandbox has promotions of its own",
            hint="`marketsync replay` without --to compares it with what is wanted now",
        )
    known = runtime.credentials(seller.account.connection)
    there = type(lane.channel)(
        seller.marketplace.connect(
            f"{seller.account.id}@sandbox",
            base_url=sandbox,
            login=client or known.login,
            password=_SANDBOX_KEY,
            limiter=PostgresLimiter(runtime.database, runtime.clock),
            call_log=PostgresCallLog(runtime.database),
            clock=runtime.clock,
        )
    )
    items, moved = _items(runtime, seller, lane, number)
    for article in moved:
        yield {"article": article, "result": "moved"}
    articles = {item.offer.offer_id: item.offer.article for item in items}
    for start in range(0, len(items), there.batch_size):
        batch = items[start : start + there.batch_size]
        try:
            outcomes = _submitted(there, batch, runtime)
        except RequestRefused as error:
            yield {"articles": [item.offer.article for item in batch], "result": "refused", "why": str(error)}
            continue
        for outcome in outcomes:
            yield {
                "article": articles[outcome.offer_id],
                **({"warehouse": outcome.warehouse} if outcome.warehouse else {}),
                "result": outcome.result.value,
                **({"why": [p.message for p in outcome.problems]} if outcome.problems else {}),
            }


def _submitted(channel: Channel, batch: Sequence[Item], runtime: Runtime) -> Sequence[Outcome]:
    prepared = channel.prepare(batch, new=())
    return [
        *prepared.outcomes,
        *(outcome for call in prepared.calls for outcome in _answered(channel, call, runtime)),
    ]


def _answered(channel: Channel, call: Sequence[Item], runtime: Runtime) -> Sequence[Outcome]:
    answer = channel.submit(call, 0)
    if not isinstance(answer, Accepted):
        return answer
    for _ in range(_POLLS):
        outcomes = channel.poll(answer.task_id, [item.offer for item in call])
        if outcomes is not None:
            return outcomes
        runtime.clock.sleep(_POLL_SECONDS)
    raise Retriable(
        f"The sandbox still works on task {answer.task_id}", hint="Look at its cabinet a little later"
    )


def _items(runtime: Runtime, seller: Seller, lane: Lane, number: int) -> tuple[list[Item], list[str]]:
    items: list[Item] = []
    moved: list[str] = []
    with runtime.database.transaction() as connection:
        rows = connection.execute(sql("history/planned"), {"plan_id": number}).fetchall()
        offers = [row["offer_id"] for row in rows]
        documents = cards.documents(lane, seller.renderer) if kind_of(lane).creates_cards else None
        plan.fill_desired(connection, lane, offers=offers)
        build = kind_of(lane).builder(connection, lane, offers, documents)
        for row in rows:
            # the plan's own value takes the place of what is wanted now
            planned = {name.removeprefix("to_"): value for name, value in row.items()}
            item = build(Offer(row["offer_id"], row["article"]), row, planned)
            if item is None:
                moved.append(row["article"])
            else:
                items.append(item)
        connection.rollback()
    return items, moved


def _of(runtime: Runtime, number: int) -> tuple[dict[str, Any], Seller, Lane]:
    with runtime.database.transaction() as connection:
        row = connection.execute(sql("plan/of"), {"plan_id": number}).fetchone()
    if row is None:
        raise BadInput(
            f"There is no plan {number}", hint="`marketsync history ARTICLE` names the plans of a good"
        )
    seller = runtime.seller(row["account"])
    return row, seller, seller.lane(row["channel"])


def _require_sandbox(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(f"{address!r} is no address", hint="Give the sandbox's, as http://127.0.0.1:8090/ozon")
    control = f"{parts.scheme}://{parts.netloc}/_sandbox/health"
    try:
        answer = requests.get(control, timeout=_ANSWER_SECONDS)
        sandbox = answer.ok and answer.json().get("sandbox") is True
    except (requests.RequestException, ValueError) as error:
        raise BadInput(
            f"{address} is no sandbox: {control} does not answer as one",
            hint="Start one: python -m sandbox --port 8090. A replay is never sent to a marketplace",
        ) from error
    if not sandbox:
        raise BadInput(
            f"{address} is no sandbox: {control} does not answer as one",
            hint="Start one: python -m sandbox --port 8090. A replay is never sent to a marketplace",
        )


def _line(row: dict[str, Any]) -> str:
    where = f" [{row['warehouse']}]" if row["warehouse"] else ""
    then = _value(row["to_amount"], row["to_text"], row["to_hash"])
    now = _value(row["amount"], row["text"], row["hash"])
    guard = f" ({row['guard']})" if row["guard"] else ""
    moved = f", wanted now {now}" if row["now"] == "another_value" else ""
    return f"{row['article']}{where}: {then}, was {row['state']}; now {row['now']}{guard}{moved}"


def _value(amount: Any, text: str | None, hash_: str | None) -> str:
    return str(amount) if amount is not None else text or (hash_ or "-")[:12]
