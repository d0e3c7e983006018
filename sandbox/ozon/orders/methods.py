"""The methods of Ozon's API that are about orders."""

from __future__ import annotations

from sandbox.ozon.method import Method, fixed
from sandbox.ozon.orders import reading, shipping

METHODS: dict[str, Method] = {
    "/v4/posting/fbs/unfulfilled/list": Method(fixed(reading.UNFULFILLED_REQUEST), reading.unfulfilled),
    "/v4/posting/fbs/list": Method(fixed(reading.LIST_REQUEST), reading.posting_list),
    reading.GET_PATH: Method(fixed(reading.GET_REQUEST), reading.get),
    "/v4/posting/fbs/ship": Method(fixed(shipping.SHIP_REQUEST), shipping.ship),
    "/v4/posting/fbs/ship/package": Method(fixed(shipping.SHIP_PACKAGE_REQUEST), shipping.ship_package),
}
