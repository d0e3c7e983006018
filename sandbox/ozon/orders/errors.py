"""How the methods of postings refuse: Ozon's own word as the whole message.

Source: Ozon Seller API, the list of errors. It gives words only; the HTTP status is a knob (`error_status`).
"""

from __future__ import annotations

from sandbox.ozon.errors import INVALID_ARGUMENT, NOT_FOUND, Refusal
from sandbox.ozon.orders.state import Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem

POSTING_NOT_FOUND = "POSTING_NOT_FOUND"


def refused(word: str) -> Refusal:
    """A refusal with one of Ozon's words."""
    return Refusal(400, INVALID_ARGUMENT, word)


def found(system: OzonSystem, cabinet: Cabinet, number: str) -> Posting:
    """The posting of a number. Raises Refusal."""
    posting = cabinet.postings.find(number, system.clock.monotonic())
    if posting is None:
        if system.order_knobs.error_status == "always_400":
            raise refused(POSTING_NOT_FOUND)
        raise Refusal(404, NOT_FOUND, POSTING_NOT_FOUND)
    return posting
