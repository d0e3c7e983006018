"""What the demo asks of the sandbox behind the product's back: its state, its call counters, a person's edits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

__all__ = ["Cabinet", "Traffic"]

_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """What reached one method of the sandbox within a time.

    Attributes:
        seconds: from the first call to the last answer.
        refused: answers 429.
    """

    calls: int
    items: int
    seconds: float
    refused: int


class Cabinet:
    """One seller's cabinet, seen from inside the sandbox.

    Args:
        url: the sandbox's address.
        client_id: whose cabinet.
    """

    def __init__(self, url: str, client_id: str = "1001") -> None:
        self._url = f"{url}/_sandbox"
        self._client_id = client_id
        self._session = requests.Session()
        self._session.trust_env = False

    def state(self) -> dict[str, dict[str, Any]]:
        """Every card by its article."""
        state: dict[str, dict[str, Any]] = self._get(f"ozon/{self._client_id}/state")
        return state

    def edit(self, article: str, **fields: Any) -> None:
        """What a person changes by hand in the cabinet."""
        self._post(f"ozon/{self._client_id}/edit", {"offer_id": article, **fields})

    def last_call(self) -> int:
        """The number of the newest call, to count from."""
        calls = self._get("calls?limit=50000")
        return int(calls[-1]["id"]) if calls else 0

    def add_cards(self, cards: list[dict[str, Any]]) -> None:
        """Cards that people made by hand."""
        self._post(f"ozon/{self._client_id}/cards", {"cards": cards})

    def order(self, **wish: Any) -> list[str]:
        """Buyers order; the numbers of the postings."""
        numbers: list[str] = self._post(f"ozon/{self._client_id}/order", wish)["posting_numbers"]
        return numbers

    def cancel_order(self, number: str) -> None:
        """The buyer changes their mind."""
        self._post(f"ozon/{self._client_id}/order_cancel", {"posting_number": number})

    def push_to(self, url: str) -> None:
        """Have the marketplace push to an address."""
        self._post(f"ozon/{self._client_id}/push", {"url": url})

    def postings(self) -> dict[str, dict[str, Any]]:
        """Every posting by its number."""
        found: dict[str, dict[str, Any]] = self._get(f"ozon/{self._client_id}/postings")
        return found

    def knobs(self, section: str, **values: Any) -> None:
        """Set knobs of the sandbox."""
        answer = self._session.patch(f"{self._url}/knobs", json={section: values}, timeout=_TIMEOUT)
        answer.raise_for_status()

    def traffic(self, path: str, since: int) -> Traffic:
        """What reached a method since a call number."""
        calls = self._get(f"calls?limit=50000&path={path}&since={since}&client_id={self._client_id}")
        if not calls:
            return Traffic(0, 0, 0.0, 0)
        first = datetime.fromisoformat(calls[0]["at"])
        last = datetime.fromisoformat(calls[-1]["at"])
        done = [call for call in calls if call["status"] == 200]
        return Traffic(
            calls=len(calls),
            items=sum(call["items"] for call in done),
            seconds=(last - first).total_seconds() + calls[-1]["milliseconds"] / 1000,
            refused=sum(call["status"] == 429 for call in calls),
        )

    def peak(self, limit: str) -> int:
        """The most calls that any window of a limit has seen."""
        peaks = self._get("counters")["peaks"].get("ozon", {}).get(self._client_id, {})
        return int(peaks.get(limit, {}).get("highest_in_any_window", 0))

    def _get(self, path: str) -> Any:
        answer = self._session.get(f"{self._url}/{path}", timeout=_TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._session.post(f"{self._url}/{path}", json=body, timeout=_TIMEOUT)
        if not answer.ok:
            raise ValueError(f"the sandbox refused {path}: {answer.text}")
        return answer.json()
