"""The engine's words for people, in Russian; reports translate by the code that stands beside each of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

__all__ = [
    "action_ambiguous",
    "action_frozen",
    "action_over",
    "action_twice",
    "action_unknown",
    "action_upcoming",
    "adopt_first",
    "cannot_rename",
    "exists_there",
    "kept_out_of_promotion",
    "not_adopted",
    "price_type_unknown",
    "stock_not_zero",
    "unlistable",
    "wrong_currency",
]

_DAY = "%d.%m.%Y %H:%M UTC"


def wrong_currency(currency: str) -> str:
    """A message with one %s for the currency that was found."""
    return f"Цена в валюте %s, а кабинет ведётся в {currency}: исправьте валюту цены в 1С"


def unlistable() -> dict[str, str]:
    """Why a marked good cannot become an offer; one %s for its article."""
    return {
        "adoption_conflict": "В кабинете есть карточка, похожая на этот товар: решите в книге приёма кабинета "
        "(лист «Конфликты»), его ли она; до решения новая карточка не создаётся",
        "no_article": "У товара нет артикула: заполните артикул в 1С",
        "duplicate_article": "Артикул «%s» есть у нескольких товаров: дайте каждому свой артикул в 1С",
        "article_busy": "Артикул «%s» пока у карточки другого товара: обмен создаст карточку, как только "
        "переименует ту по 1С",
    }


def cannot_rename() -> dict[str, str]:
    """Why a card is not renamed; one %1$s for the article in 1C, one %2$s for the one under which it is listed."""
    return {
        "no_article": "В 1С у товара пропал артикул%1$s: карточка остаётся под артикулом «%2$s»; "
        "заполните артикул в 1С",
        "article_too_long": "Артикул «%1$s» длиннее, чем принимает площадка: карточка остаётся под «%2$s»; "
        "сократите артикул в 1С",
        "duplicate_article": "Артикул «%1$s» в 1С есть у нескольких товаров: карточка остаётся под «%2$s»; "
        "дайте каждому товару свой артикул",
        "article_taken": "Артикул «%1$s» у карточки другого товара, которую нельзя переименовать: эта карточка "
        "остаётся под «%2$s»; исправьте артикул того товара в 1С",
    }


def stock_not_zero() -> str:
    """Why a card is not archived; %1$s for the warehouse, %2$s for the marketplace's reason."""
    return (
        "Карточка не уходит в архив: остаток на складе %1$s не обнуляется (%2$s). Обнулите его в кабинете "
        "или включите склад"
    )


def exists_there(article: str) -> str:
    """A card of the same article was made in the cabinet by somebody else."""
    return (
        f"В кабинете уже есть карточка с артикулом «{article}», созданная не этим обменом: "
        "она не изменена. Если это тот же товар, запустите приём кабинета (adopt): обмен возьмёт эту карточку; "
        "если другой, смените её артикул в кабинете, и обмен создаст свою карточку"
    )


def not_adopted(account: str, article: str) -> str:
    """The first cards of an account would go into a cabinet in which people have worked."""
    return (
        f"В кабинете {account} уже есть карточки (например, «{article}»), а приём кабинета не проводился. "
        "Карточки не отправлены: иначе у товаров, заведённых руками под другими артикулами, появились бы двойники"
    )


def adopt_first(account: str) -> str:
    """What to do about it."""
    return (
        f"Запустите DAG {account}__adopt или `python -m marketsync adopt {account}`, затем повторите отправку"
    )


def kept_out_of_promotion(currency: str) -> dict[str, str]:
    """Why an offer is not in the promotion that was chosen for it; %s twice for amounts, once for a currency."""
    return {
        "currency": wrong_currency(currency),
        "above_max_action_price": "Цена для акции %s выше предельной цены акции %s: товар в акции не участвует; "
        "снизьте цену этого типа в 1С или ничего не делайте",
        "not_below_price": "Цена для акции %s не ниже обычной цены %s: товар в акции не участвует; "
        "исправьте цены в 1С",
        "stock_minimum": "Акция требует не меньше %s шт., а в accounts.yaml для неё указано %s: "
        "задайте stock этой акции",
    }


def action_unknown(name: str, listed: Sequence[str]) -> str:
    """An entry of accounts.yaml that names no action."""
    known = ", ".join(listed) or "ни одной"
    return (
        f"Акции «{name}» у площадки нет: она завершена, удалена или названа с ошибкой; её товары больше не "
        f"ведутся. Исправьте promotions в accounts.yaml. Площадка предлагает: {known}"
    )


def action_ambiguous(name: str, ids: Sequence[str]) -> str:
    """An entry of accounts.yaml whose title several actions have."""
    return (
        f"Название «{name}» есть у нескольких акций: укажите в accounts.yaml номер одной из {', '.join(ids)}"
    )


def action_twice(name: str, other: str) -> str:
    """Two entries of accounts.yaml that name one action."""
    return (
        f"«{name}» и «{other}» в accounts.yaml - одна и та же акция: вторая запись не действует, удалите её"
    )


def action_over(title: str, ended: datetime | None) -> str:
    """A chosen action that has ended."""
    return f"Акция «{title}» завершилась{_since(ended)}: её товары больше не ведутся; уберите её из accounts.yaml"


def action_upcoming(title: str, starts: datetime | None) -> str:
    """A chosen action that has not begun."""
    return f"Акция «{title}» ещё не началась: цены в неё уйдут после её начала{_since(starts)}"


def action_frozen(title: str, since: datetime | None) -> str:
    """A chosen action in which the marketplace lets prices fall only."""
    return (
        f"Площадка приостановила акцию «{title}»{_since(since)}: товары не добавляются и не убираются, цены в ней "
        "могут только снижаться"
    )


def price_type_unknown(name: str, known: Sequence[str]) -> str:
    """A promotion's price type that the store has never delivered."""
    there = ", ".join(f"«{each}»" for each in known) or "пока ни одного"
    return (
        f"В 1С нет типа цен «{name}», указанного для акции: в ней ничего не меняется. Исправьте promotions в "
        f"accounts.yaml. 1С передаёт: {there}"
    )


def _since(moment: datetime | None) -> str:
    return f" {moment.strftime(_DAY)}" if moment is not None else ""
