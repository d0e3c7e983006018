"""Ozon's words for where an order is, in the words that all marketplaces share; all of them in one table.

Sources: Ozon Seller API, /v4/posting/fbs/list (statuses, substatuses) and the push types' states, which are the
substatuses. A word that is not here is kept as it came and counts as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from marketsync.marketplaces.orders import PostingStatus, Scheme

__all__ = ["cancelled_by", "left_the_store", "scheme_of", "status_of"]

_STATUSES: Mapping[str, PostingStatus] = {
    # statuses of the API
    "awaiting_registration": PostingStatus.NEW,
    "acceptance_in_progress": PostingStatus.NEW,
    "awaiting_approve": PostingStatus.NEW,
    "awaiting_verification": PostingStatus.NEW,
    "awaiting_packaging": PostingStatus.TO_ASSEMBLE,
    "awaiting_deliver": PostingStatus.TO_SHIP,
    "sent_by_seller": PostingStatus.SHIPPING,
    "delivering": PostingStatus.SHIPPING,
    "driver_pickup": PostingStatus.SHIPPING,
    "delivered": PostingStatus.DELIVERED,
    "cancelled": PostingStatus.CANCELLED,
    "cancelled_from_split_pending": PostingStatus.CANCELLED,
    "arbitration": PostingStatus.DISPUTED,
    "client_arbitration": PostingStatus.DISPUTED,
    "not_accepted": PostingStatus.DISPUTED,
    # states of the pushes
    "posting_acceptance_in_progress": PostingStatus.NEW,
    "posting_awaiting_registration": PostingStatus.NEW,
    "posting_awaiting_passport_data": PostingStatus.NEW,
    "posting_registration_error": PostingStatus.NEW,
    "posting_created": PostingStatus.NEW,  # awaiting_approve or awaiting_packaging: a reading tells which
    "posting_registered": PostingStatus.TO_SHIP,
    "posting_transferring_to_delivery": PostingStatus.TO_SHIP,
    "posting_in_carriage": PostingStatus.TO_SHIP,
    "posting_not_in_carriage": PostingStatus.TO_SHIP,
    "posting_driver_pick_up": PostingStatus.SHIPPING,
    "posting_on_way_to_city": PostingStatus.SHIPPING,
    "posting_on_way_to_pickup_point": PostingStatus.SHIPPING,
    "posting_in_pickup_point": PostingStatus.SHIPPING,
    "posting_in_courier_service": PostingStatus.SHIPPING,
    "posting_transferred_to_courier_service": PostingStatus.SHIPPING,
    "posting_conditionally_delivered": PostingStatus.SHIPPING,
    "posting_returned_to_warehouse": PostingStatus.SHIPPING,
    "posting_delivered": PostingStatus.DELIVERED,
    "posting_received": PostingStatus.DELIVERED,
    "posting_canceled": PostingStatus.CANCELLED,
    "posting_in_arbitration": PostingStatus.DISPUTED,
    "posting_in_client_arbitration": PostingStatus.DISPUTED,
    "posting_not_in_sort_center": PostingStatus.DISPUTED,
}

# Ozon Seller API, cancellation.cancellation_type.
_CANCELLED_BY: Mapping[str, str] = {
    "client": "buyer",
    "customer": "buyer",
    "seller": "seller",
    "ozon": "marketplace",
    "system": "marketplace",
    "delivery": "marketplace",
}

# Ozon Seller API, integration_type_flow and tpl_integration_type: delivery by the seller's own carrier, with or without
# its tracking; everything else is carried by Ozon or by its partners.
_OWN_DELIVERY = ("3pl_tracking", "non_integrated")


def status_of(word: str) -> PostingStatus:
    """A status of the API, or a state of a push."""
    return _STATUSES.get(word, PostingStatus.UNKNOWN)


def left_the_store(state: str) -> bool:
    """Whether the goods of an order in this state are on their way, or with the buyer."""
    return status_of(state) in (PostingStatus.SHIPPING, PostingStatus.DELIVERED)


def cancelled_by(kind: str) -> str:
    """Who cancelled: buyer, seller or marketplace."""
    return _CANCELLED_BY.get(kind, "marketplace")


def scheme_of(integration: str | None, flow: str | None) -> Scheme:
    """Who delivers, by tpl_integration_type and integration_type_flow; the flow says more, where it is given."""
    told = flow or integration or ""
    return Scheme.SELLER if any(word in told for word in _OWN_DELIVERY) else Scheme.MARKETPLACE
