"""Orders as CommerceML documents, the way a site writes them for 1C.

What 1C keys on: Ид and Номер of the document (it remembers both, so that an order that comes again is the same
document), and a good's Ид as 1C itself gave it, with its characteristic. Names of requisites are those that a 1C-Bitrix
site writes; the marketplace's own facts have names of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from marketsync.gateway.exchange_1c.texts import status_name

__all__ = ["document_id", "orders", "statuses", "unknown_goods"]

Order = Mapping[str, Any]

_LONGEST_ID = 40  # of a document, by the schema
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FINAL = ("delivered", "cancelled")


def document_id(account: str, number: str) -> str:
    """Ид of an order: the same for ever, another for every order of every account."""
    plain = f"{account}:{number}"
    if len(plain) <= _LONGEST_ID:
        return plain
    return hashlib.sha256(plain.encode()).hexdigest()[:_LONGEST_ID]


def unknown_goods(order: Order) -> list[str]:
    """Articles of an order that no good of 1C has."""
    return [line["article"] for line in order["lines"] if not line["guid"]]


def orders(
    found: Iterable[tuple[Order, Mapping[str, str | None] | None]], version: str, now: datetime, encoding: str
) -> bytes:
    """The file of orders.

    Args:
        found: orders as packs hold them, each with its buyer where 1C may know him.
        version: of CommerceML, that 1C speaks.
        now: with the zone in which dates are written.
        encoding: what it lacks is written as a number.
    """
    return _file("".join(_document(order, buyer) for order, buyer in found), version, now, encoding)


def statuses(names: Mapping[str, str], version: str, now: datetime, encoding: str) -> bytes:
    """The file that tells which statuses orders have here."""
    rows = "".join(
        f"\t\t<Элемент>\n{_leaf(3, 'Ид', code)}{_leaf(3, 'Название', name)}\t\t</Элемент>\n"
        for code, name in names.items()
    )
    return _file(f"\t<Статусы>\n{rows}\t</Статусы>\n", version, now, encoding)


def _file(inner: str, version: str, now: datetime, encoding: str) -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<КоммерческаяИнформация ВерсияСхемы="{_text(version)}" ДатаФормирования="{now:%Y-%m-%dT%H:%M:%S}"'
        ' ФорматДаты="ДФ=yyyy-MM-dd; ДЛФ=DT" ФорматВремени="ДФ=ЧЧ:мм:сс; ДЛФ=T" РазделительДатаВремя="T"'
        ' ФорматСуммы="ЧЦ=18; ЧДЦ=2; ЧРД=." ФорматКоличества="ЧЦ=18; ЧДЦ=2; ЧРД=.">\n'
        f"{inner}</КоммерческаяИнформация>\n"
    )
    return text.encode(encoding, "xmlcharrefreplace")


def _document(order: Order, buyer: Mapping[str, str | None] | None) -> str:
    lines = order["lines"]
    whole = sum((Decimal(line["sum"] or 0) for line in lines), Decimal(0))
    made = datetime.fromisoformat(order["created_at"] or order["received_at"])
    cancelled = order["cancellation"] or {}
    comment = f"Заказ {order['number']}, кабинет {order['account']}"
    if order["ship_by_at"]:
        comment += f", отгрузить до {datetime.fromisoformat(order['ship_by_at']):%d.%m.%Y %H:%M}"
    requisites = {
        "Сайт": f"[{order['account']}] {order['account']}",
        "Номер отправления": order["number"],
        "Номер заказа на площадке": order["order_number"],
        "Способ доставки": order["delivery_method"],
        "Доставляет": "Продавец" if order["delivered_by"] == "seller" else "Площадка",
        "Склад площадки": order["warehouse"],
        "Отгрузить до": order["ship_by_at"],
        "Номер отслеживания": order["tracking_number"],
        "Отменен": _flag(order["status"] == "cancelled"),
        "Причина отмены": cancelled.get("reason"),
        "Финальный статус": _flag(order["status"] in _FINAL),
        "Статус заказа": f"[{order['status']}] {status_name(order['status'])}",
        "Статуса заказа ИД": order["status"],
        "Статус на площадке": order["status_there"],
        "Дата изменения статуса": order["changed_at"],
        "Комментарии покупателя": buyer["comment"] if buyer else None,
    }
    goods = "".join(_good(line) for line in lines)
    return (
        f"\t<Документ>\n{_leaf(2, 'Ид', document_id(order['account'], order['number']))}"
        f"{_leaf(2, 'Номер', order['number'])}{_leaf(2, 'Дата', f'{made:%Y-%m-%d}')}"
        f"{_leaf(2, 'ХозОперация', 'Заказ товара')}{_leaf(2, 'Роль', 'Продавец')}"
        f"{_leaf(2, 'Валюта', order['currency'] or 'RUB')}{_leaf(2, 'Курс', '1')}{_leaf(2, 'Сумма', f'{whole:.2f}')}"
        f"{_counterparty(order, buyer)}{_leaf(2, 'Время', f'{made:%H:%M:%S}')}{_leaf(2, 'Комментарий', comment)}"
        f"\t\t<Товары>\n{goods}\t\t</Товары>\n{_requisites(2, requisites)}\t</Документ>\n"
    )


def _counterparty(order: Order, buyer: Mapping[str, str | None] | None) -> str:
    """The marketplace, which pays; where we deliver ourselves and 1C may know it, the buyer."""
    if buyer is None:
        identity = name = order["account"]
        address = contacts = ""
    else:
        identity = document_id(order["account"], order["number"])
        name = buyer["name"] or identity
        address = (
            f"\t\t\t\t<АдресРегистрации>\n{_leaf(5, 'Представление', buyer['address'])}"
            "\t\t\t\t</АдресРегистрации>\n"
            if buyer["address"]
            else ""
        )
        known = (("ТелефонРабочий", buyer["phone"]), ("Почта", buyer["email"]))
        rows = "".join(
            f"\t\t\t\t\t<Контакт>\n{_leaf(6, 'Тип', kind)}{_leaf(6, 'Значение', value)}\t\t\t\t\t</Контакт>\n"
            for kind, value in known
            if value
        )
        contacts = f"\t\t\t\t<Контакты>\n{rows}\t\t\t\t</Контакты>\n" if rows else ""
    return (
        f"\t\t<Контрагенты>\n\t\t\t<Контрагент>\n{_leaf(4, 'Ид', identity)}{_leaf(4, 'Наименование', name)}"
        f"{_leaf(4, 'ПолноеНаименование', name)}{_leaf(4, 'Роль', 'Покупатель')}{address}{contacts}"
        "\t\t\t</Контрагент>\n\t\t</Контрагенты>\n"
    )


def _good(line: Mapping[str, Any]) -> str:
    variant = line["characteristic_guid"]
    identity = f"{line['guid']}#{variant}" if variant else line["guid"]
    article = line["current_article"] or line["article"]
    kinds = {
        "ВидНоменклатуры": "Товар",
        "ТипНоменклатуры": "Товар",
        "НомерПозицииКорзины": str(line["line"]),
        "Артикул на площадке": line["article"],
        "Код товара на площадке": line["sku"],
    }
    return (
        f"\t\t\t<Товар>\n{_leaf(4, 'Ид', identity)}{_leaf(4, 'Артикул', article)}"
        f"{_leaf(4, 'Наименование', line['name'] or article)}"
        '\t\t\t\t<БазоваяЕдиница Код="796" НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт'
        "</БазоваяЕдиница>\n"
        f"{_leaf(4, 'ЦенаЗаЕдиницу', _money(line['price']))}{_leaf(4, 'Количество', str(line['quantity']))}"
        f"{_leaf(4, 'Сумма', _money(line['sum']))}{_requisites(4, kinds)}\t\t\t</Товар>\n"
    )


def _requisites(depth: int, values: Mapping[str, str | None]) -> str:
    tabs = "\t" * depth
    rows = "".join(
        f"{tabs}\t<ЗначениеРеквизита>\n{_leaf(depth + 2, 'Наименование', name)}{_leaf(depth + 2, 'Значение', value)}"
        f"{tabs}\t</ЗначениеРеквизита>\n"
        for name, value in values.items()
        if value
    )
    return f"{tabs}<ЗначенияРеквизитов>\n{rows}{tabs}</ЗначенияРеквизитов>\n"


def _leaf(depth: int, name: str, value: str) -> str:
    return f"{chr(9) * depth}<{name}>{_text(value)}</{name}>\n"


def _text(value: str) -> str:
    return escape(_FORBIDDEN.sub("", value), {'"': "&quot;"})


def _money(value: str | None) -> str:
    return f"{Decimal(value or 0):.2f}"


def _flag(value: bool) -> str:
    return "true" if value else "false"
