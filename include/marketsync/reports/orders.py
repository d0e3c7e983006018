"""The sheet of orders: the marketplace, the inbox, the shop and the ERP side by side, and why they differ."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from marketsync.reports.texts import Language, Words, word

__all__ = ["ORDER_ACTIONS", "ORDER_CAUSES", "ORDER_COLORS", "explain"]

ORDER_CAUSES = {
    "marketplace:missing_here": Words("Не было у нас", "We did not have it"),
    "marketplace:missing_there": Words("Нет на площадке", "Not on the marketplace"),
    "erp:missing_in_erp": Words("1С не ответила на заказ", "The ERP did not answer"),
    "erp:refused_by_erp": Words("1С отказалась от заказа", "The ERP refused it"),
    "shop:missing_in_shop": Words("Нет на сайте", "Not in the shop"),
    "shop:unknown_in_shop": Words("На сайте есть, у нас нет", "In the shop, unknown here"),
    "shop:copies_in_shop": Words("На сайте несколько раз", "Several times in the shop"),
    "marketplace:lines_differ": Words("Состав иной, чем на площадке", "Other lines than on the marketplace"),
    "marketplace:sum_differs": Words("Сумма иная, чем на площадке", "Another sum than on the marketplace"),
    "marketplace:status_differs": Words("Статус иной, чем на площадке", "Another status than on the marketplace"),
    "marketplace:return_unknown": Words("Возврат был неизвестен", "A return was unknown"),
    "shop:lines_differ": Words("Состав на сайте иной", "Other lines in the shop"),
    "shop:sum_differs": Words("Сумма на сайте иная", "Another sum in the shop"),
    "shop:status_differs": Words("Статус на сайте иной", "Another status in the shop"),
    "marketplace:in_flight": Words("В пути с площадки", "On its way from the marketplace"),
    "shop:in_flight": Words("В пути на сайт", "On its way to the shop"),
    "erp:in_flight": Words("Ждёт ответа 1С", "Waits for the ERP's answer"),
}  # fmt: skip
"""side:cause -> its words, the one a person should look at first in front."""

ORDER_ACTIONS = {
    "marketplace:missing_here": Words(
        "Ничего: заказ взят этой сверкой. Если строки повторяются — проверить запуски __orders и push-адрес",
        "Nothing: it was taken now. If such rows come again, check the runs of __orders and the push address",
    ),
    "marketplace:missing_there": Words(
        "Площадка не знает этого заказа: push был ложным или заказ удалён. Не собирать; проверить в кабинете",
        "The marketplace does not know it: a false push, or deleted there. Do not pack it; look into the cabinet",
    ),
    "erp:missing_in_erp": Words(
        "Проверить, что 1С забирает пакеты заказов и отвечает на них; заказ предложен ещё раз",
        "Check that 1C fetches packs and answers them; the order is offered again",
    ),
    "erp:refused_by_erp": Words(
        "Исправить причину отказа («Подробности») и предложить заказ 1С снова",
        "Mend the reason (Detail) and offer the order to the ERP again",
    ),
    "shop:missing_in_shop": Words(
        "Отправлен на сайт ещё раз; если строка повторится — `marketsync shop-orders list` называет причину",
        "Put there again; if the row comes again, `marketsync shop-orders list` names the reason",
    ),
    "shop:unknown_in_shop": Words(
        "Проверить заказ в кабинете площадки; если его нет и там — отменить на сайте",
        "Look for it in the marketplace's cabinet; cancel it in the shop if it is not there either",
    ),
    "shop:copies_in_shop": Words(
        "Ведётся самый ранний; остальные отменить на сайте и стереть их внешний код",
        "The oldest counts; cancel the others in the shop and clear their external id",
    ),
    **dict.fromkeys(
        (
            "marketplace:lines_differ",
            "marketplace:sum_differs",
            "marketplace:status_differs",
            "marketplace:return_unknown",
        ),
        Words(
            "Ничего: взято с площадки этой сверкой. Если строки повторяются — проверить запуски __orders",
            "Nothing: taken from the marketplace now. If such rows come again, check the runs of __orders",
        ),
    ),
    **dict.fromkeys(
        ("shop:lines_differ", "shop:sum_differs", "shop:status_differs"),
        Words(
            "Узнать, кто меняет заказ на сайте: его ведёт площадка; наши данные отправлены ещё раз",
            "Find out who changes it in the shop: the marketplace's word counts; it is sent again",
        ),
    ),
    **dict.fromkeys(
        ("marketplace:in_flight", "shop:in_flight", "erp:in_flight"),
        Words("Ничего не делать: проверит следующая сверка", "Nothing: the next reconciliation checks it"),
    ),
}

_MISSING, _DIFFERS, _ON_ITS_WAY = "#F4B6B6", "#FFE699", "#E2EFDA"
ORDER_COLORS = {
    code: _ON_ITS_WAY if code.endswith(":in_flight") else _DIFFERS if "differ" in code else _MISSING
    for code in ORDER_CAUSES
}

_RANK = {code: place for place, code in enumerate(ORDER_CAUSES)}


def explain(frame: pd.DataFrame, language: Language) -> None:
    """Add the first cause, its words and what to do about it; the frame is changed."""
    first = [_first(causes) for causes in frame["order_causes"]]
    frame["order_cause"] = pd.Series(first, dtype=object)
    frame["order_cause_text"] = pd.Series(
        [word(ORDER_CAUSES, code, language) if code else None for code in first], dtype=object
    )
    frame["recommendation"] = pd.Series(
        [word(ORDER_ACTIONS, code, language) if code else None for code in first], dtype=object
    )
    frame["order_causes"] = pd.Series(
        [", ".join(causes) if causes else None for causes in frame["order_causes"]], dtype=object
    )


def _first(causes: Sequence[str] | None) -> str | None:
    return min(causes, key=lambda code: _RANK.get(code, len(_RANK))) if causes else None
