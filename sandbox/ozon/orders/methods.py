"""The methods of Ozon's API that are about orders."""

from __future__ import annotations

from sandbox.ozon.method import Method, fixed
from sandbox.ozon.orders import cancelling, carrying, labels, reading, shipping

METHODS: dict[str, Method] = {
    "/v4/posting/fbs/unfulfilled/list": Method(fixed(reading.UNFULFILLED_REQUEST), reading.unfulfilled),
    "/v4/posting/fbs/list": Method(fixed(reading.LIST_REQUEST), reading.posting_list),
    reading.GET_PATH: Method(fixed(reading.GET_REQUEST), reading.get),
    "/v4/posting/fbs/ship": Method(fixed(shipping.SHIP_REQUEST), shipping.ship),
    "/v4/posting/fbs/ship/package": Method(fixed(shipping.SHIP_PACKAGE_REQUEST), shipping.ship_package),
    "/v3/posting/fbs/package-label/create": Method(
        fixed(labels.CREATE_REQUEST), labels.create, "posting_numbers"
    ),
    "/v2/posting/fbs/package-label/get": Method(fixed(labels.GET_REQUEST), labels.get),
    "/v2/posting/fbs/cancel": Method(fixed(cancelling.CANCEL_REQUEST), cancelling.cancel),
    "/v2/posting/fbs/product/cancel": Method(
        fixed(cancelling.PRODUCT_CANCEL_REQUEST), cancelling.cancel_products, "items"
    ),
    "/v1/posting/fbs/cancel-reason": Method(fixed(cancelling.REASONS_OF_REQUEST), cancelling.reasons_of),
    "/v2/posting/fbs/cancel-reason/list": Method(
        fixed(cancelling.REASON_LIST_REQUEST), cancelling.reason_list
    ),
    "/v2/fbs/posting/tracking-number/set": Method(
        fixed(carrying.TRACKING_REQUEST), carrying.set_tracking, "tracking_numbers"
    ),
    "/v2/fbs/posting/delivering": Method(fixed(carrying.MOVE_REQUEST), carrying.delivering, "posting_number"),
    "/v2/fbs/posting/last-mile": Method(fixed(carrying.MOVE_REQUEST), carrying.last_mile, "posting_number"),
    "/v2/fbs/posting/delivered": Method(fixed(carrying.MOVE_REQUEST), carrying.delivered, "posting_number"),
    "/v1/posting/cutoff/set": Method(fixed(carrying.CUTOFF_REQUEST), carrying.set_cutoff),
}
