"""Calls to one portal by its incoming webhook: batches of commands, within the portal's limits.

Who reads goods may call reading methods only; who puts orders into the shop may write orders, and nothing else.

The webhook's secret is a part of the address, so it is handed to the redactor, and urllib3's own log of
addresses passes a filter.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlsplit

from marketsync.clock import SYSTEM, Clock
from marketsync.errors import Fatal, MarketsyncError, Place, RateLimited, Retriable, Uncertain
from marketsync.http.answers import AnswerRules, RequestRefused, VendorError
from marketsync.http.client import ApiClient
from marketsync.http.protocols import CallLog, Limit, Limiter
from marketsync.http.redaction import Redactor

__all__ = [
    "MOST_COMMANDS",
    "ORDER_METHODS",
    "READ_METHODS",
    "BatchAnswer",
    "Bitrix",
    "Command",
    "Reference",
    "ResultOf",
]

MOST_COMMANDS = 50
"""Commands of one batch (Bitrix24 REST documentation, batch)."""

READ_METHODS = frozenset(
    {
        "catalog.catalog.list",
        "catalog.measure.list",
        "catalog.price.list",
        "catalog.priceType.list",
        "catalog.product.list",
        "catalog.product.offer.list",
        "catalog.product.sku.list",
        "catalog.productImage.list",
        "catalog.productProperty.list",
        "catalog.productPropertyEnum.list",
        "catalog.section.list",
        "catalog.store.list",
        "catalog.storeproduct.list",
        "catalog.vat.list",
    }
)
"""All that may be called by who only reads: the scope `catalog`."""

ORDER_METHODS = {
    "sale.basketitem.add": True,
    "sale.basketitem.delete": True,
    "sale.basketitem.list": False,
    "sale.basketitem.update": True,
    "sale.order.add": True,
    "sale.order.get": False,
    "sale.order.list": False,
    "sale.order.update": True,
    "sale.status.list": False,
}
"""What may be called besides by who puts orders into the shop -> whether it changes something there."""

_WINDOW = 25.0  # seconds; at 2 a second one window fills the leaky bucket of 50 and lets it run empty
_TIMEOUT = (5.0, 65.0)  # the cloud breaks a request off after 60 s
_LONGEST_WAIT = 900.0  # seconds that one reading may wait for budgets in all
_BLOCKED = 60.0  # seconds to leave a method alone that worked too long, where its own time is not told
_PASSING = frozenset({"INTERNAL_SERVER_ERROR", "ERROR_UNEXPECTED_ANSWER", "QUERY_LIMIT_EXCEEDED"})
_DENIED = frozenset(
    {
        "insufficient_scope",
        "INVALID_CREDENTIALS",
        "ACCESS_DENIED",
        "200040300010",
        "200040300020",
        "200040300030",
    }
)
_USER = re.compile(r"\d{1,10}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{6,128}")
_HINT = (
    "Check the webhook: it must be active, have the scope «catalog» (and «sale» where orders are put into the shop), "
    "and belong to a user who may see the trade catalog (and may edit orders); its secret is the password of the "
    "connection"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that an earlier command of the same batch finds: the id of the last row of its page."""

    command: str
    key: str
    place: int

    def __str__(self) -> str:
        return f"$result[{self.command}][{self.key}][{self.place}][id]"


@dataclass(frozen=True, slots=True)
class ResultOf:
    """A value out of what an earlier command of the same batch answers."""

    command: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"$result[{self.command}]{''.join(f'[{step}]' for step in self.path)}"


@dataclass(frozen=True, slots=True)
class Command:
    """One call of a batch; parameters are nested mappings and lists of texts, numbers and references."""

    name: str
    method: str
    params: Mapping[str, Any]

    def text(self) -> str:
        """As a batch carries it: method?query, the query as PHP reads it."""
        return f"{self.method}?{'&'.join(_pairs('', self.params))}"


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What became of a batch's commands; one that is in neither table was not run.

    Attributes:
        results: command -> its result.
        errors: command -> what it failed with.
        totals: command -> how many rows there are, where that was counted.
        seconds: the longest that one command took.
        portal_time: when it began by the portal's own clock, ISO 8601 with the portal's offset.
    """

    results: Mapping[str, Mapping[str, Any]]
    errors: Mapping[str, MarketsyncError]
    totals: Mapping[str, int]
    seconds: float
    portal_time: str


class _NoSecrets(logging.Filter):
    """urllib3 logs every address at debug level, and the address is the key."""

    def __init__(self) -> None:
        super().__init__()
        self._redactor = Redactor()

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                self._redactor.text(value) if isinstance(value, str) else value for value in record.args
            )
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_NoSecrets())


class Bitrix:
    """One portal.

    Args:
        name: of the connection, for logs and errors.
        base_url: the portal's address, as https://shop.example.com; plain http on this machine only.
        user, secret: the webhook's two parts: /rest/<user>/<secret>/.
        calls_per_second: how fast the portal's counter runs off: 2 in the cloud, 5 for Enterprise; a portal
            on a server of one's own has no limit of its own.
        orders: whether orders may be read and written; without it only goods may be read.

    Raises:
        Fatal: the address or the webhook cannot be used.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str,
        user: str,
        secret: str,
        limiter: Limiter,
        call_log: CallLog,
        calls_per_second: float = 2.0,
        orders: bool = False,
        clock: Clock = SYSTEM,
    ) -> None:
        place = Place(account=name)
        parts = urlsplit(base_url)
        if parts.scheme != "https" and not _is_this_machine(parts.hostname or ""):
            raise Fatal(
                "The portal's address is not https: the webhook's secret would travel in clear text",
                place=place,
                hint="Write the host of the connection as https://...",
            )
        if not _USER.fullmatch(user) or not _SECRET.fullmatch(secret):
            raise Fatal(
                "The webhook cannot be used: its user is a number, its secret letters and digits",
                place=place,
                hint="Of https://portal/rest/1/abc123/ the connection's login is 1 and its password abc123",
            )
        self.name = name
        self.portal = f"{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path.rstrip('/')}"
        self.clock = clock
        self._place = place
        self._methods = READ_METHODS | ORDER_METHODS.keys() if orders else READ_METHODS
        self._waited = 0.0
        self._reset: dict[str, float] = {}
        most = max(1, int(calls_per_second * _WINDOW) - 1)
        self._client = ApiClient(
            name,
            f"{base_url.rstrip('/')}/rest/{user}/{secret}",
            headers={"Accept": "application/json"},
            limiter=limiter,
            call_log=call_log,
            answers=_RULES,
            common_limits=(Limit(f"bitrix/{self.portal}", most, _WINDOW),),
            clock=clock,
            timeout=_TIMEOUT,
            secrets=(secret,),
        )

    def batch(self, commands: Sequence[Command]) -> BatchAnswer:
        """Run up to 50 commands in one call, in their order; the first that fails ends the batch.

        Raises:
            Uncertain: a command of it changes something, and it may have had its effect.
            Retriable: passing trouble that lasted through all attempts, or no budget for too long.
            Fatal: the webhook is refused.
        """
        for command in commands:
            if command.method not in self._methods:
                raise Fatal(
                    f"{command.method} is not one of the methods that may be called here", place=self._place
                )
        write = any(ORDER_METHODS.get(command.method, False) for command in commands)
        body = {"halt": 1, "cmd": {command.name: command.text() for command in commands}}
        answer = self._patiently(body, len(commands), write)
        result = answer.get("result")
        if not isinstance(result, Mapping):
            raise (Uncertain if write else Retriable)(
                "The portal's answer to a batch has no result", place=self._place
            )
        times = _table(result.get("result_time"), commands)
        for command in commands:
            reset = times.get(command.name, {}).get("operating_reset_at")
            if reset:
                self._reset[command.method] = float(reset)
        return BatchAnswer(
            results=_table(result.get("result"), commands),
            errors={
                name: self._error(name, error, commands)
                for name, error in _table(result.get("result_error"), commands).items()
            },
            totals={name: int(n) for name, n in _table(result.get("result_total"), commands).items()},
            seconds=max((float(time.get("duration") or 0) for time in times.values()), default=0.0),
            portal_time=str(_of(answer.get("time"), "date_start") or ""),
        )

    def wait(self, error: RateLimited) -> None:
        """Wait as long as a limit asks for, within what one reading may wait in all.

        Raises:
            RateLimited: the same, where that is used up.
        """
        if self._waited + error.delay > _LONGEST_WAIT:
            raise error
        self._waited += error.delay
        self.clock.sleep(error.delay)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._client.close()

    def _patiently(self, body: Mapping[str, Any], items: int, write: bool) -> dict[str, Any]:
        while True:
            try:
                return self._client.post("/batch.json", body, write=write, repeatable=not write, items=items)
            except RateLimited as error:
                self.wait(error)

    def _error(self, name: str, error: Any, commands: Sequence[Command]) -> MarketsyncError:
        """What one command of a batch failed with, named by what can be done about it."""
        method = next((command.method for command in commands if command.name == name), name)
        code, text = str(_of(error, "error") or ""), str(_of(error, "error_description") or "")
        place = Place(account=self.name, method=method)
        said = f"1C-Bitrix: {code} {text}".strip()
        if code == "OPERATION_TIME_LIMIT":
            present = self.clock.now().timestamp()
            delay = max(self._reset.get(method, 0.0) - present, 0.0) or _BLOCKED
            return RateLimited(said, delay=min(delay, _LONGEST_WAIT), place=place)
        if code in _PASSING:
            return Retriable(said, place=place)
        if code in _DENIED:
            return Fatal(said, place=place, hint=_HINT)
        return RequestRefused(said, status=400, code=code, text=text, place=place)


def _read_error(body: Mapping[str, Any]) -> VendorError | None:
    if "error" not in body:
        return None
    # the code stands in the text as well: `pauses` and `fatal` look there
    return VendorError("", f"{body['error']} {body.get('error_description') or ''}".strip())


_RULES = AnswerRules(
    vendor="1C-Bitrix",
    read_error=_read_error,
    pauses={"QUERY_LIMIT_EXCEEDED": 2.0, "OPERATION_TIME_LIMIT": _BLOCKED},
    fatal=("OVERLOAD_LIMIT", "PORTAL_DELETED", "expired_token"),
    denied_hint=_HINT,
)


def _pairs(prefix: str, value: Any) -> list[str]:
    """A nested value as PHP's query string: a[b][]=1. References stay as they are: they are read later."""
    if isinstance(value, Mapping):
        return [
            pair
            for key, item in value.items()
            for pair in _pairs(f"{prefix}[{key}]" if prefix else str(key), item)
        ]
    if isinstance(value, (list, tuple)):
        return [pair for item in value for pair in _pairs(f"{prefix}[]", item)]
    text = str(value) if isinstance(value, (Reference, ResultOf)) else quote(str(value), safe="")
    return [f"{quote(prefix, safe='[]')}={text}"]


def _table(value: Any, commands: Sequence[Command]) -> dict[str, Any]:
    """A table of PHP: an empty one comes as a list, and so does one with the keys 0, 1, 2..."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list):
        return {command.name: item for command, item in zip(commands, value, strict=False)}
    return {}


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
