"""The contract of the reconciliation workbook: which sheets and columns there are, by code.

People read the titles, which follow the language; programs read the codes, which do not. The last sheet of
every workbook lists both, so that a program finds a column whatever the language and whatever its place.

Policy of versions: a new sheet, column or value code is not a new version (readers skip what they do not
know); renaming, removing or changing the meaning or type of one is. The order of columns is not promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "CAUSES",
    "CONTRACT",
    "DESCRIPTION",
    "ORDERS_SHEET",
    "SIDES_SHEET",
    "SUMMARY",
    "TABLES",
    "Column",
    "Kind",
    "Table",
    "columns_of",
    "warehouse_column",
]

CONTRACT = "reconciliation/1"

SUMMARY = "summary"
DESCRIPTION = "description"
SIDES_SHEET = "sides"  # only in workbooks of a store whose site is connected
ORDERS_SHEET = "orders"  # only in workbooks of an account that takes orders

# Why a value differs, the one a person should look at first in front. The same order sorts the differences
# and picks the recommendation of an offer that has several.
CAUSES = (
    "rejected",
    "quarantined",
    "held",
    "duplicate",
    "missing_there",
    "changed_there",
    "stale_here",
    "missing_here",
    "in_flight",
)


class Kind(StrEnum):
    """What a column's cells are."""

    IDENTIFIER = "identifier"  # text, in a cell formatted as text: leading zeros and long numbers stay
    TEXT = "text"
    WORD = "word"  # a code, shown in the workbook's language; the last sheet says which code a word is
    MONEY = "money"  # a number in the account's currency
    QUANTITY = "quantity"  # a number of pieces
    NUMBER = "number"  # a whole number that is not a quantity: a plan's id
    PERCENT = "percent"  # a fraction: 0.1 is 10 %
    MOMENT = "moment"  # an Excel date in the accounts' time zone
    VALUE = "value"  # a number for prices and stocks, text for everything else


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        code: its machine name; per warehouse it is followed by '@' and the warehouse's id.
        width: in characters, as Excel counts it.
        vocabulary: for a WORD, the list of codes in `texts.VOCABULARIES`.
        warehouse: the marketplace's warehouse, where there is one column for each.
    """

    code: str
    kind: Kind
    width: int
    vocabulary: str | None = None
    warehouse: str | None = None

    @property
    def name(self) -> str:
        """The code without the warehouse."""
        return self.code.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet with a header and a row per thing.

    Attributes:
        per_warehouse: the code of the column behind which the warehouses' columns stand.
    """

    code: str
    columns: tuple[Column, ...]
    per_warehouse: str | None = None


_ARTICLE = Column("article", Kind.IDENTIFIER, 18)
_BARCODE = Column("barcode", Kind.IDENTIFIER, 16)
_NAME = Column("name", Kind.TEXT, 44)
_BRAND = Column("brand", Kind.TEXT, 16)
_EXTERNAL_ID = Column("external_id", Kind.IDENTIFIER, 15)
_SKU = Column("sku", Kind.IDENTIFIER, 15)
_CHANNEL = Column("channel", Kind.WORD, 11, "channel")
_WAREHOUSE = Column("warehouse", Kind.IDENTIFIER, 16)
_WAREHOUSE_NAME = Column("warehouse_name", Kind.TEXT, 20)
_FIELD = Column("field", Kind.WORD, 18, "field")
_DESIRED = Column("desired", Kind.VALUE, 16)
_CONFIRMED = Column("confirmed", Kind.VALUE, 16)
_OBSERVED = Column("observed", Kind.VALUE, 16)
_DETAIL = Column("detail", Kind.TEXT, 44)
_RECOMMENDATION = Column("recommendation", Kind.TEXT, 70)
_HEALED = Column("healed", Kind.WORD, 13, "flag")
_UPDATED_HERE = Column("updated_here", Kind.MOMENT, 16)
_SINCE = Column("since", Kind.MOMENT, 16)
_CARD_STATE = Column("card_state", Kind.WORD, 18, "card_state")

_WHO = (_ARTICLE, _BARCODE, _NAME, _BRAND, _EXTERNAL_ID, _SKU)
_WHERE = (_CHANNEL, _WAREHOUSE, _WAREHOUSE_NAME)

TABLES = (
    Table(
        "differences",
        (
            *_WHO,
            *_WHERE,
            _FIELD,
            _DESIRED,
            _CONFIRMED,
            _OBSERVED,
            Column("delta", Kind.VALUE, 12),
            Column("delta_percent", Kind.PERCENT, 9),
            Column("cause", Kind.IDENTIFIER, 14),
            Column("cause_text", Kind.TEXT, 34),
            _DETAIL,
            _RECOMMENDATION,
            _HEALED,
            _UPDATED_HERE,
            Column("read_there", Kind.MOMENT, 16),
        ),
    ),
    Table(
        "missing_there",
        (
            *_WHO,
            Column("offer_state", Kind.WORD, 20, "offer_state"),
            *_WHERE,
            _DESIRED,
            Column("refusal", Kind.TEXT, 50),
            _DETAIL,
            _RECOMMENDATION,
            _HEALED,
            _UPDATED_HERE,
        ),
    ),
    Table(
        "missing_here",
        (
            _EXTERNAL_ID,
            _SKU,
            _ARTICLE,
            _BARCODE,
            _NAME,
            _CARD_STATE,
            Column("price_observed", Kind.MONEY, 13),
            Column("stock_observed", Kind.QUANTITY, 12),
            *_WHERE,
            _DETAIL,
            _RECOMMENDATION,
        ),
    ),
    Table(
        "duplicates", (*_WHO, _CARD_STATE, _CHANNEL, _FIELD, _DESIRED, _OBSERVED, _DETAIL, _RECOMMENDATION)
    ),
    Table(
        "refusals",
        (
            *_WHO,
            *_WHERE,
            Column("origin", Kind.WORD, 22, "origin"),
            Column("refusal_code", Kind.IDENTIFIER, 24),
            _FIELD,
            Column("message", Kind.TEXT, 60),
            Column("refused_value", Kind.VALUE, 14),
            _SINCE,
            Column("again_at", Kind.MOMENT, 16),
            _RECOMMENDATION,
        ),
    ),
    Table(
        "held",
        (
            *_WHO,
            *_WHERE,
            Column("guard", Kind.IDENTIFIER, 20),
            Column("guard_text", Kind.TEXT, 54),
            Column("from_value", Kind.VALUE, 13),
            Column("to_value", Kind.VALUE, 13),
            Column("delta", Kind.VALUE, 12),
            Column("delta_percent", Kind.PERCENT, 9),
            Column("to_old", Kind.MONEY, 13),
            Column("to_floor", Kind.MONEY, 13),
            Column("why", Kind.WORD, 18, "why"),
            _SINCE,
            Column("plan", Kind.NUMBER, 10),
            Column("request", Kind.NUMBER, 10),
            Column("verdict", Kind.WORD, 16, "verdict"),
            Column("author", Kind.TEXT, 18),
            Column("decided_until", Kind.MOMENT, 16),
            _RECOMMENDATION,
        ),
    ),
    Table(
        "offers",
        (
            *_WHO,
            Column("wanted", Kind.WORD, 9, "flag"),
            _CARD_STATE,
            Column("card_error", Kind.TEXT, 40),
            Column("price_desired", Kind.MONEY, 13),
            Column("price_confirmed", Kind.MONEY, 15),
            Column("price_observed", Kind.MONEY, 13),
            Column("price_delta", Kind.MONEY, 12),
            Column("price_delta_percent", Kind.PERCENT, 9),
            Column("price_old", Kind.MONEY, 13),
            Column("price_floor", Kind.MONEY, 13),
            Column("promotion", Kind.TEXT, 24),
            Column("promotion_confirmed", Kind.MONEY, 13),
            Column("promotion_observed", Kind.MONEY, 13),
            Column("stock_desired", Kind.QUANTITY, 12),
            Column("stock_observed", Kind.QUANTITY, 12),
            Column("stock_reserved", Kind.QUANTITY, 12),
            Column("stock_delta", Kind.QUANTITY, 10),
            Column("causes", Kind.IDENTIFIER, 26),
            _RECOMMENDATION,
            _UPDATED_HERE,
            Column("confirmed_at", Kind.MOMENT, 16),
        ),
        per_warehouse="promotion_observed",
    ),
    Table(
        SIDES_SHEET,
        (
            _ARTICLE,
            Column("store_id", Kind.IDENTIFIER, 20),
            _NAME,
            Column("site_id", Kind.IDENTIFIER, 10),
            Column("site_state", Kind.WORD, 16, "site_state"),
            Column("price_store", Kind.MONEY, 13),
            Column("price_site", Kind.MONEY, 13),
            Column("price_observed", Kind.MONEY, 13),
            Column("site_price_delta", Kind.MONEY, 12),
            Column("market_price_delta", Kind.MONEY, 12),
            Column("stock_store", Kind.QUANTITY, 12),
            Column("stock_site", Kind.QUANTITY, 12),
            Column("stock_observed", Kind.QUANTITY, 12),
            Column("site_stock_delta", Kind.QUANTITY, 10),
            Column("market_stock_delta", Kind.QUANTITY, 10),
            Column("side", Kind.IDENTIFIER, 18),
            Column("side_text", Kind.TEXT, 34),
            Column("causes", Kind.IDENTIFIER, 26),
            _RECOMMENDATION,
            _UPDATED_HERE,
            Column("site_read", Kind.MOMENT, 16),
        ),
    ),
    Table(
        ORDERS_SHEET,
        (
            Column("order_number", Kind.IDENTIFIER, 20),
            Column("order_created", Kind.MOMENT, 16),
            Column("ship_by", Kind.MOMENT, 16),
            Column("order_status", Kind.WORD, 16, "order_status"),
            Column("status_here", Kind.IDENTIFIER, 20),
            Column("status_market", Kind.IDENTIFIER, 20),
            Column("status_shop", Kind.IDENTIFIER, 8),
            Column("shop_number", Kind.IDENTIFIER, 10),
            Column("pieces_here", Kind.QUANTITY, 9),
            Column("pieces_market", Kind.QUANTITY, 9),
            Column("pieces_shop", Kind.QUANTITY, 9),
            Column("sum_here", Kind.MONEY, 13),
            Column("sum_market", Kind.MONEY, 13),
            Column("sum_shop", Kind.MONEY, 13),
            Column("returned", Kind.QUANTITY, 10),
            Column("erp_state", Kind.WORD, 14, "erp_state"),
            Column("erp_number", Kind.IDENTIFIER, 16),
            Column("order_cause", Kind.IDENTIFIER, 26),
            Column("order_cause_text", Kind.TEXT, 34),
            Column("order_causes", Kind.IDENTIFIER, 40),
            _DETAIL,
            _RECOMMENDATION,
            _HEALED,
        ),
    ),
)


def warehouse_column(name: str, warehouse: str) -> Column:
    """The column `name` of one of the marketplace's warehouses."""
    return Column(f"{name}@{warehouse}", Kind.QUANTITY, 12, warehouse=warehouse)


def columns_of(table: Table, warehouses: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a sheet in a workbook of an account with these warehouses."""
    columns: list[Column] = []
    for column in table.columns:
        columns.append(column)
        if column.code == table.per_warehouse:
            for warehouse in warehouses:
                columns += [
                    warehouse_column("stock_desired", warehouse),
                    warehouse_column("stock_observed", warehouse),
                ]
    return tuple(columns)
