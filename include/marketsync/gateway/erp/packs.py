"""Packs of orders: fetched, waited for, answered."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.erp import buyers
from marketsync.gateway.erp.once import Connection, Done, answered, do_once
from marketsync.gateway.erp.shapes import Pack, PackAnswer, PackAnswered
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.orders import packs
from marketsync.orders.documents import moment
from marketsync.orders.keys import Key, Scope
from marketsync.reports.texts import Words

__all__ = ["CONSUMER", "router"]

_log = structlog.get_logger(__name__)

CONSUMER = "erp"
_LONGEST_WAIT = 25  # seconds: 1C's clients give up after 30
_LOOK_SECONDS = 5.0  # between two looks while waiting, should a notification be lost
_MOST_WAITING = 64  # more are answered at once

_UNKNOWN_PACK = Words("Такого пакета нет", "There is no such pack")
_TROUBLES = {
    packs.Trouble.NOT_IN_PACK: (
        422,
        Words("Заказа {number} в этом пакете нет", "The order {number} is not in this pack"),
    ),
    packs.Trouble.AMBIGUOUS: (
        422,
        Words(
            "Заказов {number} в пакете несколько: укажите account",
            "Several orders {number}: give their account",
        ),
    ),
    packs.Trouble.TWICE: (
        422,
        Words("На заказ {number} два ответа", "There are two answers to the order {number}"),
    ),
    packs.Trouble.CONTRADICTION: (
        409,
        Words("На заказ {number} уже ответили иначе", "The order {number} was answered otherwise before"),
    ),
}


def router(surroundings: Surroundings, door: Doorkeeper) -> APIRouter:
    """The routes below /erp/v1/orders/pack."""
    routes = APIRouter(tags=["packs"])
    needs: Any = Depends(door.needs(Scope.ORDERS))  # a default: annotations are read where no closure is seen

    def look(key: Key) -> dict[str, Any] | None:
        accounts = surroundings.accounts
        now = surroundings.clock.now()
        with surroundings.database.transaction() as connection:
            pack = packs.next_pack(connection, CONSUMER, accounts.erp.pack_size, now, surroundings.zone)
            if pack is None:
                return None
            known = buyers.of(connection, [order.posting_id for order in pack.orders], key)
            return {
                "number": str(pack.pack_id),
                "made_at": moment(pack.made_at, surroundings.zone),
                "items": [{**order.content, "buyer": known.get(order.posting_id)} for order in pack.orders],
            }

    @routes.get("/orders/pack", response_model=Pack)
    async def fetch_pack(
        wait: Annotated[
            int, Query(ge=0, le=_LONGEST_WAIT, description="seconds to wait until there is something")
        ] = 0,
        key: Key = needs,
    ) -> Response:
        """The pack of new and changed orders that waits for its answer.

        Until each of its orders is answered it comes again, the same.
        """
        found = await run_in_threadpool(look, key)
        bell = surroundings.bell
        if found is None and wait and bell.waiting < _MOST_WAITING:
            clock = surroundings.clock
            ends = clock.monotonic() + wait
            async with bell.heard():
                while found is None and (left := ends - clock.monotonic()) > 0:
                    rung = bell.armed()
                    found = await run_in_threadpool(look, key)
                    if found is None:
                        await _either(rung, min(left, _LOOK_SECONDS))
        return answered(200, found or {"number": None, "made_at": None, "items": []})

    @routes.post("/orders/pack/{number}/answer", response_model=PackAnswered)
    def answer_pack(
        number: Annotated[int, Path(ge=1, lt=2**63)],
        body: PackAnswer,
        request: Request,
        key: Key = needs,
    ) -> Response:
        """Answers to orders of a pack: all of them are taken, or none.

        The same answer again changes nothing; another answer than before is refused.
        """
        answers = [
            packs.Answer(
                number=item.number,
                outcome=packs.Outcome(item.result),
                account=item.account,
                reference=item.reference,
                document_number=item.document_number,
                reason=item.reason,
            )
            for item in body.items
        ]

        def work(connection: Connection) -> Done:
            try:
                rows = packs.answer(connection, CONSUMER, number, answers, surroundings.clock.now())
            except packs.AnswerRefused as refused:
                raise _problem(refused) from refused
            return 200, _answered(surroundings, number, rows)

        return do_once(surroundings, request, key, work)

    return routes


async def _either(rung: asyncio.Event, seconds: float) -> None:
    """Wait for the ring, or so long."""
    try:
        await asyncio.wait_for(rung.wait(), seconds)
    except TimeoutError:
        return


def _problem(refused: packs.AnswerRefused) -> Problem:
    if refused.trouble is packs.Trouble.UNKNOWN_PACK:
        return Problem(404, refused.trouble, _UNKNOWN_PACK)
    status, words = _TROUBLES[refused.trouble]
    told = Words(words.ru.format(number=refused.number), words.en.format(number=refused.number))
    return Problem(status, refused.trouble, told, field=f"items.{refused.place}.number")


def _answered(surroundings: Surroundings, number: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    zone = surroundings.zone
    return {
        "number": str(number),
        "closed": all(row["state"] != "open" for row in rows),
        "items": [
            {
                "number": row["number"],
                "account": row["account"],
                "result": None if row["state"] == "open" else row["state"],
                "reference": row["reference"],
                "document_number": row["document_number"],
                "reason": row["reason"],
                "answered_at": moment(row["answered_at"], zone),
            }
            for row in rows
        ],
    }
