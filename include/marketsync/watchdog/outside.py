"""What the watchdog asks and tells outside: Airflow's health, a webhook for alerts, a dead-man switch.

Addresses may be secrets themselves (webhooks have keys in their paths), so that no error here shows one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import requests

from marketsync.credentials import Credentials
from marketsync.errors import Retriable
from marketsync.http.client import USER_AGENT
from marketsync.reports.texts import Language, Words

__all__ = ["airflow_troubles", "ping", "post"]

_TIMEOUT = (5.0, 10.0)  # seconds to connect, seconds of silence
_HEALTH = "/api/v2/monitor/health"  # needs no login
_PARTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
_HEALTHY = "healthy"

_UNREACHABLE = Words("не отвечает ({error})", "does not answer ({error})")
_SICK = Words(
    "{part} не в порядке, последний признак жизни {at}", "{part} is not well, last heard of at {at}"
)


def airflow_troubles(airflow: Credentials, language: Language) -> Iterator[tuple[str, str]]:
    """The parts of an Airflow that are not well, and what is wrong with them: its health page, without a login."""
    try:
        answer = _call("GET", airflow, _HEALTH)
        health: Any = answer.json()
    except (Retriable, ValueError) as error:
        yield "unreachable", _UNREACHABLE.of(language).format(error=error)
        return
    for part in _PARTS:
        told = health.get(part) if isinstance(health, dict) else None
        # a part that was never started, as a triggerer without need, has no status
        if isinstance(told, dict) and told.get("status") not in (_HEALTHY, None):
            at = told.get(f"latest_{part}_heartbeat") or "?"
            yield part, _SICK.of(language).format(part=part, at=at)


def post(webhook: Credentials, body: Mapping[str, Any]) -> None:
    """Send JSON to a webhook; its connection's password goes as a bearer token, with a login both as Basic.

    Raises:
        Retriable: it was not taken.
    """
    _call("POST", webhook, "", body)


def ping(switch: Credentials) -> None:
    """Tell a dead-man switch that all is well.

    Raises:
        Retriable: it did not answer.
    """
    _call("GET", switch, "")


def _call(
    verb: str, target: Credentials, path: str, body: Mapping[str, Any] | None = None
) -> requests.Response:
    headers = {"User-Agent": USER_AGENT}
    login = None
    if target.login:
        login = (target.login, target.password)
    elif target.password:
        headers["Authorization"] = f"Bearer {target.password}"
    try:
        answer = requests.request(
            verb,
            f"{target.base_url}{path}",
            json=body,
            headers=headers,
            auth=login,
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise Retriable(type(error).__name__) from None
    if not answer.ok:
        raise Retriable(f"HTTP {answer.status_code}")
    return answer
