"""What 1C shows to whoever runs the exchange, in Russian, or in English where MARKETSYNC_LANGUAGE is `en`."""

from __future__ import annotations

import os

__all__ = ["say", "status_name", "status_names"]

_LANGUAGE = "MARKETSYNC_LANGUAGE"

_TEXTS: dict[str, tuple[str, str]] = {
    "no_session": (
        "Сеанс обмена не найден или истёк: начните обмен заново (checkauth)",
        "There is no such session, or it is over: begin anew (checkauth)",
    ),
    "unknown_type": (
        "Неизвестный type «{value}»: нужен catalog или sale",
        "The unknown type “{value}”: catalog or sale is needed",
    ),
    "unknown_mode": (
        "Неизвестный mode «{value}» для type={kind}",
        "The unknown mode “{value}” for type={kind}",
    ),
    "no_timestamp": (
        "Для deactivate нужен timestamp из ответа checkauth",
        "deactivate needs the timestamp that checkauth answered",
    ),
    "post_wanted": ("Файл передают методом POST", "A file is sent by POST"),
    "accepted": (
        "Файл {name} принят, ждёт остальных файлов выгрузки",
        "The file {name} waits for the others",
    ),
    "waiting": ("Выгрузка принята, ждёт импорта", "The delivery waits for its import"),
    "importing": ("Идёт импорт", "The import is running"),
    "refused": ("Выгрузка не принята", "The delivery was not taken"),
    "imported": ("Импорт завершён", "Imported"),
    "impatient": (
        (
            "Импорт не закончился за {minutes} мин. Выгрузка {exchange_id} принята и будет загружена, "
            "повторять её не нужно. Сообщите администратору: проверьте DAG store__import"
        ),
        (
            "The import has not ended within {minutes} min. The delivery {exchange_id} is kept and will be imported. "
            "Tell the administrator to look at the DAG store__import"
        ),
    ),
    "documents": (
        "Документов: {documents}, отгружено: {shipped}, отменено: {cancelled}, с ошибкой: {troubles}",
        "Documents: {documents}, shipped: {shipped}, cancelled: {cancelled}, in trouble: {troubles}",
    ),
    "no_order": (
        "Заказ {number} не найден, документ пропущен",
        "There is no order {number}; the document is left out",
    ),
    "ambiguous": (
        "Заказ {number} есть в нескольких кабинетах: {accounts}. Передайте в Ид то, что получено от нас",
        "Several accounts have an order {number}: {accounts}. Give the Ид back that you got",
    ),
    "not_done": (
        "1С: заказ {number} ({account}): {error}",
        "1C: order {number} ({account}): {error}",
    ),
    "cancelled_in_1c": ("Отменено в 1С", "Cancelled in 1C"),
    "shipped_cancelled": (
        "заказ {number} отменён, а в 1С отгружен: верните товар на склад и отмените отгрузку",
        "order {number} is cancelled but shipped in 1C: take the goods back and undo the shipment",
    ),
    "needs_codes": (
        "для заказа {number} нужны данные, которых нет в файле 1С ({needs}): передайте их через ERP API или в кабинете",
        "order {number} needs what 1C's file has not ({needs}): give it by the ERP API or in the cabinet",
    ),
    "unknown_goods": (
        "в 1С нет товаров с артикулами {articles}: сопоставьте их, и заказ будет выгружен снова",
        "1C has no goods with the articles {articles}: name them, and the order comes again",
    ),
    "no_documents": (
        "В файле {name} нет XML с документами",
        "There is no XML of documents in the file {name}",
    ),
    "database": (
        "База данных marketsync недоступна, повторите обмен позже",
        "The database cannot be reached; try again later",
    ),
    "too_large": (
        "Файл больше {limit} байт: не принят. Предел задаёт erp.exchange.total_bytes в accounts.yaml",
        "The file has more than {limit} bytes: not taken. erp.exchange.total_bytes in accounts.yaml is the limit",
    ),
    "broken": ("Тело запроса оборвано, файл не принят", "The body broke off; the file was not taken"),
}


_STATUSES: dict[str, tuple[str, str]] = {
    "new": ("Новый", "New"),
    "to_assemble": ("Ожидает сборки", "To be assembled"),
    "to_ship": ("Собран, ожидает отгрузки", "Assembled, to be shipped"),
    "shipping": ("Доставляется", "On its way"),
    "delivered": ("Доставлен", "Delivered"),
    "cancelled": ("Отменён", "Cancelled"),
    "disputed": ("Спорный", "Disputed"),
    "unknown": ("Неизвестен", "Unknown"),
}


def status_name(status: str) -> str:
    """An order's status, in words."""
    russian, english = _STATUSES.get(status, (status, status))
    return english if os.environ.get(_LANGUAGE) == "en" else russian


def status_names() -> dict[str, str]:
    """All statuses with their names."""
    return {status: status_name(status) for status in _STATUSES}


def say(code: str, **data: object) -> str:
    """The text of `code` with `data` put in."""
    russian, english = _TEXTS[code]
    return (english if os.environ.get(_LANGUAGE) == "en" else russian).format(**data)
