"""POST /v1/posting/fbs/restrictions and /v1/posting/fbs/split: what fits together, and parting what does not.

Source: Ozon Seller API as of October 2026; the limits of the points of acceptance are those of its example, but for
the weight (knob).
"""

from __future__ import annotations

from collections import Counter

from sandbox.ozon.orders.errors import found, refused
from sandbox.ozon.orders.shipping import next_number, split_off
from sandbox.ozon.orders.state import Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Integer, Json, Message, Repeated, Text

RESTRICTIONS_REQUEST = Message("GetRestrictionsRequest", {"posting_number": Text(min_length=1)})
SPLIT_REQUEST = Message(
    "PostingFbsSplitRequest",
    {
        "posting_number": Text(min_length=1),
        "postings": Repeated(
            Message(
                "PostingFbsSplitRequest_Posting",
                {
                    "products": Repeated(
                        Message(
                            "PostingFbsSplitRequest_Product",
                            {"product_id": Integer(above=0), "quantity": Integer(above=0)},
                        ),
                        min_items=1,
                    )
                },
            ),
            min_items=1,
        ),
    },
)


def restrictions(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """What the posting's point of acceptance takes: grams, centimetres, roubles."""
    posting = found(system, cabinet, request["posting_number"])
    return {
        "result": {
            "posting_number": posting.posting_number,
            "max_posting_weight": float(system.order_knobs.posting_max_weight_grams),
            "min_posting_weight": 0.0,
            "width": 500.0,
            "height": 500.0,
            "length": 500.0,
            "max_posting_price": 500_000.0,
            "min_posting_price": 0.0,
        }
    }


def split(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Part a posting that is not assembled yet; what is not named stays in it."""
    posting = found(system, cabinet, request["posting_number"])
    if posting.status != "awaiting_packaging" or posting.shipping:
        raise refused("HAS_INCORRECT_STATUS")
    parts = [_counted(each["products"]) for each in request["postings"]]
    whole = Counter({line.sku: posting.quantity_of(line.sku) for line in posting.lines})
    wanted = sum(parts, Counter())
    if not wanted < whole:
        raise refused("HAS_INCORRECT_PRODUCT_QUANTITY")
    made = [split_off(system, cabinet, posting, part, next_number(cabinet, posting)) for part in parts]
    return {"parent_posting": _shown(posting), "postings": [_shown(each) for each in made]}


def _counted(products: list[Json]) -> Counter[int]:
    counted: Counter[int] = Counter()
    for each in products:
        counted[each["product_id"]] += each["quantity"]
    return counted


def _shown(posting: Posting) -> Json:
    return {
        "posting_number": posting.posting_number,
        "products": [{"product_id": line.sku, "quantity": line.quantity} for line in posting.lines],
    }
