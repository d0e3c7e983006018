"""The account's client: how Ozon authorises calls, words its errors and asks for pauses.

Source: Ozon Seller API, "Authorization", "Limits" and "Errors".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from marketsync.clock import SYSTEM, Clock
from marketsync.errors import Fatal, Place
from marketsync.http.answers import AnswerRules, DelayHeader, RequestRefused, VendorError
from marketsync.http.client import ApiClient
from marketsync.http.protocols import CallLog, Limiter
from marketsync.marketplaces.base import Item
from marketsync.marketplaces.ozon.limits import RESTORE_LIMITS, all_calls

__all__ = ["ANSWERS", "OzonClient", "check", "connect", "naming_the_offer", "of_ozon", "offending_index"]

BASE_URL = "https://api-seller.ozon.ru"
_MINUTE = 60.0

_INDEX = re.compile(r"\[(\d+)\]")


def _read_error(body: Mapping[str, Any]) -> VendorError | None:
    """A google.rpc.Status; its code is a number, or a name on the item limits' 429.

    Gateways still nest it in `error`.
    """
    nested = body.get("error")
    told = nested if isinstance(nested, Mapping) else body
    code, message = told.get("code"), told.get("message")
    if code is None and message is None:
        return None
    return VendorError("" if code is None else str(code), "" if message is None else str(message))


ANSWERS = AnswerRules(
    vendor="Ozon",
    read_error=_read_error,
    # Item-Retry-After counts minutes (daily quotas: until 03:00 Moscow time), Retry-After seconds.
    delays=(DelayHeader("Retry-After"), DelayHeader("Item-Retry-After", unit=_MINUTE)),
    default_delay=2.0,
    remaining_header="Ratelimit-Remaining",
    trace_header="x-o3-trace-id",
    # a method blocked by load "for some minutes"
    # and the limits of /v1/product/unarchive, whatever status they come with; looked at again after an hour
    pauses={
        "Circle is open": 2 * _MINUTE,
        **dict.fromkeys(RESTORE_LIMITS, 60 * _MINUTE),
    },
    fatal=(
        "Api-Key is restricted to specific IP addresses",
        "Api-key is deactivated",
        "method is not allowed",
    ),
    denied_hint="Check Client-Id and Api-Key in the account's connection: a key lives 3 months and has roles",
)


class OzonClient(ApiClient):
    """A client that knows its Client-Id: Ozon's limits are counted by it."""

    def __init__(
        self, account: str, base_url: str, *, client_id: str, api_key: str, limiter: Limiter, call_log:
        CallLog, clock: Clock = SYSTEM,
    ) -> None:  # fmt: skip
        self.client_id = client_id
        super().__init__(
            account,
            base_url,
            headers={"Client-Id": client_id, "Api-Key": api_key},
            limiter=limiter,
            call_log=call_log,
            answers=ANSWERS,
            common_limits=(all_calls(client_id),),
            clock=clock,
        )


def connect(
    account: str,
    *,
    base_url: str | None,
    login: str,
    password: str,
    limiter: Limiter,
    call_log: CallLog,
    clock: Clock = SYSTEM,
) -> OzonClient:
    """The client of an account.

    Args:
        account: its id in accounts.yaml.
        base_url: the connection's host; Ozon's own when there is none.
        login: the Client-Id.
        password: the Api-Key.
        limiter, call_log, clock: see ApiClient.

    Raises:
        Fatal: one of them cannot be used.
    """
    return OzonClient(
        account, base_url or BASE_URL, client_id=login, api_key=password,
        limiter=limiter, call_log=call_log, clock=clock,
    )  # fmt: skip


def of_ozon(client: ApiClient) -> OzonClient:
    """The client as one of Ozon's.

    Raises:
        TypeError: it is another marketplace's: a mistake in the program.
    """
    if not isinstance(client, OzonClient):
        raise TypeError(f"the client of account {client.account} was not made by Ozon's connect()")
    return client


def check(client: ApiClient) -> datetime | None:
    """Ask who we are: when the key expires, None where Ozon does not tell.

    Source: Ozon Seller API, /v1/roles.

    Raises:
        Fatal: the key is not let in, or has no role at all.
    """
    answer = client.post("/v1/roles", {})
    if not answer.get("roles"):
        raise Fatal(
            "У ключа Ozon нет ни одной роли",
            place=Place(account=client.account, method="POST /v1/roles"),
            hint="Выпустите в кабинете ключ с ролью «Администратор» или с ролями товаров, цен и остатков",
        )
    expires = answer.get("expires_at")
    return datetime.fromisoformat(expires) if expires else None


def offending_index(message: str) -> int | None:
    """The place in the batch that a validation error names, as in `...Stocks[3]: embedded message failed...`.

    None where it names none, or more than one list: then only splitting the batch finds it.
    """
    found = _INDEX.findall(message.split(" | caused by: ", 1)[0])
    return int(found[0]) if len(found) == 1 else None


def naming_the_offer(error: RequestRefused, items: Sequence[Item]) -> RequestRefused:
    """The same refusal, with the article of the item that it complains of, where it names one."""
    index = offending_index(error.text)
    if index is None or index >= len(items):
        return error
    return RequestRefused(
        error.message,
        status=error.status,
        code=error.code,
        text=error.text,
        place=replace(error.place, offer=items[index].offer.article),
        hint=error.hint,
    )
