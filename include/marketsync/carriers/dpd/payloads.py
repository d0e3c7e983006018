"""Our orders in DPD's fields."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marketsync.carriers.base import Address, CarrierOrder
from marketsync.carriers.dpd.addresses import in_parts
from marketsync.errors import Fatal, Place

__all__ = ["SENDER_FIELDS", "order", "personal", "receiver"]

SENDER_FIELDS = frozenset(
    {
        "code", "name", "terminalCode", "addressString", "countryName", "index", "region", "city", "street",
        "streetAbbr", "house", "houseKorpus", "str", "vlad", "extraInfo", "office", "flat", "workTimeFrom",
        "workTimeTo", "contactFio", "contactPhone", "contactEmail", "instructions",
    }
)  # fmt: skip
"""What accounts.yaml may say of the sender."""

_COUNTRY = "Россия"
_LONGEST_INSTRUCTIONS = 250
_NOT_PERSONAL = frozenset({"countryName", "streetAbbr", "terminalCode"})


def order(wanted: CarrierOrder) -> dict[str, Any]:
    """The wrapper `orders` of createOrder, without the key.

    Raises:
        Fatal: the sender has a field that DPD does not know.
    """
    unknown = sorted(set(wanted.sender) - SENDER_FIELDS)
    if unknown:
        raise Fatal(
            f"DPD's address has no field {unknown[0]!r}; it has: {', '.join(sorted(SENDER_FIELDS))}",
            place=Place(file="accounts.yaml", field=f"carriers.sender.{unknown[0]}"),
        )
    content: dict[str, Any] = {
        "orderNumberInternal": wanted.number,
        "serviceCode": wanted.service,
        "serviceVariant": wanted.variant,
        "cargoNumPack": len(wanted.places),
        "cargoWeight": sum((place.weight for place in wanted.places), Decimal(0)),
        "cargoRegistered": False,
        "cargoCategory": wanted.category,
        "receiverAddress": receiver(wanted.receiver),
        "parcel": [
            _without_blanks(
                {
                    "number": str(number),
                    "weight": place.weight,
                    "length": place.length,
                    "width": place.width,
                    "height": place.height,
                }
            )
            for number, place in enumerate(wanted.places, start=1)
        ],
        "unitLoad": [
            _without_blanks(
                {
                    "article": good.article,
                    "descript": good.name or good.article,
                    "declared_value": None if good.value is None else str(good.value),
                    "npp_amount": "0",  # paid to the marketplace: nothing is collected at the door
                    "count": good.quantity,
                }
            )
            for good in wanted.goods
        ],
    }
    if wanted.value is not None:
        content["cargoValue"] = wanted.value
    return {
        "header": {
            "datePickup": wanted.pickup_date,
            "senderAddress": dict(wanted.sender),
            "pickupTimePeriod": wanted.pickup_hours,
        },
        "order": [content],
    }


def personal(address: Address) -> list[str]:
    """What is known of a receiver, whole and by words: the service repeats parts of it in its errors."""
    values = [value for name, value in receiver(address).items() if name not in _NOT_PERSONAL]
    return [*values, *(word for value in values for word in value.split())]


def receiver(address: Address) -> dict[str, str]:
    """A receiver in DPD's parts. Where only a line is known, it is sent whole, and in parts as far as they are clear.

    Which of the two DPD goes by is not documented; the line stands in extraInfo too, for the courier.
    """
    places = (address.country, address.region, address.district, address.city)
    line = "" if address.street else address.whole
    parts = in_parts(line, places)
    told = line.casefold()
    return _without_blanks(
        {
            "name": address.name,
            "terminalCode": address.terminal,
            "addressString": line
            and ", ".join([*(place for place in places if place and place.casefold() not in told), line]),
            "countryName": address.country or _COUNTRY,
            "index": address.postcode,
            "region": address.region,
            "city": address.city,
            "street": address.street or parts.get("street"),
            "streetAbbr": parts.get("streetAbbr"),
            "house": address.house or parts.get("house"),
            "houseKorpus": parts.get("houseKorpus"),
            "str": parts.get("str"),
            "extraInfo": line[:_LONGEST_INSTRUCTIONS],
            "office": parts.get("office"),
            "flat": address.flat or parts.get("flat"),
            "contactFio": address.name,
            "contactPhone": address.phone,
            "contactEmail": address.email,
            "instructions": address.comment[:_LONGEST_INSTRUCTIONS],
        }
    )


def _without_blanks(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "")}
