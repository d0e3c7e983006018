"""The engine's words for people, in Russian; reports translate by the code that stands beside each of them."""

from __future__ import annotations

__all__ = ["exists_there", "unlistable", "wrong_currency"]


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
    }


def exists_there(article: str) -> str:
    """A card of the same article was made in the cabinet by somebody else."""
    return (
        f"В кабинете уже есть карточка с артикулом «{article}», созданная не этим обменом: "
        "она не изменена. Если это тот же товар, запустите приём кабинета (adopt): обмен возьмёт эту карточку; "
        "если другой, смените её артикул в кабинете, и обмен создаст свою карточку"
    )
