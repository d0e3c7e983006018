"""The contract of the adoption's workbook: which sheets and columns there are, by code.

As with the reconciliation: people read the titles, programs the codes, and the last sheet lists both. One column is
for people to fill in: `decision`. What reads it back finds sheets and columns by their titles, in either language.
"""

from __future__ import annotations

from marketsync.reports.columns import Column, Kind, Table

__all__ = ["ADOPTED", "CONFLICTS", "CONTRACT", "DECISION", "KEYS", "MISSING_HERE", "SHEETS", "TABLES"]

CONTRACT = "adoption/1"

CONFLICTS = "conflicts"
MISSING_HERE = "missing_here"
ADOPTED = "adopted"

DECISION = "decision"
KEYS = ("guid", "external_id")  # which good and which card a row is about

_NAME = Column("name", Kind.TEXT, 40)
_CARD_NAME = Column("card_name", Kind.TEXT, 40)
_GOOD_ARTICLE = Column("good_article", Kind.IDENTIFIER, 18)
_CARD_ARTICLE = Column("card_article", Kind.IDENTIFIER, 18)
_EXTERNAL_ID = Column("external_id", Kind.IDENTIFIER, 15)
_SKU = Column("sku", Kind.IDENTIFIER, 15)
_GUID = Column("guid", Kind.IDENTIFIER, 38)
_CARD_STATE = Column("card_state", Kind.WORD, 16, "card_state")
_PRICE_THERE = Column("price_there", Kind.MONEY, 13)
_STOCK_THERE = Column("stock_there", Kind.QUANTITY, 12)
_BARCODE = Column("barcode", Kind.IDENTIFIER, 16)

TABLES = (
    Table(
        CONFLICTS,
        (
            _GOOD_ARTICLE,
            _CARD_ARTICLE,
            _NAME,
            _CARD_NAME,
            Column(DECISION, Kind.WORD, 18, DECISION),
            Column("kind", Kind.WORD, 46, "kind"),
            Column("keys", Kind.TEXT, 34),
            _BARCODE,
            Column("card_barcode", Kind.IDENTIFIER, 16),
            Column("price_here", Kind.MONEY, 13),
            _PRICE_THERE,
            _STOCK_THERE,
            _CARD_STATE,
            Column("owner_article", Kind.IDENTIFIER, 18),
            Column("conflict_state", Kind.WORD, 18, "conflict_state"),
            _EXTERNAL_ID,
            _SKU,
            _GUID,
            Column("since", Kind.MOMENT, 16),
        ),
    ),
    Table(
        MISSING_HERE,
        (
            _CARD_ARTICLE,
            _BARCODE,
            _CARD_NAME,
            _CARD_STATE,
            _PRICE_THERE,
            _STOCK_THERE,
            Column("why_alone", Kind.WORD, 44, "why_alone"),
            _NAME,
            _EXTERNAL_ID,
            _SKU,
        ),
    ),
    Table(
        ADOPTED,
        (
            _CARD_ARTICLE,
            _GOOD_ARTICLE,
            _NAME,
            _CARD_NAME,
            Column("adopted_by", Kind.WORD, 26, "adopted_by"),
            _PRICE_THERE,
            _STOCK_THERE,
            _EXTERNAL_ID,
            _SKU,
            _GUID,
            Column("adopted_at", Kind.MOMENT, 16),
        ),
    ),
)

SHEETS = ("summary", *(table.code for table in TABLES), "description")
