"""Marking codes, customs declarations and weights of single pieces: told as a whole, then checked by Ozon.

Source: Ozon Seller API, /v6/fbs/posting/product/exemplar/create-or-get, .../set and /v5/.../status.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketsync.http.client import ApiClient
from marketsync.marketplaces.orders import Deed, DeedResult, MarkingCode

__all__ = ["tell"]

_PIECES = "/v6/fbs/posting/product/exemplar/create-or-get"
_SET = "/v6/fbs/posting/product/exemplar/set"
_STATUS = "/v5/fbs/posting/product/exemplar/status"
_COUNTRY = "/v2/posting/fbs/product/country/set"

_MANDATORY, _IMEI = "mandatory_mark", "imei"
_PASSED = frozenset({"ship_available", "update_available"})
_CHECKING = "validation_in_process"
_LOOK_AGAIN = 5.0  # ours: seconds until the check is looked at again

Piece = dict[str, Any]


def tell(client: ApiClient, number: str, marks: Sequence[MarkingCode]) -> DeedResult:
    """Tell what is not told yet, then look what Ozon's check says.

    LATER while it checks; REFUSED with each piece that fails and why. Telling the same once more does no harm.
    """
    found = client.post(_PIECES, {"posting_number": number})
    known = found.get("products") or ()
    told = _in_full(known, marks)
    missing = list(_missing(known, told))
    if missing:
        return DeedResult(Deed.REFUSED, "", f"не хватает данных о штуках: {'; '.join(missing)}")
    if _differs(known, told):
        return _set(client, found, told, marks)
    checked = client.post(_STATUS, {"posting_number": number})
    result = _of_check(checked)
    if result is None:  # Ozon did not get round to checking them: they are told once more
        return _set(client, found, told, marks)
    return result


def _set(
    client: ApiClient, found: Mapping[str, Any], told: Sequence[Piece], marks: Sequence[MarkingCode]
) -> DeedResult:
    number = found["posting_number"]
    for sku, country in {mark.sku: mark.country for mark in marks if mark.country}.items():
        client.post(
            _COUNTRY,
            {"posting_number": number, "product_id": int(sku), "country_iso_code": country},
            write=True,
            items=1,
        )
    client.document(  # the answer has no body
        _SET,
        {
            "multi_box_qty": int(found.get("multi_box_qty") or 0),
            "posting_number": number,
            "products": list(told),
        },
        write=True,
        items=sum(len(product["exemplars"]) for product in told),
    )
    return DeedResult(Deed.LATER, "", "коды маркировки переданы, проверяются", again_after=_LOOK_AGAIN)


def _in_full(known: Sequence[Mapping[str, Any]], marks: Sequence[MarkingCode]) -> list[Piece]:
    """All products with all that is told of their pieces: the set method replaces everything."""
    by_sku: dict[str, list[MarkingCode]] = defaultdict(list)
    for mark in marks:
        by_sku[mark.sku].append(mark)
    products = []
    for product in known:
        given = iter(by_sku.get(str(product["product_id"]), ()))
        pieces = [_piece(piece, next(given, None), product) for piece in product.get("exemplars") or ()]
        products.append({"product_id": product["product_id"], "exemplars": pieces})
    return products


def _piece(known: Mapping[str, Any], given: MarkingCode | None, product: Mapping[str, Any]) -> Piece:
    gtd = (given.gtd if given else None) or known.get("gtd") or ""
    marks = {mark["mark_type"]: mark["mark"] for mark in known.get("marks") or () if mark.get("mark")}
    if given and given.mark:
        marks[_MANDATORY] = given.mark
    if given and given.imei:
        marks[_IMEI] = given.imei
    told: Piece = {
        "exemplar_id": known["exemplar_id"],
        "gtd": gtd,
        "is_gtd_absent": not gtd,
        "rnpt": known.get("rnpt") or "",
        "is_rnpt_absent": not known.get("rnpt"),
        "marks": [{"mark": mark, "mark_type": kind} for kind, mark in sorted(marks.items())],
    }
    weight = (given.weight if given else None) or known.get("weight")
    if weight and product.get("is_weight_needed"):
        told["weight"] = float(weight)
    return told


def _missing(known: Sequence[Mapping[str, Any]], told: Sequence[Piece]) -> Iterator[str]:
    """What Ozon needs of a piece and nobody told."""
    for product, full in zip(known, told, strict=True):
        for place, piece in enumerate(full["exemplars"], start=1):
            kinds = {mark["mark_type"] for mark in piece["marks"]}
            if product.get("is_mandatory_mark_needed") and _MANDATORY not in kinds:
                yield f"товар {product['product_id']}, штука {place}: нет кода маркировки"
            if product.get("is_weight_needed") and not piece.get("weight"):
                yield f"товар {product['product_id']}, штука {place}: нет веса"


def _differs(known: Sequence[Mapping[str, Any]], told: Sequence[Piece]) -> bool:
    """Whether anything is news to Ozon; that a declaration is absent is only where one is needed."""
    for product, full in zip(known, told, strict=True):
        for there, piece in zip(product.get("exemplars") or (), full["exemplars"], strict=True):
            codes = {
                (mark["mark_type"], mark["mark"]) for mark in there.get("marks") or () if mark.get("mark")
            }
            same = (
                codes == {(mark["mark_type"], mark["mark"]) for mark in piece["marks"]}
                and (there.get("gtd") or "") == piece["gtd"]
                and (there.get("weight") or None) == (piece.get("weight") or there.get("weight") or None)
                and (there.get("is_gtd_absent") or piece["gtd"] or not product.get("is_gtd_needed"))
            )
            if not same:
                return True
    return False


def _of_check(answer: Mapping[str, Any]) -> DeedResult | None:
    """What the check says; None where it could not be made."""
    status = str(answer.get("status") or "")
    failed, unchecked, checking = [], False, status == _CHECKING
    for product in answer.get("products") or ():
        for place, piece in enumerate(product.get("exemplars") or (), start=1):
            where = f"товар {product.get('product_id')}, штука {place}"
            for mark in piece.get("marks") or ():
                errors = mark.get("error_codes") or ()
                checking |= mark.get("check_status") == "processing"
                if errors:
                    failed.append(f"{where}: код {mark.get('mark')}: {', '.join(errors)}")
                elif mark.get("check_status") == "failed":
                    unchecked = True
            for name in ("gtd", "rnpt", "weight"):
                errors = piece.get(f"{name}_error_codes") or ()
                if errors:
                    failed.append(f"{where}: {name}: {', '.join(errors)}")
    if failed:
        return DeedResult(Deed.REFUSED, status, f"не прошли проверку: {'; '.join(failed)}")
    if status in _PASSED:
        return DeedResult(Deed.DONE)
    if checking:
        return DeedResult(Deed.LATER, status, "коды маркировки проверяются", again_after=_LOOK_AGAIN)
    if unchecked:
        return None
    return DeedResult(Deed.REFUSED, status, "Ozon не разрешает сборку и не называет причину")
