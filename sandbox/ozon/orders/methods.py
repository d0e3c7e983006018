"""The methods of Ozon's API that are about orders."""

from __future__ import annotations

from sandbox.ozon.method import Method, fixed
from sandbox.ozon.orders import (
    cancelling,
    carriages,
    carrying,
    disputes,
    exemplars,
    labels,
    notifications,
    packing,
    ratings,
    reading,
    returns,
    shipping,
)

METHODS: dict[str, Method] = {
    "/v4/posting/fbs/unfulfilled/list": Method(fixed(reading.UNFULFILLED_REQUEST), reading.unfulfilled),
    "/v4/posting/fbs/list": Method(fixed(reading.LIST_REQUEST), reading.posting_list),
    reading.GET_PATH: Method(fixed(reading.GET_REQUEST), reading.get),
    "/v4/posting/fbs/ship": Method(fixed(shipping.SHIP_REQUEST), shipping.ship),
    "/v4/posting/fbs/ship/package": Method(fixed(shipping.SHIP_PACKAGE_REQUEST), shipping.ship_package),
    "/v2/posting/fbs/get-by-barcode": Method(fixed(reading.BARCODE_REQUEST), reading.get_by_barcode),
    "/v1/posting/fbs/restrictions": Method(fixed(packing.RESTRICTIONS_REQUEST), packing.restrictions),
    "/v1/posting/fbs/split": Method(fixed(packing.SPLIT_REQUEST), packing.split),
    "/v2/posting/fbs/arbitration": Method(fixed(disputes.NUMBERS_REQUEST), disputes.arbitrate),
    "/v2/posting/fbs/awaiting-delivery": Method(fixed(disputes.NUMBERS_REQUEST), disputes.send_again),
    "/v6/fbs/posting/product/exemplar/create-or-get": Method(
        fixed(exemplars.NUMBER_REQUEST), exemplars.create_or_get
    ),
    "/v6/fbs/posting/product/exemplar/set": Method(
        fixed(exemplars.SET_REQUEST), exemplars.set_exemplars, "products"
    ),
    "/v5/fbs/posting/product/exemplar/status": Method(fixed(exemplars.NUMBER_REQUEST), exemplars.status),
    "/v5/fbs/posting/product/exemplar/validate": Method(
        fixed(exemplars.VALIDATE_REQUEST), exemplars.validate
    ),
    "/v1/fbs/posting/product/exemplar/update": Method(fixed(exemplars.NUMBER_REQUEST), exemplars.update),
    "/v2/posting/fbs/product/country/list": Method(
        fixed(exemplars.COUNTRY_LIST_REQUEST), exemplars.country_list
    ),
    "/v2/posting/fbs/product/country/set": Method(
        fixed(exemplars.COUNTRY_SET_REQUEST), exemplars.set_country
    ),
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
    "/v1/carriage/create": Method(fixed(carriages.CREATE_REQUEST), carriages.create),
    "/v1/carriage/set-postings": Method(
        fixed(carriages.SET_POSTINGS_REQUEST), carriages.set_postings, "posting_numbers"
    ),
    "/v1/carriage/approve": Method(fixed(carriages.APPROVE_REQUEST), carriages.approve),
    "/v1/carriage/cancel": Method(fixed(carriages.CARRIAGE_REQUEST), carriages.cancel),
    "/v1/carriage/get": Method(fixed(carriages.CARRIAGE_REQUEST), carriages.get),
    "/v2/carriage/delivery/list": Method(fixed(carriages.DELIVERY_LIST_REQUEST), carriages.delivery_list),
    "/v2/posting/fbs/act/check-status": Method(fixed(carriages.ID_REQUEST), carriages.check_status),
    "/v2/posting/fbs/act/get-pdf": Method(fixed(carriages.ID_REQUEST), carriages.get_pdf),
    "/v2/posting/fbs/act/get-container-labels": Method(
        fixed(carriages.ID_REQUEST), carriages.get_container_labels
    ),
    "/v2/posting/fbs/act/get-barcode": Method(fixed(carriages.ID_REQUEST), carriages.get_barcode),
    "/v2/posting/fbs/act/get-barcode/text": Method(fixed(carriages.ID_REQUEST), carriages.get_barcode_text),
    "/v2/posting/fbs/act/list": Method(fixed(carriages.ACT_LIST_REQUEST), carriages.act_list),
    "/v2/posting/fbs/act/get-postings": Method(fixed(carriages.ID_REQUEST), carriages.act_postings),
    "/v1/returns/list": Method(fixed(returns.LIST_REQUEST), returns.returns_list),
    "/v1/rating/summary": Method(fixed(ratings.SUMMARY_REQUEST), ratings.summary),
    "/v1/rating/history": Method(fixed(ratings.HISTORY_REQUEST), ratings.history),
    "/v1/rating/index/fbs/info": Method(fixed(ratings.INDEX_REQUEST), ratings.index),
    "/v1/rating/index/fbs/posting/list": Method(
        fixed(ratings.INDEX_POSTINGS_REQUEST), ratings.index_postings
    ),
    "/v1/notification/set": Method(fixed(notifications.SET_REQUEST), notifications.set_address),
    "/v1/notification/update": Method(fixed(notifications.UPDATE_REQUEST), notifications.update),
    "/v1/notification/check": Method(fixed(notifications.CHECK_REQUEST), notifications.check),
    "/v1/notification/enable": Method(fixed(notifications.ENABLE_REQUEST), notifications.enable),
    "/v1/notification/delete": Method(fixed(notifications.DELETE_REQUEST), notifications.delete),
    "/v1/notification/list": Method(fixed(notifications.LIST_REQUEST), notifications.address_list),
    "/v1/notification/push-type/list": Method(fixed(notifications.TYPES_REQUEST), notifications.type_list),
}
