"""POST /v2/posting/fbs/arbitration and /awaiting-delivery: postings that the sorting centre did not accept.

Source: Ozon Seller API as of October 2026.
"""

from __future__ import annotations

from sandbox.ozon.orders import flow
from sandbox.ozon.orders.errors import found, refused
from sandbox.ozon.orders.state import Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Json, Message, Repeated, Text

NUMBERS_REQUEST = Message(
    "MovePostingRequest", {"posting_number": Repeated(Text(min_length=1), min_items=1, max_items=100)}
)


def arbitrate(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Open a dispute about postings that were handed over and not scanned."""
    for posting in _all(system, cabinet, request, ("not_accepted",)):
        flow.move(system, cabinet, posting, "arbitration")
    return {"result": True}


def send_again(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Hand disputed postings over once more."""
    for posting in _all(system, cabinet, request, ("not_accepted", "arbitration")):
        flow.move(system, cabinet, posting, "awaiting_deliver")
    return {"result": True}


def _all(system: OzonSystem, cabinet: Cabinet, request: Json, statuses: tuple[str, ...]) -> list[Posting]:
    postings = [found(system, cabinet, number) for number in request["posting_number"]]
    if any(each.status not in statuses for each in postings):
        raise refused("HAS_INCORRECT_STATUS")
    return postings
