"""The engine's words for people, in Russian; reports translate by the code that stands beside each of them."""

from __future__ import annotations

__all__ = ["cannot_rename", "exists_there", "stock_not_zero", "unlistable", "wrong_currency"]


def wrong_currency(currency: str) -> str:
    """A message with one %s for the currency that was found."""
    return f"Цена в валюте %s, а кабинет ведётся в {currency}: исправьте валюту цены в 1С"


def unlistable() -> dict[str, str]:
    """Why a marked good cannot become an offer; one %s for its article."""
    return {
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
        "она не изменена; смените её артикул в кабинете, и обмен создаст свою карточку"
    )
