"""order2: orders are made, asked about and cancelled. Each order of a call has an answer of its own."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from sandbox.dpd.soap import Fault, as_json, text
from sandbox.dpd.state import NEW, NOT_DONE, Client, Order
from sandbox.dpd.system import DpdSystem

LONGEST_NUMBER = 20
ZONE = ZoneInfo("Europe/Moscow")
_SERVICES = frozenset({"BZP", "ECN", "ECU", "CUR", "NDY", "CSM", "PCL", "PUP", "DPI", "DPE", "MAX", "MXO"})
_VARIANTS = frozenset({"ТТ", "ТД", "ДТ", "ДД"})  # the sender's end first: terminal or door
_HOURS = re.compile(r"\d{1,2}-\d{1,2}")
_WHO = ("name", "contactFio", "contactPhone")
_WHERE = ("countryName", "city", "street")

Answer = dict[str, Any]


def create_order(system: DpdSystem, client: Client, asked: etree._Element) -> list[Answer]:
    """createOrder: all orders of a call are picked up together."""
    header = asked.find("orders/header")
    wanted = asked.findall("orders/order")
    if header is None or not wanted:
        raise Fault("bad-request", "Не заданы заказы")
    return [_create(system, client, header, order) for order in wanted]


def get_order_status(system: DpdSystem, client: Client, asked: etree._Element) -> list[Answer]:
    """getOrderStatus by the client's own numbers and the dates of pickup."""
    answers = []
    for question in asked.iterfind("orderStatus/order"):
        number, day = text(question, "orderNumberInternal"), text(question, "datePickup")
        order = _find(client, number, date.fromisoformat(day) if day else None)
        if order is not None:
            answers.append(_told(order))
        elif system.knobs.unknown_order == "OrderError":
            answers.append(_answer(number, "OrderError", "Заказ не найден"))
    if not answers and system.knobs.unknown_order == "fault":
        raise Fault("no-data-found", "Данные не найдены")
    return answers


def cancel_order(system: DpdSystem, client: Client, asked: etree._Element) -> list[Answer]:
    """cancelOrder by either number."""
    return [_cancel(system, client, one) for one in asked.iterfind("orders/cancel")]


def _create(system: DpdSystem, client: Client, header: etree._Element, asked: etree._Element) -> Answer:
    number = text(asked, "orderNumberInternal")
    day = date.fromisoformat(text(header, "datePickup"))
    there = _find(client, number, day if system.knobs.duplicate_by == "number_and_date" else None)
    if there is not None and there.status != "OrderError":
        known = there.num if system.knobs.duplicate_tells_number else None
        return _answer(number, "OrderDuplicate", "Заказ с таким номером уже существует", known)
    now = system.clock.utcnow()
    in_a_line = system.knobs.address_string == "enough"
    wrong = _wrong(header, asked, day, now.astimezone(ZONE).date(), in_a_line=in_a_line)
    if not wrong and system.random.random() < system.knobs.error_share:
        wrong = "Невозможно выполнить доставку по указанному адресу"
    if wrong:
        return _answer(number, "OrderError", wrong)
    order = Order(client.number, number, day, "OK", now, as_json(header), as_json(asked))
    client.orders.append(order)
    if system.random.random() < system.knobs.pending_share:
        order.status = "OrderPending"
        order.pending_until = now + system.scaled(system.knobs.pending_seconds)
    else:
        system.accept(order, now)
    return _told(order)


def _wrong(header: etree._Element, asked: etree._Element, day: date, today: date, *, in_a_line: bool) -> str:
    """What an order is refused for, '' where nothing is wrong."""
    if len(text(asked, "orderNumberInternal")) > LONGEST_NUMBER:
        return f"orderNumberInternal длиннее {LONGEST_NUMBER} символов"
    if day < today:
        return "Дата приёма груза (datePickup) в прошлом"
    if not _HOURS.fullmatch(text(header, "pickupTimePeriod")):
        return "Неверный интервал времени приёма (pickupTimePeriod)"
    if text(asked, "serviceCode") not in _SERVICES:
        return f"Неизвестная услуга serviceCode {text(asked, 'serviceCode')!r}"
    variant = text(asked, "serviceVariant")
    if variant not in _VARIANTS:
        return f"Неизвестный вариант доставки serviceVariant {variant!r}"
    for kind, end, element in (
        ("senderAddress", variant[0], header.find("senderAddress")),
        ("receiverAddress", variant[1], asked.find("receiverAddress")),
    ):
        wrong = _wrong_address(element, end, in_a_line=in_a_line)
        if wrong:
            return f"{kind}: {wrong}"
    places, parcels = int(text(asked, "cargoNumPack")), len(asked.findall("parcel"))
    if places < 1 or (parcels and parcels != places):
        return f"cargoNumPack {places} не равно числу посылок {parcels}"
    if float(text(asked, "cargoWeight")) <= 0:
        return "cargoWeight должен быть больше нуля"
    return "" if text(asked, "cargoCategory") else "Не задано содержимое отправки (cargoCategory)"


def _wrong_address(address: etree._Element | None, end: str, *, in_a_line: bool) -> str:
    if end == "Т" and not text(address, "terminalCode"):
        return "не задан terminalCode"
    needed = _WHO if end == "Т" or (in_a_line and text(address, "addressString")) else (*_WHO, *_WHERE)
    missing = [name for name in needed if not text(address, name)]
    return f"не задано {', '.join(missing)}" if missing else ""


def _cancel(system: DpdSystem, client: Client, asked: etree._Element) -> Answer:
    number, num = text(asked, "orderNumberInternal"), text(asked, "orderNum")
    found = [
        order
        for order in client.orders
        if order.status != "OrderError"
        and ((num and order.num == num) or (not num and order.number == number))
    ]
    if not found:
        return _answer(number, "NotFound", "Заказ не найден", num or None)
    order = found[-1]
    if order.status == "OrderCancelled":
        return _answer(order.number, "CanceledPreviously", "", order.num)
    if order.state not in (None, NEW):
        return _answer(order.number, system.knobs.cancel_after_pickup, "Заказ уже в работе", order.num)
    order.status, order.pending_until = "OrderCancelled", None
    if order.moves:
        system.move(order, NOT_DONE, system.clock.utcnow())
    return _answer(order.number, "Canceled", "", order.num)


def _find(client: Client, number: str, day: date | None) -> Order | None:
    found = [order for order in client.orders if order.number == number and day in (None, order.date)]
    return found[-1] if found else None


def _told(order: Order) -> Answer:
    return _answer(order.number, order.status, order.message, order.num)


def _answer(number: str, status: str, message: str = "", num: str | None = None) -> Answer:
    return {
        "orderNumberInternal": number,
        "orderNum": num,
        "status": status,
        "errorMessage": message or None,
    }
