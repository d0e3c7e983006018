"""What people are told about orders."""

from __future__ import annotations

__all__ = [
    "burst",
    "lapsed",
    "set_aside",
    "unknown_article",
    "unknown_status",
    "wrong_quantity",
]


def unknown_article(account: str, number: str, article: str, sku: str | None) -> str:
    """An order of a good that nobody knows."""
    named = f"артикул «{article}»" + (f" (sku {sku})" if sku else "")
    return (
        f"Заказ {number} ({account}): {named} не найден среди товаров, остаток под него не отложен. "
        f"Укажите товар: python -m marketsync orders assign {account} '{article}' АРТИКУЛ_ИЛИ_КОД_1С"
    )


def wrong_quantity(account: str, number: str, article: str, quantity: int) -> str:
    """An order of no pieces, or fewer."""
    return (
        f"Заказ {number} ({account}): у строки «{article}» количество {quantity}. Строка сохранена, остаток под неё "
        "не отложен. Проверьте заказ в кабинете площадки"
    )


def unknown_status(account: str, number: str, status: str) -> str:
    """A status that nobody knew when this was written."""
    return (
        f"Заказ {number} ({account}): площадка показывает незнакомый статус «{status}». Заказ сохранён, остаток "
        "отложен. Проверьте заказ в кабинете и сообщите статус разработчикам"
    )


def set_aside(account: str, number: str | None, error: str) -> str:
    """An event that cannot be used."""
    named = f"Заказ {number}" if number else "Сообщение о заказе"
    return (
        f"{named} ({account}) не принят и отложен: {error}. Остальные заказы приняты. Когда причина устранена: "
        f"python -m marketsync orders retry {account}"
    )


def burst(account: str, pushed: int, most: int) -> str:
    """More new orders by push than can be true."""
    return (
        f"{account}: за минуту пришло {pushed} сообщений о новых заказах (предел {most}). Остаток под следующие "
        "откладывается, только когда заказ прочитан с площадки. Если заказов столько не было, адрес для сообщений "
        "известен посторонним: замените секрет"
    )


def lapsed(account: str, number: str) -> str:
    """A push told of an order that the marketplace does not show."""
    return (
        f"Заказ {number} ({account}): о нём сообщил только push, площадка его не показывает. Отложенный остаток "
        "возвращён. Если такие заказы повторяются, адрес для сообщений известен посторонним: замените секрет"
    )
