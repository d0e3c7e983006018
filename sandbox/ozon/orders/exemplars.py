"""What has to be told of each piece before a posting is assembled: marking codes, customs declarations and the like.

POST /v6/fbs/posting/product/exemplar/create-or-get, /v6/.../set, /v5/.../status, /v5/.../validate,
/v1/.../update, /v2/posting/fbs/product/country/set and /list. Source: Ozon Seller API as of October 2026.
`set` is only taken at first: the marks are checked for a while, and may fail. The codes of failures are invented.
"""

from __future__ import annotations

from typing import Any

from sandbox.exchange import Answer
from sandbox.ozon.errors import bad_request
from sandbox.ozon.orders import flow
from sandbox.ozon.orders.errors import found, refused
from sandbox.ozon.orders.state import Exemplar, Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Field, Flag, Integer, Json, Message, Number, Repeated, Text

MARK_TYPES = ("mandatory_mark", "jw_uin", "imei")
# What a code of «Честный ЗНАК» at least has: (01), a GTIN of 14 digits, (21) and a serial number.
_SHORTEST_MARK = 20
INVALID_MARK = "INVALID_MARK"
MARK_NOT_IN_CIRCULATION = "MARK_NOT_IN_CIRCULATION"

COUNTRIES = {"CN": "Китай", "RU": "Россия", "TR": "Турция", "BY": "Беларусь", "DE": "Германия", "DZ": "Алжир"}

NUMBER_REQUEST = Message("FbsPostingProductExemplarRequest", {"posting_number": Text(min_length=1)})
_MARKS = Repeated(
    Message("FbsPostingProductExemplarMark", {"mark": Text(), "mark_type": Text(choices=MARK_TYPES)})
)
_TOLD: dict[str, Field] = {"gtd": Text(), "rnpt": Text(), "weight": Number(), "marks": _MARKS}
SET_REQUEST = Message(
    "FbsPostingProductExemplarSetV6Request",
    {
        "posting_number": Text(min_length=1),
        "multi_box_qty": Integer(kind="int32"),
        "products": Repeated(
            Message(
                "FbsPostingProductExemplarSetV6Request_Product",
                {
                    "product_id": Integer(above=0),
                    "exemplars": Repeated(
                        Message(
                            "FbsPostingProductExemplarSetV6Request_Exemplar",
                            {
                                "exemplar_id": Integer(above=0),
                                "is_gtd_absent": Flag(),
                                "is_rnpt_absent": Flag(),
                                **_TOLD,
                            },
                        ),
                        min_items=1,
                    ),
                },
            ),
            min_items=1,
        ),
    },
)
VALIDATE_REQUEST = Message(
    "FbsPostingProductExemplarValidateV5Request",
    {
        "posting_number": Text(min_length=1),
        "products": Repeated(
            Message(
                "FbsPostingProductExemplarValidateV5Request_Product",
                {
                    "product_id": Integer(above=0),
                    "exemplars": Repeated(
                        Message("FbsPostingProductExemplarValidateV5Request_Exemplar", _TOLD), min_items=1
                    ),
                },
            ),
            min_items=1,
        ),
    },
)
COUNTRY_LIST_REQUEST = Message("ProductCountryListRequest", {"name_search": Text()})
COUNTRY_SET_REQUEST = Message(
    "ProductCountrySetRequest",
    {
        "posting_number": Text(min_length=1),
        "product_id": Integer(above=0),
        "country_iso_code": Text(min_length=2, max_length=2),
    },
)


def create_or_get(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The pieces of a posting with their ids, which are made on first use, and what is known of each."""
    posting = found(system, cabinet, request["posting_number"])
    return {
        "posting_number": posting.posting_number,
        "multi_box_qty": 1,
        "products": [
            {
                "product_id": sku,
                "quantity": len(pieces),
                "exemplars": [_told(each) for each in pieces],
                "is_gtd_needed": _needs(posting, "gtd", sku),
                "is_rnpt_needed": _needs(posting, "rnpt", sku),
                "is_jw_uin_needed": _needs(posting, "jw_uin", sku),
                "is_mandatory_mark_needed": _needs(posting, "mandatory_mark", sku),
                "is_mandatory_mark_possible": sku in posting.possible_marks
                or _needs(posting, "mandatory_mark", sku),
                "is_weight_needed": _needs(posting, "weight", sku),
                "has_imei": _needs(posting, "imei", sku),
                "weight_min": 0.0,
                "weight_max": 0.0,
            }
            for sku, pieces in pieces_of(system, posting).items()
        ],
    }


def set_exemplars(system: OzonSystem, cabinet: Cabinet, request: Json) -> Answer:
    """Take the data of all pieces; what was told before and is missing now is forgotten."""
    posting = found(system, cabinet, request["posting_number"])
    if posting.status != "awaiting_packaging" or posting.shipping:
        raise refused("Posting must have 'awaiting_packaging' status")
    pieces = pieces_of(system, posting)
    known = {each.exemplar_id: (sku, each) for sku, group in pieces.items() for each in group}
    told: dict[int, Json] = {}
    for product in request["products"]:
        sku = product["product_id"]
        if sku not in pieces:
            raise refused("UNKNOWN_PRODUCT_DEFINED")
        for given in product["exemplars"]:
            if known.get(given["exemplar_id"], (0, None))[0] != sku:
                raise refused(f"{given['exemplar_id']} does not belong to product {sku}")
            if given["marks"] and not _marked(posting, sku):
                raise refused("MANDATORY_MARK_REDUNDANT")
            told[given["exemplar_id"]] = given
    moment = system.clock.monotonic() + system.delay(system.order_knobs.mark_check_seconds)
    for number, (_, each) in known.items():
        _keep(system, each, told.get(number, {}), moment)
    body = "" if system.order_knobs.exemplar_set_body == "empty" else {}
    return Answer(200, body, items=len(told))


def status(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """How far the checks of the pieces are, and whether the posting can be assembled."""
    posting = found(system, cabinet, request["posting_number"])
    now = system.clock.monotonic()
    pieces = pieces_of(system, posting)
    return {
        "posting_number": posting.posting_number,
        "products": [
            {"product_id": sku, "exemplars": [_checked(each, now) for each in group]}
            for sku, group in pieces.items()
        ],
        "status": _status(system, posting, now),
    }


def validate(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Whether codes look like codes, without keeping them."""
    posting = found(system, cabinet, request["posting_number"])
    skus = {line.sku for line in posting.lines}
    products = []
    for product in request["products"]:
        exemplars = [_validated(each) for each in product["exemplars"]]
        error = "" if product["product_id"] in skus else "UNKNOWN_PRODUCT_DEFINED"
        valid = not error and all(each["valid"] for each in exemplars)
        products.append(
            {
                "product_id": product["product_id"],
                "exemplars": exemplars,
                "valid": valid,
                "error": error,
            }
        )
    return {"products": products}


def update(system: OzonSystem, cabinet: Cabinet, request: Json) -> Answer:
    """Keep what was changed of the pieces after the posting was assembled."""
    posting = found(system, cabinet, request["posting_number"])
    if posting.status != "awaiting_deliver":
        raise refused("HAS_INCORRECT_STATUS")
    return Answer(200, "" if system.order_knobs.exemplar_set_body == "empty" else {})


def country_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Countries of manufacture by a part of their names."""
    wanted = request["name_search"].lower()
    return {
        "result": [
            {"name": name, "country_iso_code": code}
            for code, name in COUNTRIES.items()
            if wanted in name.lower()
        ]
    }


def set_country(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Say in which country a product of a posting was made; `product_id` is the SKU, as in all methods of postings."""
    posting = found(system, cabinet, request["posting_number"])
    sku = request["product_id"]
    if sku not in {line.sku for line in posting.lines}:
        raise refused("UNKNOWN_PRODUCT_DEFINED")
    if request["country_iso_code"] not in COUNTRIES:
        raise bad_request(f"country {request['country_iso_code']} is not in the list")
    posting.countries[sku] = request["country_iso_code"]
    return {"product_id": sku, "is_gtd_needed": _needs(posting, "gtd", sku)}


def pieces_of(system: OzonSystem, posting: Posting) -> dict[int, list[Exemplar]]:
    """The pieces of a posting by SKU; missing ones are made, those that the posting lost are forgotten."""
    for line in posting.lines:
        group = posting.exemplars.setdefault(line.sku, [])
        wanted = posting.quantity_of(line.sku)
        while len(group) < wanted:
            group.append(Exemplar(next(system.exemplar_ids)))
        del group[wanted:]
    return {line.sku: posting.exemplars[line.sku] for line in posting.lines}


def incomplete(system: OzonSystem, posting: Posting) -> bool:
    """Whether a requirement of a posting is not met yet."""
    if not any(posting.requirements.values()):
        return False
    return _status(system, posting, system.clock.monotonic()) != "ship_available"


def _needs(posting: Posting, name: str, sku: int) -> bool:
    return sku in posting.requirements.get(f"products_requiring_{name}", ())


def _marked(posting: Posting, sku: int) -> bool:
    marks = any(_needs(posting, name, sku) for name in MARK_TYPES)
    return marks or sku in posting.possible_marks


def _keep(system: OzonSystem, piece: Exemplar, given: Json, moment: float) -> None:
    piece.gtd = given.get("gtd", "")
    piece.rnpt = given.get("rnpt", "")
    piece.weight = given.get("weight", 0.0)
    piece.is_gtd_absent = bool(given.get("is_gtd_absent"))
    piece.is_rnpt_absent = bool(given.get("is_rnpt_absent"))
    piece.marks = tuple((each["mark"], each["mark_type"] or MARK_TYPES[0]) for each in given.get("marks", []))
    piece.checked_from = moment
    share = system.order_knobs.mark_failed_share
    piece.mark_errors = tuple(
        _mark_error(mark, kind)
        or (MARK_NOT_IN_CIRCULATION if share and system.random.random() < share else "")
        for mark, kind in piece.marks
    )


def _mark_error(mark: str, kind: str) -> str:
    if kind != "mandatory_mark":
        return "" if mark.strip() else INVALID_MARK
    return "" if mark.startswith("01") and len(mark) >= _SHORTEST_MARK else INVALID_MARK


def _told(piece: Exemplar) -> Json:
    return {
        "exemplar_id": piece.exemplar_id,
        "gtd": piece.gtd,
        "is_gtd_absent": piece.is_gtd_absent,
        "rnpt": piece.rnpt,
        "is_rnpt_absent": piece.is_rnpt_absent,
        "weight": piece.weight,
        "marks": [{"mark": mark, "mark_type": kind} for mark, kind in piece.marks],
    }


def _checked(piece: Exemplar, now: float) -> Json:
    checking = now < piece.checked_from

    def of(value: Any) -> str:
        return "" if not value else "processing" if checking else "passed"

    return {
        **_told(piece),
        "gtd_check_status": of(piece.gtd),
        "gtd_error_codes": [],
        "rnpt_check_status": of(piece.rnpt),
        "rnpt_error_codes": [],
        "weight_check_status": of(piece.weight),
        "weight_error_codes": [],
        "marks": [
            {
                "mark": mark,
                "mark_type": kind,
                "check_status": "processing" if checking else "failed" if error else "passed",
                "error_codes": [error] if error and not checking else [],
            }
            for (mark, kind), error in zip(piece.marks, piece.mark_errors, strict=True)
        ],
    }


def _status(system: OzonSystem, posting: Posting, now: float) -> str:
    pieces = pieces_of(system, posting)
    if posting.status in flow.AFTER_ASSEMBLY:
        return "update_available" if posting.status == "awaiting_deliver" else "update_not_available"
    if any(now < each.checked_from for group in pieces.values() for each in group):
        return "validation_in_process"
    marks = [mark for group in pieces.values() for each in group for mark, _ in each.marks]
    complete = (
        posting.status == "awaiting_packaging"
        and len(marks) == len(set(marks))
        and all(_complete(posting, sku, each) for sku, group in pieces.items() for each in group)
    )
    return "ship_available" if complete else "ship_not_available"


def _complete(posting: Posting, sku: int, piece: Exemplar) -> bool:
    if any(piece.mark_errors):
        return False
    kinds = {kind for _, kind in piece.marks}
    return (
        all(kind in kinds for kind in MARK_TYPES if _needs(posting, kind, sku))
        and (not _needs(posting, "gtd", sku) or bool(piece.gtd) or piece.is_gtd_absent)
        and (not _needs(posting, "rnpt", sku) or bool(piece.rnpt) or piece.is_rnpt_absent)
        and (not _needs(posting, "weight", sku) or piece.weight > 0)
        and (not _needs(posting, "country", sku) or sku in posting.countries)
        and (not _needs(posting, "change_country", sku) or sku in posting.countries)
    )


def _validated(given: Json) -> Json:
    marks = [
        {
            "mark": each["mark"],
            "mark_type": each["mark_type"] or MARK_TYPES[0],
            "valid": not (error := _mark_error(each["mark"], each["mark_type"] or MARK_TYPES[0])),
            "errors": [error] if error else [],
        }
        for each in given["marks"]
    ]
    return {
        "gtd": given["gtd"],
        "rnpt": given["rnpt"],
        "weight": given["weight"],
        "marks": marks,
        "valid": all(each["valid"] for each in marks),
        "errors": [],
    }
