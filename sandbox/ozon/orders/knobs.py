"""The knobs of the sandbox's orders: section `ozon_orders`.

As in `sandbox.ozon.knobs`, UNSURE marks what Ozon's documentation leaves open, and seconds marked (scaled) are
multiplied by the general knob `time_scale`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.knobs import knob


@dataclass
class OrderKnobs:
    # --- reads ---
    posting_lag_seconds: float = knob(0.0, low=0.0)
    """From a posting's creation (and its push) until the methods know it (scaled). UNSURE: not documented."""
    unfulfilled_without_cutoff: Literal["empty", "all"] = "empty"
    """UNSURE: unfulfilled/list without either date filter: integrators saw an empty list; the schema wants none."""
    unfulfilled_statuses: Literal["waiting", "listed"] = "waiting"
    """UNSURE: which statuses unfulfilled/list shows where none are asked for: those before the handover, or all
    that the method's text lists, `delivering` and `cancelled` among them.
    """
    posting_article: Literal["current", "ordered"] = "current"
    """UNSURE: the article of a posting's product that was renamed since."""
    mark_sku_type: Literal["string", "int"] = "string"
    """UNSURE: elements of `requirements` and `optional`: strings in the schema, numbers in some examples."""
    get_per_second: int = knob(0, low=0)
    """/v3/posting/fbs/get, per Client-Id (integrators saw 429 above about 2 a second); 0: no limit of its own."""
    error_status: Literal["by_kind", "always_400"] = "by_kind"
    """UNSURE: the HTTP status of the methods' own errors: 404 for an unknown posting and 400 for the rest, or 400."""

    # --- shipping ---
    ship_seconds: float = knob(3.0, low=0.0)
    """From an accepted ship to the status `awaiting_deliver` (scaled)."""
    ship_failed_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of the accepted ships ends in the substatus `ship_failed`."""
    ship_failed_first: int = knob(0, low=0)
    """So many of the next accepted ships end in `ship_failed`, whatever the share; counts down."""

    ship_in_process: Literal["POSTING_ALREADY_SHIPPED", "HAS_INCORRECT_STATUS"] = "POSTING_ALREADY_SHIPPED"
    """UNSURE: the answer to a second ship while the first has not had its effect yet."""
    split_parent: Literal["first_package", "cancelled"] = "first_package"
    """UNSURE: of a posting that is shipped in several packages: it becomes the first of them, or ends in
    `cancelled_from_split_pending`.
    """
    split_push: bool = True
    """UNSURE: whether the postings that a split makes are told as new."""

    posting_max_weight_grams: int = knob(40_000, low=0)
    """A posting that Ozon delivers and that is heavier is not assembled: INCORRECT_OVH_FOR_POSTING."""

    # --- marking codes and what else is told of each piece ---
    mark_check_seconds: float = knob(5.0, low=0.0)
    """From exemplar/set to the result of the checks (scaled): `validation_in_process` for so long."""
    mark_failed_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of the marks fails the check, however well it looks."""
    exemplar_set_body: Literal["empty", "object"] = "empty"
    """UNSURE: the body of an accepted exemplar/set and /update: none at all, or `{}`."""

    # --- labels ---
    label_ready_min_seconds: float = knob(45.0, low=0.0)
    label_ready_max_seconds: float = knob(60.0, low=0.0)
    """From `awaiting_deliver` until a posting can be printed (scaled)."""
    label_unready: Literal["unprinted", "refuses"] = "unprinted"
    """UNSURE: a posting that is not ready yet is among the batch's `unprinted_postings`, or the whole batch is refused;
    one of which nothing can be printed is always refused.
    """
    label_refusal: Literal["http_400", "http_409", "http_200"] = "http_400"
    """UNSURE: integrators saw the refusal of what is not ready as 400, as 409, and inside HTTP 200."""
    label_refusal_text: Literal["NO_POSTINGS_FOR_BATCH_DOWNLOAD", "The next postings aren't ready"] = (
        "NO_POSTINGS_FOR_BATCH_DOWNLOAD"
    )
    label_tasks: Literal["both", "big_label", "small_label"] = "both"
    label_task_seconds: float = knob(2.0, low=0.0)
    """From a task's creation to `completed` (scaled); it is `pending` for half of it, then `in_progress`."""
    label_growing_seconds: float = knob(1.0, low=0.0)
    """For so long (scaled) the file of a completed task is shorter than it will be."""
    label_error_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of the tasks ends in `error`."""
    unprinted_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of the postings of a batch is left out of its file."""

    label_names_posting: bool = True
    """UNSURE: whether a label's page has the posting's number as text, or only in what is drawn."""

    # --- handing over ---
    carriage_seconds: float = knob(5.0, low=0.0)
    """From carriage/approve to papers that are `ready` (scaled)."""
    carriage_refusal: Literal[
        "",
        "can't create carriage",
        "first_mile_is_changing",
        "has_overflow",
        "new_postings_are_possible",
        "posting_statuses_not_ready",
        "there_are_incomplete_carriages",
    ] = ""
    """carriage/create is refused with this word."""
    carriage_error: bool = False
    """Approved carriages end in `error`."""

    # --- cancelling, and deliveries by the seller ---
    product_cancel: Literal["shrinks", "splits"] = "shrinks"
    """UNSURE: a posting of which some pieces are cancelled gets smaller, or they become a cancelled posting of their
    own, whose number is answered.
    """
    move_seconds: float = knob(2.0, low=0.0)
    """From delivering, last-mile or delivered to the status itself (scaled)."""
    move_error_type: Literal["string", "list"] = "string"
    """UNSURE: `error` of those methods: a string in the schema, a list in the example."""
    own_delivered: Literal["delivered", "conditionally"] = "delivered"
    """UNSURE: what becomes of a posting that the seller reports as delivered: `delivered` (the method's text), or the
    substatus `posting_conditionally_delivered` (the text of `non_int_delivered`).
    """

    # --- by itself ---
    orders_per_minute: float = knob(0.0, low=0.0)
    """How many orders a minute (scaled) buyers make by themselves, per cabinet."""
    order_lines_max: int = knob(2, low=1)
    order_pieces_max: int = knob(3, low=1)
    """Products in such an order, and pieces of each, at most."""
    buyer_cancel_share: float = knob(0.05, low=0.0, high=1.0)
    """This share of such buyers changes his mind within `buyer_cancel_seconds`."""
    cutoff_change_share: float = knob(0.02, low=0.0, high=1.0)
    """This share of such orders gets another day to be shipped by, within the same time."""
    buyer_cancel_seconds: float = knob(600.0, low=0.0)
    """(scaled)"""
    rfbs_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of such orders is delivered by the seller."""
    marked_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of such orders requires marking codes for its first product."""
    handover_seconds: float = knob(0.0, low=0.0)
    """From `awaiting_deliver` until Ozon's carrier has the posting (scaled); 0: only when it is ordered, or the seller
    reports it. A posting of the scheme 3pl_tracking needs its tracking number first.
    """
    delivery_seconds: float = knob(0.0, low=0.0)
    """From `delivering` to the pickup point, and from there to `delivered` (scaled); 0: only when it is ordered."""

    # --- returns ---
    return_ids: Literal["string", "int"] = "string"
    """UNSURE: ids and amounts of returns: strings in the example, with the scheme `Fbs`; numbers and `FBS` in the
    schema.
    """

    # --- stock ---
    cancelled_stock: Literal["returned", "kept"] = "returned"
    """UNSURE: units of an order cancelled before its handover become free again, or are gone until the seller sends a
    new stock.
    """

    # --- pushes ---
    push_delay_min_seconds: float = knob(0.0, low=0.0)
    push_delay_max_seconds: float = knob(0.0, low=0.0)
    """From an event to its push (scaled)."""
    push_late_share: float = knob(0.0, low=0.0, high=1.0)
    push_late_seconds: float = knob(2.0, low=0.0)
    """This share of the pushes waits up to so long in addition, in real seconds, so that later ones overtake it."""
    push_duplicate_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of the pushes is sent twice, the second time within `push_late_seconds`."""
    push_loss_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of the pushes is never sent."""
    push_timeout_seconds: float = knob(5.0, low=0.1)
    """How long an answer may take, in real seconds."""
    push_retry_seconds: float = knob(5.0, low=0.0)
    """The first pause before a push is sent again (scaled); each is twice the one before."""
    push_retry_max_seconds: float = knob(600.0, low=0.0)
    """The longest pause (scaled); after so long, `push_last_retries` more and the push is dropped."""
    push_last_retries: int = knob(5, low=0)
    push_retry_least_seconds: float = knob(0.2, low=0.0)
    """No pause is shorter, in real seconds: with `time_scale` 0 too a push is not dropped within a moment."""
    push_at_once: int = knob(8, low=1, high=100)
    """Pushes on their way at the same time, per address."""
    push_suspension: bool = False
    """Whether pushes to an address are suspended once one was dropped or, out of 20 and more attempts, fewer than half
    were answered rightly; the address is confirmed anew by the control API or /v1/notification/enable.
    """
    push_ping_seconds: float = knob(0.0, low=0.0)
    """A TYPE_PING to each address every so often (scaled); 0: only when it is connected."""
    push_seller_id: Literal["client_id", "absent"] = "client_id"
    """UNSURE: `seller_id` is the Client-Id, or is missing."""
