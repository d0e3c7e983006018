"""The steps of X__release: put what is held to a person, and do what the answer says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from marketsync.accounts import Mode
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts
from marketsync.sync import release as verdicts
from marketsync.sync.kinds import KINDS
from marketsync.sync.release import Decision, Verdict

__all__ = ["Asked", "answer", "ask", "decide", "event_of"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in words.

    Attributes:
        as_of: an ISO time, to be handed back with the answer.
        body: markdown.
    """

    request: int
    as_of: str
    subject: str
    body: str


def ask(runtime: Runtime, account: str, run: str) -> Asked | None:
    """The next request that nobody has been asked about; None where there is none, or nothing is sent anyway.

    Args:
        run: of the DAG that asks: asked again, it gets the same one.
    """
    from marketsync.reports.question import body, subject

    known = runtime.accounts.account(account)
    if known.mode is Mode.OBSERVE:
        return None
    question = verdicts.ask(runtime.database, runtime.clock, known, run)
    if question is None:
        return None
    language = runtime.accounts.language
    return Asked(
        request=question.request,
        as_of=question.as_of.isoformat(),
        subject=subject(known.id, question, language),
        body=body(known, question, language),
    )


def answer(
    runtime: Runtime, account: str, request: int, as_of: str, released: bool, author: str | None, reason: str
) -> Counts:
    """Do what a person answered; without an author nobody did: nothing is released, and it is asked anew."""
    known = runtime.accounts.account(account)
    seen = datetime.fromisoformat(as_of)
    if author is None:
        verdicts.lapse(runtime.database, runtime.clock, known, request, seen)
        _log.warning("nobody answered in time: nothing is released", account=account, request=request)
        return {"request": request, "answered": False, "decided": 0}
    verdict = Verdict.RELEASED if released else Verdict.DISCARDED
    decision = decide(runtime, request, verdict, author=author, reason=reason, as_of=seen)
    _log.info(
        "decided",
        account=account,
        request=request,
        verdict=verdict.value,
        author=author,
        asked=decision.asked,
        decided=decision.decided,
        changed=decision.changed,
    )
    return {
        "request": request,
        "answered": True,
        "released": released,
        "asked": decision.asked,
        "decided": decision.decided,
        "changed": decision.changed,
        "never": decision.never,
    }


def decide(
    runtime: Runtime,
    request: int,
    verdict: Verdict,
    *,
    author: str,
    reason: str,
    valid: timedelta | None = None,
    article: str | None = None,
    as_of: datetime | None = None,
) -> Decision:
    """A verdict on a request; by default it counts as long as the account says.

    Raises:
        BadInput: there is no such request.
    """
    found = verdicts.of(runtime.database, request)
    account = runtime.accounts.account(found["account"])
    return verdicts.decide(
        runtime.database,
        runtime.clock,
        account,
        request,
        verdict,
        author=author,
        reason=reason,
        valid=timedelta(hours=account.release.valid_hours) if valid is None else valid,
        event=event_of(runtime, account.id, found["channel"]),
        article=article,
        as_of=as_of,
    )


def event_of(runtime: Runtime, account: str, channel: str) -> str:
    """The key of the notification that wakes the DAG which sends a channel."""
    for known in runtime.seller(account).marketplace.channels:
        if known.name == channel:
            return KINDS[known.kind].event
    return "products"
