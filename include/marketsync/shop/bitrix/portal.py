"""What is set for a portal, and which of its catalogs is the shop's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketsync.errors import BadInput, Place
from marketsync.shop.bitrix.lists import Row

__all__ = ["Catalog", "catalog_of"]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The iblocks of a shop: of its goods, and of their variants where it has some."""

    goods: int
    offers: int | None


def catalog_of(rows: Sequence[Row], wanted: int | None, connection: str) -> Catalog:
    """The catalog that is set, or the only one that there is.

    Args:
        rows: of catalog.catalog.list; one with a productIblockId holds variants.
        wanted: the goods' iblock, where it is set.

    Raises:
        BadInput: there is no such catalog, or several, and none is set.
    """
    goods = {
        int(row["iblockId"]): str(row.get("name") or "") for row in rows if not row.get("productIblockId")
    }
    chosen = wanted if wanted is not None else next(iter(goods), None) if len(goods) == 1 else None
    if chosen is None or chosen not in goods:
        known = ", ".join(f"{iblock} «{name}»" for iblock, name in sorted(goods.items())) or "нет ни одного"
        raise BadInput(
            f"на сайте нет торгового каталога {wanted}; есть: {known}"
            if wanted is not None
            else f"непонятно, какой торговый каталог сайта читать: {known}",
            place=Place(account=connection, field="catalog"),
            hint="Укажите номер инфоблока товаров в accounts.yaml: catalog",
        )
    offers = next(
        (int(row["iblockId"]) for row in rows if int(row.get("productIblockId") or 0) == chosen), None
    )
    return Catalog(chosen, offers)
