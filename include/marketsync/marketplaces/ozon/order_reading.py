"""Ozon's postings and returns as the contract has them; what cannot be understood is handed over as such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marketsync.marketplaces.orders import (
    Buyer,
    Cancellation,
    Malformed,
    Posting,
    PostingLine,
    PostingStatus,
    Return,
    Scheme,
)
from marketsync.marketplaces.ozon.order_fields import (
    WrongField,
    identifier,
    moment,
    number,
    objects,
    piece_price,
    pieces,
    word,
)
from marketsync.marketplaces.ozon.order_words import cancelled_by, scheme_of, status_of

__all__ = ["posting", "postings", "returns"]

# Ozon Seller API, /v4/posting/fbs/list, requirements -> what has to be given.
_REQUIREMENTS: Mapping[str, str] = {
    "products_requiring_mandatory_mark": "mark",
    "products_requiring_gtd": "gtd",
    "products_requiring_country": "country",
    "products_requiring_rnpt": "rnpt",
    "products_requiring_jw_uin": "jw_uin",
    "products_requiring_weight": "weight",
    "products_requiring_imei": "imei",
}
_ADDRESS: Mapping[str, str] = {
    "country": "country",
    "region": "region",
    "district": "district",
    "city": "city",
    "zip_code": "postcode",
    "address_tail": "whole",
}
# Ozon Seller API, /v1/returns/list, visual.status.sys_name.
_BACK = frozenset({"ReceivedBySeller"})

# Nothing of the buyer is among these.
_KEPT = (
    "posting_number",
    "order_number",
    "status",
    "substatus",
    "in_process_at",
    "shipment_date",
    "tpl_integration_type",
)
_KEPT_OF_LINE = ("sku", "offer_id", "quantity", "price")
_KEPT_OF_RETURN = ("id", "posting_number", "type", "return_reason_name", "product", "visual")


def postings(rows: Iterable[Any]) -> list[Posting | Malformed]:
    """The rows of a page; one that is wrong does not spoil the others."""
    return [posting(row) for row in rows]


def posting(row: Any) -> Posting | Malformed:
    """One posting, of a list or by its number."""
    if not isinstance(row, Mapping):
        return Malformed(None, {"row": repr(row)[:200]}, f"нужен объект, пришло {type(row).__name__}")
    try:
        return _posting(row)
    except WrongField as error:
        known = row.get("posting_number")
        return Malformed(known if isinstance(known, str) and known else None, _kept(row), str(error))


def returns(rows: Iterable[Any]) -> list[Return | Malformed]:
    """The returns of a page."""
    found: list[Return | Malformed] = []
    for row in rows:
        try:
            found.append(_return(row))
        except (WrongField, AttributeError) as error:
            told = (
                {name: row[name] for name in _KEPT_OF_RETURN if name in row}
                if isinstance(row, Mapping)
                else {}
            )
            found.append(Malformed(None, told, str(error)))
    return found


def _posting(row: Mapping[str, Any]) -> Posting:
    status_there = word(row, "status")
    delivery = row.get("delivery_method")
    delivery = delivery if isinstance(delivery, Mapping) else {}
    products = objects(row, "products")
    # one that was split into others when it was assembled ends cancelled, with nothing left in it
    if not products and status_of(status_there) is not PostingStatus.CANCELLED:
        raise WrongField("products: у заказа нет ни одной строки")
    scheme = scheme_of(row.get("tpl_integration_type"), row.get("integration_type_flow"))
    status = status_of(status_there)
    currencies = [currency for product in products if (currency := piece_price(product)[1])]
    return Posting(
        number=word(row, "posting_number"),
        status=status,
        status_there=status_there,
        lines=tuple(_line(product) for product in products),
        order_number=identifier(row.get("order_number")),
        parent_number=identifier(row.get("parent_posting_number")),
        substatus_there=identifier(row.get("substatus")),
        scheme=scheme,
        warehouse=identifier(delivery.get("warehouse_id")),
        delivery_method=identifier(delivery.get("id")),
        currency=currencies[0] if currencies else None,
        created_at=moment(row, "in_process_at"),
        ship_by=moment(row, "shipment_date"),
        tracking_number=identifier(row.get("tracking_number")),
        cancellation=_cancellation(row) if status is PostingStatus.CANCELLED else None,
        requirements=_requirements(row),
        actions=tuple(sorted(str(action) for action in row.get("available_actions") or ())),
        buyer=_buyer(row) if scheme is Scheme.SELLER else None,
    )


def _line(row: Mapping[str, Any]) -> PostingLine:
    price, _ = piece_price(row)
    return PostingLine(
        article=str(row.get("offer_id") or ""),
        sku=identifier(row.get("sku")),
        name=identifier(row.get("name")),
        quantity=pieces(row),
        price=price,
    )


def _cancellation(row: Mapping[str, Any]) -> Cancellation:
    told = row.get("cancellation")
    told = told if isinstance(told, Mapping) else {}
    return Cancellation(
        code=identifier(told.get("cancel_reason_id")),
        reason=str(told.get("cancel_reason") or "") or None,
        by=cancelled_by(str(told.get("cancellation_type") or "")),
        after_shipping=bool(told.get("cancelled_after_ship")),
    )


def _requirements(row: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    told = row.get("requirements")
    told = told if isinstance(told, Mapping) else {}
    return {
        name: tuple(sorted(str(sku) for sku in skus))
        for field, name in _REQUIREMENTS.items()
        if (skus := told.get(field))
    }


def _buyer(row: Mapping[str, Any]) -> Buyer | None:
    customer, addressee = row.get("customer"), row.get("addressee")
    person = customer if isinstance(customer, Mapping) else {}
    receives = addressee if isinstance(addressee, Mapping) else {}
    if not person and not receives:
        return None
    address = person.get("address")
    address = address if isinstance(address, Mapping) else {}
    return Buyer(
        name=_text(receives.get("name")) or _text(person.get("name")),
        phone=_text(receives.get("phone")) or _text(person.get("phone")),
        email=_text(person.get("customer_email")),
        address={ours: text for theirs, ours in _ADDRESS.items() if (text := _text(address.get(theirs)))},
        comment=_text(address.get("comment")),
    )


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _return(row: Mapping[str, Any]) -> Return:
    product = row.get("product")
    product = product if isinstance(product, Mapping) else {}
    visual = row.get("visual")
    visual = visual if isinstance(visual, Mapping) else {}
    status = visual.get("status")
    status = status if isinstance(status, Mapping) else {}
    shown = _text(status.get("sys_name"))
    return Return(
        external_id=number(row, "id"),
        number=word(row, "posting_number"),
        article=_text(product.get("offer_id")),
        sku=identifier(product.get("sku")),
        quantity=pieces(product),
        kind=str(row.get("type") or "Unknown"),
        status_there=shown,
        reason=_text(row.get("return_reason_name")),
        moved_at=moment(visual, "change_moment"),
        received=shown in _BACK,
    )


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    products = row.get("products")
    lines: Sequence[Any] = products if isinstance(products, list) else ()
    return {
        **{name: row[name] for name in _KEPT if name in row},
        "products": [
            {name: line[name] for name in _KEPT_OF_LINE if name in line}
            for line in lines
            if isinstance(line, Mapping)
        ],
    }
