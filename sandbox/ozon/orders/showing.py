"""How a posting looks in answers: in the lists (version 4) and by number (version 3), which differ in small ways.

Source: Ozon Seller API as of October 2026. Tariffs, container, courier and loading are not played: they come as in
the documentation's examples of postings that have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import iso
from sandbox.ozon import money
from sandbox.ozon.orders.state import REQUIREMENTS, Exemplar, Line, Posting
from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Json

_COMMISSION_PERCENT = 15
_LAST_TARIFF_ENDS = "9999-12-31T23:59:59.999999900Z"


@dataclass(frozen=True)
class With:
    """What is asked for in addition."""

    analytics_data: bool = False
    barcodes: bool = False
    financial_data: bool = False
    legal_info: bool = False
    product_exemplars: bool = False
    related_postings: bool = False


def in_list(system: OzonSystem, cabinet: Cabinet, posting: Posting, wanted: With) -> Json:
    """An element of `postings` of the two v4 lists."""
    return {
        **_common(system, cabinet, posting),
        "delivery_schema": "fbs" if posting.delivery.integration == "ozon" else "rfbs",
        "customer": _customer(posting, with_email=True),
        "addressee": {"name": posting.customer.name} if posting.customer is not None else None,
        "products": [_product_in_list(system, cabinet, line) for line in posting.lines],
        "analytics_data": _analytics(cabinet, posting) if wanted.analytics_data else None,
        "barcodes": barcodes(posting) if wanted.barcodes else None,
        "financial_data": _financial(posting, _finance_in_list) if wanted.financial_data else None,
        "legal_info": _legal() if wanted.legal_info else None,
        "destination_place_id": 0,
        "destination_place_name": "",
        "is_click_and_collect": False,
        "is_presortable": False,
        "prr_option": "",
        "quantum_id": 0,
        "tariffication": _tariffication(posting),
        "volume_weight": 0.5,
    }


def by_number(system: OzonSystem, cabinet: Cabinet, posting: Posting, wanted: With) -> Json:
    """`result` of /v3/posting/fbs/get."""
    customer = posting.customer
    return {
        **_common(system, cabinet, posting),
        "additional_data": [],
        "addressee": {"name": customer.name, "phone": customer.phone, "pin": ""}
        if customer is not None
        else None,
        "customer": _customer(posting, with_email=False),
        "courier": None,
        "delivery_price": "",
        "fact_delivery_date": _moment(posting.fact_delivery_date),
        "previous_substatus": posting.previous_substatus,
        "provider_status": posting.provider_status,
        "products": [_product_by_number(system, cabinet, posting, line) for line in posting.lines],
        "analytics_data": _analytics(cabinet, posting) if wanted.analytics_data else None,
        "barcodes": barcodes(posting) if wanted.barcodes else None,
        "financial_data": _financial(posting, _finance_by_number) if wanted.financial_data else None,
        "legal_info": _legal() if wanted.legal_info else None,
        "product_exemplars": _exemplars(posting) if wanted.product_exemplars else None,
        "prr_option": {"code": "", "price": "", "currency_code": system.knobs.currency_code, "floor": ""},
        "related_postings": {"related_posting_numbers": _related(cabinet, posting)}
        if wanted.related_postings
        else None,
        "related_weight_postings": [],
        "tariffication": _tariffication_by_number(system),
    }


def by_barcode(system: OzonSystem, cabinet: Cabinet, posting: Posting) -> Json:
    """`result` of /v2/posting/fbs/get-by-barcode."""
    return {
        "posting_number": posting.posting_number,
        "order_id": posting.order_id,
        "order_number": posting.order_number,
        "status": posting.status,
        "cancel_reason_id": posting.cancelled.reason_id if posting.cancelled else 0,
        "created_at": iso(posting.created_at),
        "in_process_at": _moment(posting.in_process_at),
        "shipment_date": _moment(posting.shipment_date),
        "products": [
            {
                "sku": line.sku,
                "offer_id": article(system, cabinet, line),
                "name": line.name,
                "quantity": line.quantity,
                "price": f"{money.text(line.price)}00",
            }
            for line in posting.lines
        ],
        "barcodes": barcodes(posting),
    }


def _common(system: OzonSystem, cabinet: Cabinet, posting: Posting) -> Json:
    delivery = posting.delivery
    return {
        "posting_number": posting.posting_number,
        "order_id": posting.order_id,
        "order_number": posting.order_number,
        "parent_posting_number": posting.parent_number,
        "status": posting.status,
        "substatus": posting.substatus,
        "in_process_at": _moment(posting.in_process_at),
        "shipment_date": _moment(posting.shipment_date),
        "shipment_date_without_delay": _moment(posting.shipment_date_without_delay),
        "delivering_date": _moment(posting.delivering_date),
        "delivery_method": {
            "id": delivery.method_id,
            "name": delivery.name,
            "warehouse_id": posting.warehouse_id,
            "warehouse": cabinet.warehouses[posting.warehouse_id].name,
            "tpl_provider_id": delivery.provider_id,
            "tpl_provider": delivery.provider,
        },
        "tpl_integration_type": delivery.integration,
        "integration_type_flow": "hybrid" if delivery.integration == "hybryd" else delivery.integration,
        "tracking_number": posting.tracking_number,
        "requirements": {name: _skus(system, posting.requirements.get(name, ())) for name in REQUIREMENTS},
        "optional": {"products_with_possible_mandatory_mark": _skus(system, posting.possible_marks)},
        "cancellation": _cancellation(posting),
        "available_actions": available_actions(posting),
        "scanit": scanit(posting),
        "is_express": posting.is_express,
        "is_multibox": False,
        "multi_box_qty": 1,
        "require_blr_traceable_attrs": False,
        "pickup_code_verified_at": None,
        "container": None,
        "container_sort_type": "sort",
        "external_order": {"is_external": False, "platform_name": ""},
        "sorting_center": {"code": "", "name": ""},
        "tariffication_steps": _tariffication_steps(system, posting),
    }


def available_actions(posting: Posting) -> list[str]:
    """What the seller may do with a posting now, in Ozon's words."""
    own = posting.delivery.integration != "ozon"
    label = (
        [] if posting.delivery.integration == "non_integrated" else ["label_download", "label_download_small"]
    )
    track = ["set_track_number"] if own else []
    if posting.status == "awaiting_packaging":
        if posting.shipping:
            return ["cancel", "ship_async_in_process"]
        ship = "ship_async_retry" if posting.substatus == "ship_failed" else "ship_async"
        told = ["ship_with_additional_info"] if any(posting.requirements.values()) else []
        return ["cancel", "product_cancel", "ship", ship, *told]
    if posting.status == "awaiting_deliver":
        return ["cancel", *label, *track, *(["non_int_delivering"] if own else [])]
    if posting.status == "delivering" and own:
        last = posting.substatus == "posting_in_courier_service"
        return [*track, *([] if last else ["non_int_last_mile"]), "non_int_delivered"]
    if posting.status in ("awaiting_approve", "awaiting_registration", "acceptance_in_progress"):
        return ["cancel"]
    if posting.status == "not_accepted":
        return ["arbitration", "awaiting_delivery", "cancel"]
    return []


def scanit(posting: Posting) -> str:
    """The barcode of the label since September 2026."""
    return f"ii{posting.order_id}{posting.posting_number.rpartition('-')[2]}" if posting.shipped_at else ""


def article(system: OzonSystem, cabinet: Cabinet, line: Line) -> str:
    """The article that a posting's line shows."""
    product: Product | None = cabinet.by_id.get(line.product_id)
    if product is None or system.order_knobs.posting_article == "ordered":
        return line.offer_id
    return product.offer_id_shown


def _product_in_list(system: OzonSystem, cabinet: Cabinet, line: Line) -> Json:
    product = cabinet.by_id.get(line.product_id)
    return {
        "sku": line.sku,
        "offer_id": article(system, cabinet, line),
        "name": line.name,
        "quantity": line.quantity,
        "price": {"amount": money.text(line.price), "currency": line.currency_code},
        "weight": product.card.actual.weight / 1000 if product is not None else 0.0,
        "product_color": "",
        "imei": [],
        "is_blr_traceable": False,
        "is_marketplace_buyout": False,
    }


def _product_by_number(system: OzonSystem, cabinet: Cabinet, posting: Posting, line: Line) -> Json:
    product = cabinet.by_id.get(line.product_id)
    card = product.card.actual if product is not None else None
    return {
        "sku": line.sku,
        "offer_id": article(system, cabinet, line),
        "name": line.name,
        "quantity": line.quantity,
        "price": f"{money.text(line.price)}00",  # four decimals, as in the method's example
        "currency_code": line.currency_code,
        "dimensions": {
            "height": f"{card.height if card else 0}.00",
            "length": f"{card.depth if card else 0}.00",
            "weight": str(card.weight if card else 0),
            "width": f"{card.width if card else 0}.00",
        },
        "mandatory_mark": posting.marks_of(line.sku),
        "jw_uin": [],
        "has_imei": line.sku in posting.requirements.get("products_requiring_imei", ()),
        "is_blr_traceable": False,
        "is_marketplace_buyout": False,
        "is_weight_needed": line.sku in posting.requirements.get("products_requiring_weight", ()),
        "weight_max": 0.0,
        "weight_min": 0.0,
    }


def _skus(system: OzonSystem, skus: tuple[int, ...]) -> list[Any]:
    return list(skus) if system.order_knobs.mark_sku_type == "int" else [str(sku) for sku in skus]


def _cancellation(posting: Posting) -> Json:
    why = posting.cancelled
    return {
        "cancel_reason_id": why.reason_id if why else 0,
        "cancel_reason": why.reason if why else "",
        "cancellation_type": why.kind if why else "",
        "cancelled_after_ship": why.after_ship if why else False,
        "affect_cancellation_rating": why.affects_rating if why else False,
        "cancellation_initiator": why.initiator if why else "",
    }


def _customer(posting: Posting, *, with_email: bool) -> Json | None:
    customer = posting.customer
    if customer is None:
        return None
    return {
        "customer_id": customer.customer_id,
        "name": customer.name,
        "phone": customer.phone,
        **({"customer_email": customer.email} if with_email else {}),
        "address": {
            "address_tail": customer.address_tail,
            "city": customer.city,
            "comment": customer.comment,
            "country": customer.country,
            "district": customer.district,
            "latitude": customer.latitude,
            "longitude": customer.longitude,
            "provider_pvz_code": "",
            "pvz_code": 0,
            "region": customer.region,
            "zip_code": customer.zip_code,
        },
    }


def _analytics(cabinet: Cabinet, posting: Posting) -> Json:
    customer = posting.customer
    return {
        "city": customer.city if customer else "",
        "region": customer.region if customer else "",
        "delivery_type": "Courier" if customer else "PVZ",
        "is_premium": posting.is_premium,
        "is_legal": False,
        "payment_type_group_name": "Банковская карта",
        "warehouse_id": posting.warehouse_id,
        "warehouse": cabinet.warehouses[posting.warehouse_id].name,
        "tpl_provider_id": posting.delivery.provider_id,
        "tpl_provider": posting.delivery.provider,
        "delivery_date_begin": iso(posting.delivery_begin),
        "delivery_date_end": iso(posting.delivery_end),
        "client_delivery_date_begin": None,
        "client_delivery_date_end": None,
    }


def barcodes(posting: Posting) -> dict[str, str]:
    """The barcodes of the label of old."""
    part = posting.posting_number.rpartition("-")[2]
    return {
        "upper_barcode": f"%101%{posting.order_id}%{part}",
        "lower_barcode": f"{posting.order_id}{part:0>4}",
    }


def _legal() -> Json:
    return {"company_name": "", "inn": "", "kpp": ""}


def _financial(posting: Posting, of_line: Callable[[Line], Json]) -> Json:
    return {
        "cluster_from": "Москва, МО и Дальние регионы",
        "cluster_to": "Москва, МО и Дальние регионы",
        "products": [of_line(line) for line in posting.lines],
    }


def _finance(line: Line) -> Json:
    return {
        "product_id": line.sku,
        "quantity": line.quantity,
        "price": money.number(line.price),
        "old_price": money.number(line.price),
        "payout": 0.0,
        "total_discount_value": 0.0,
        "total_discount_percent": 0.0,
        "actions": [],
    }


def _commission(line: Line) -> float:
    return round(line.price * _COMMISSION_PERCENT / 10_000, 2)


def _finance_in_list(line: Line) -> Json:
    return {
        **_finance(line),
        "customer_price": {"amount": money.text(line.price), "currency": line.currency_code},
        "commission": {
            "amount": _commission(line),
            "percent": _COMMISSION_PERCENT,
            "currency": line.currency_code,
        },
    }


def _finance_by_number(line: Line) -> Json:
    return {
        **_finance(line),
        "customer_price": money.number(line.price),
        "customer_currency_code": line.currency_code,
        "currency_code": line.currency_code,
        "commission_amount": _commission(line),
        "commission_percent": _COMMISSION_PERCENT,
        "commissions_currency_code": line.currency_code,
    }


def _exemplars(posting: Posting) -> Json:
    def of(piece: Exemplar, kind: str) -> list[str]:
        return [mark for mark, each in piece.marks if each == kind]

    return {
        "products": [
            {
                "sku": line.sku,
                "exemplars": [
                    {
                        "exemplar_id": each.exemplar_id,
                        "mandatory_mark": next(iter(of(each, "mandatory_mark")), ""),
                        "gtd": each.gtd,
                        "is_gtd_absent": each.is_gtd_absent,
                        "rnpt": each.rnpt,
                        "is_rnpt_absent": each.is_rnpt_absent,
                        "imei": of(each, "imei"),
                        "weight": each.weight,
                    }
                    for each in posting.exemplars.get(line.sku, ())
                ],
            }
            for line in posting.lines
        ]
    }


def _related(cabinet: Cabinet, posting: Posting) -> list[str]:
    family = {*posting.children, posting.parent_number}
    parent = cabinet.postings.by_number.get(posting.parent_number)
    if parent is not None:
        family |= {*parent.children}
    return sorted(family - {"", posting.posting_number})


def _tariffication(posting: Posting) -> Json:
    return {
        "current_tariff_rate": 0.0,
        "current_tariff_type": "no_discount",
        "current_tariff_charge": None,
        "current_tariff_min_charge": None,
        "next_tariff_rate": 0.0,
        "next_tariff_type": "",
        "next_tariff_charge": None,
        "next_tariff_min_charge": None,
        "next_tariff_starts_at": _moment(posting.shipment_date),
    }


def _tariffication_by_number(system: OzonSystem) -> Json:
    return {
        "current_tariff_rate": 0.0,
        "current_tariff_type": "no_discount",
        "current_tariff_charge": "",
        "current_tariff_charge_currency_code": system.knobs.currency_code,
        "next_tariff_rate": 0.0,
        "next_tariff_type": "",
        "next_tariff_charge": "",
        "next_tariff_starts_at": None,
        "next_tariff_charge_currency_code": system.knobs.currency_code,
    }


def _tariffication_steps(system: OzonSystem, posting: Posting) -> list[Json]:
    if posting.shipment_date is None:
        return []
    currency = system.knobs.currency_code
    late = posting.shipment_date + timedelta(hours=12)
    steps = ((iso(posting.shipment_date), 0.0, "no_discount", "0"), (iso(late), 1.0, "commission", "50"))
    return [
        *(_step(deadline, rate, kind, charge, currency) for deadline, rate, kind, charge in steps),
        _step(_LAST_TARIFF_ENDS, 3.0, "commission", "150", currency),
    ]


def _step(deadline: str, rate: float, kind: str, charge: str, currency: str) -> Json:
    return {
        "min_charge": {"amount": charge, "currency": currency},
        "tariff_charge": {"amount": charge, "currency": currency},
        "tariff_deadline_at": deadline,
        "tariff_rate": rate,
        "tariff_type": kind,
    }


def _moment(moment: datetime | None) -> str | None:
    return iso(moment) if moment is not None else None
