"""The knobs of the sandbox's Ozon.

A knob whose comment says UNSURE stands for something that Ozon's documentation leaves open: whoever depends
on it has to work with every variant. Seconds marked (scaled) are multiplied by the general knob
`time_scale`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.knobs import knob


@dataclass
class OzonKnobs:
    # --- limits (Ozon Seller API; sliding windows on the real clock) ---
    requests_per_second: int = knob(50, low=1)
    """All methods together, per Client-Id."""
    stock_calls_per_minute: int = knob(80, low=1)
    """/v2/products/stocks, per Client-Id."""
    stock_pair_interval_seconds: float = knob(30.0, low=0.0)
    """Between two accepted updates of one product in one warehouse."""
    price_updates_per_hour: int = knob(10, low=1)
    """Accepted updates of one product by /v1/product/import/prices."""
    import_items_per_minute: int = knob(30_000, low=1)
    """Items of /v3/product/import. UNSURE: Ozon tells the number only in /v4/product/info/limit."""
    daily_create_limit: int = knob(20_000, low=-1)
    daily_update_limit: int = knob(50_000, low=-1)
    total_limit: int = knob(-1, low=-1)
    """Products outside the archive; -1 is no limit, here as in the two daily ones."""
    rename_items_per_minute: int = knob(1_000, low=1)
    """Pairs of /v1/product/update/offer-id. UNSURE: Ozon says that there is a limit, not which."""
    daily_restore_limit: int = knob(100, low=0)
    """/v1/product/unarchive: products that Ozon archived by itself; others come back without a limit."""

    # --- delays (scaled) ---
    import_seconds_min: float = knob(2.0, low=0.0)
    import_seconds_max: float = knob(5.0, low=0.0)
    """How long an imported item stays `pending`."""
    price_sent_seconds: float = knob(2.0, low=0.0)
    """From the creation of a card to the status `price_sent`; at half of it the card is `processed` and
    gets its SKU.
    """
    read_lag_seconds: float = knob(1.0, low=0.0)
    """From a write to the moment when reads show it."""
    import_task_ttl_seconds: float = knob(0.0, low=0.0)
    """How long a task can be asked about; 0 is for ever. UNSURE: not documented."""

    # --- what the documentation leaves open ---
    negative_stock: Literal["validation_400", "item_error"] = "validation_400"
    """UNSURE: the whole request is refused, or the pair alone (code INVALID_STOCK)."""
    item_limit_code: Literal["string", "int"] = "string"
    """UNSURE: `code` of the 429 on the item limit: "RESOURCE_EXHAUSTED" as in the example, or 8 as in the
    schema.
    """
    daily_limit_answer: Literal["item_error", "http_429"] = "item_error"
    """UNSURE: beyond a daily limit each item fails with item_limit_exceeded, or the request gets a 429."""
    rename_error_names: Literal["old", "new"] = "old"
    """UNSURE: `offer_id` of a rename's error: the schema says the article that could not be changed, its
    example shows the new one.
    """
    rename_error_text: Literal["code", "words"] = "code"
    """UNSURE: a taken article is told as OFFER_ID_ALREADY_EXISTS (the method's text), or in Russian words
    (its example).
    """
    archive_with_stock: Literal["refuse_400", "result_false", "archives"] = "refuse_400"
    """UNSURE: what becomes of a request to archive a product that has stock."""
    restore_limit_status: Literal[400, 429] = 400
    """UNSURE: the HTTP status beyond the limits of /v1/product/unarchive; their texts alone are known."""
    restore_limit_text: Literal["restore limit exceeded", "autoarchive_restore_failed"] = (
        "restore limit exceeded"
    )
    """UNSURE: the list of errors and the method name it differently."""
    name_max_length: Literal[255, 500] = 255
    """UNSURE: the error's text says 255, the field's text says 500."""
    category_or_vat_error: Literal["item_error", "item_vanishes"] = "item_error"
    """UNSURE: an item with a wrong category or VAT fails with a code, or is missing from the task's items."""
    import_barcodes: Literal["add", "replace"] = "add"
    """UNSURE: an import's barcode joins those that are bound to the card, or takes their place. Barcodes are bound
    and unbound by methods of their own, and the marketplace's own codes outlive imports: it joins."""
    unknown_attribute: Literal["error", "warning"] = "error"
    """UNSURE: an attribute that the type does not have fails the item, or is dropped with a warning."""
    unknown_fields: Literal["reject_400", "ignore"] = "reject_400"
    """UNSURE: a field that the method does not know."""
    attributes_sku: Literal["int", "string"] = "int"
    """UNSURE: `sku` in /v4/product/info/attributes: int in the example, string in the schema."""
    attributes_total: Literal["int", "string"] = "int"
    """UNSURE: `total` in /v4/product/info/attributes: int in the example, string in the schema."""
    last_page_cursor: Literal["filled", "empty"] = "filled"
    """UNSURE: the last page of the cursor methods carries a cursor (and the page after it is empty), or
    none.
    """
    optional_description_elements: bool = True
    """Real answers of /v1/product/import/info carry this undocumented object in each error."""
    deactivate_outside_vouchers: Literal["ignored", "removed"] = "ignored"
    """UNSURE: /v2/actions/products/deactivate is described for «Промокоды» only: a product of another action
    is missing from the answer and stays in, or is taken out.
    """
    price_above_action: Literal["leaves", "stays"] = "leaves"
    """UNSURE: what an ordinary price above the action's limit does to a product in an action other than
    «Промокоды»: it leaves, or stays in at the action's price.
    """
    ended_action: Literal["http_400", "http_404"] = "http_400"
    """UNSURE: how a method answers for an action that is over."""
    image_urls: Literal["cdn", "as_sent"] = "cdn"
    """UNSURE: reads show Ozon's own links to the pictures, as in its examples, or those that were sent."""

    refetch_shown_pictures: bool = False
    """UNSURE: whether a link that the product shows already is loaded again; the documentation of
    pictures/import says that such a picture is `skipped`.
    """
    picture_errors: Literal["name_link", "silent"] = "name_link"
    """UNSURE: whether a picture's error in /v1/product/import/info names the link it is about;
    /v2/product/pictures/info always does.
    """

    # --- pictures ---
    fetch_pictures: bool = True
    """Whether pictures are really loaded from their links. Without it links are believed, but for those that
    the image host of this sandbox has lost.
    """
    fetch_foreign_pictures: bool = False
    """Whether links to other machines are loaded too."""
    picture_timeout_seconds: float = knob(5.0, low=0.0)
    """How long one picture may take, in real seconds. UNSURE: not documented."""
    picture_max_bytes: int = knob(10_000_000, low=1)
    """UNSURE: the help pages say 10 MB."""
    picture_items_per_minute: int = knob(30_000, low=1)
    """Items of /v2/product/pictures/import. UNSURE: Ozon tells the number nowhere."""

    # --- misbehaviour ---
    silence_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of the pairs of /v2/products/stocks is missing from the answer."""
    silence_mode: Literal["applied", "not_applied", "mixed"] = "mixed"
    """Whether a pair that is missing from the answer was nevertheless applied."""
    auto_reserve_per_minute: float = knob(0.0, low=0.0)
    """How many units a minute (scaled) are reserved by buyers by themselves, per cabinet."""
    auto_release_seconds: float = knob(60.0, low=0.0)
    """After which time (scaled) a unit reserved so is given back."""

    # --- the account ---
    currency_code: Literal["RUB", "BYN", "KZT", "EUR", "USD", "CNY"] = "RUB"
    price_max: int = knob(10_000_000, low=1)
    """A price above this many units of the currency is out of the category's range; so is one below 1."""
