"""What every DAG has in common, said once: retries, timeouts, pools, tags, owner."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any

from airflow.sdk import DAG, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, RetryDecision, RetryPolicy
from airflow.sdk.definitions.asset import BaseAsset
from airflow.sdk.exceptions import AirflowTaskTimeout

from marketsync.accounts import Account
from marketsync.errors import BadInput, Fatal, RateLimited, Retriable

__all__ = [
    "CARRIERS_POOL",
    "DEFAULT_ARGS",
    "LONGEST_PAUSE",
    "RETRIES",
    "STORE_POOL",
    "Family",
    "Pipeline",
    "RetryByRecovery",
    "Tier",
    "Timeout",
    "account_tag",
    "build",
    "marketplace_tag",
    "pool",
    "when",
]

OWNER = "marketsync"
RETRIES = 2
FIRST_PAUSE = timedelta(seconds=15)
# A run that waits holds up the next one (max_active_runs=1), and the next one takes up what is left anyway.
LONGEST_PAUSE = timedelta(minutes=10)
STORE_POOL = "store"
CARRIERS_POOL = "carriers"


class Family(StrEnum):
    """The API families of a marketplace; each has a pool of its own."""

    CATALOG = "catalog"
    PRICES = "prices"
    STOCKS = "stocks"
    FULFILMENT = "fulfilment"
    ORDERS = "orders"
    READ = "read"


class Pipeline(StrEnum):
    """The second half of a DAG's id, and one of its tags."""

    IMPORT = "import"
    CATALOG = "catalog"
    PRICES = "prices"
    STOCKS = "stocks"
    FULFILMENT = "fulfilment"
    ORDERS = "orders"
    SHIPMENTS = "shipments"
    RELEASE = "release"
    RECONCILE = "reconcile"
    ADOPT = "adopt"
    DICTIONARIES = "dictionaries"
    HOUSEKEEPING = "housekeeping"


# What belongs neither to an account nor to the store.
_NAMES = {Pipeline.HOUSEKEEPING: "housekeeping", Pipeline.SHIPMENTS: "carriers__shipments"}


class Tier(StrEnum):
    """How soon a failing DAG costs money: within the hour, within a day, within weeks."""

    HOUR = "tier:hour"
    DAY = "tier:day"
    WEEKS = "tier:weeks"


class Timeout:
    """How long one attempt of a step may take: a step has to end before its run does."""

    QUICK = timedelta(minutes=5)  # a few queries, or a report
    LONG = timedelta(minutes=20)  # a whole catalog through the rules
    UPLOAD = timedelta(minutes=30)  # an upload stops by itself before that (marketsync.steps.UPLOAD_BUDGET)
    READ = timedelta(minutes=45)  # a whole cabinet page by page


class RetryByRecovery(RetryPolicy):
    """Decides by what can be done about an error, and takes the pause from the error itself.

    Calls are already retried by the http client: what arrives here has outlasted that. Every step can be run
    again and ends the same, so a passing trouble is retried a few times, and the rest is left to the next
    run.
    """

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: object = None
    ) -> RetryDecision:
        """Retry or fail.

        Args:
            exception: what ended the attempt.
            try_number: of this attempt, from 1.
            max_tries: unused; Airflow itself ends the retries.
            context: unused.
        """
        if isinstance(exception, RateLimited):
            pause = timedelta(seconds=exception.delay)
            if pause > LONGEST_PAUSE:
                return RetryDecision.fail(f"asked to wait {pause}: the next run takes it up")
            return RetryDecision.retry(pause, f"asked to wait {pause}")
        if isinstance(exception, Retriable):
            pause = min(FIRST_PAUSE * 2 ** (try_number - 1), LONGEST_PAUSE)
            return RetryDecision.retry(pause, f"passing trouble: {type(exception).__name__}")
        if isinstance(exception, Fatal | BadInput):
            return RetryDecision.fail(f"a person must act: {exception}")
        if isinstance(exception, AirflowTaskTimeout):
            return RetryDecision.fail("out of time: the next run takes up what is left")
        return RetryDecision.default()


DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "retries": RETRIES,
    "retry_delay": FIRST_PAUSE,
    "retry_policy": RetryByRecovery(),
    "execution_timeout": Timeout.QUICK,
}


def pool(account: Account, family: Family) -> str:
    """The pool of an API family; accounts of one marketplace share it."""
    return f"{account.marketplace}_{family}"


def marketplace_tag(marketplace: str) -> str:
    """The tag of everything that talks to one marketplace."""
    return f"marketplace:{marketplace}"


def account_tag(account: str) -> str:
    """The tag of everything that belongs to one account."""
    return f"account:{account}"


def when(cron: str, time_zone: str, *assets: BaseAsset) -> CronTriggerTimetable | AssetOrTimeSchedule:
    """By the clock, and at once on an event of any of the assets.

    The data interval of such a run is empty: no step reads it.
    """
    clock = CronTriggerTimetable(cron, timezone=time_zone)
    return AssetOrTimeSchedule(timetable=clock, assets=AssetAny(*assets)) if assets else clock


def build(
    pipeline: Pipeline,
    *,
    account: Account | None,
    schedule: CronTriggerTimetable | AssetOrTimeSchedule | None,
    tier: Tier,
    timeout: timedelta | None,
    doc_md: str,
    most_runs: int = 1,
    params: dict[str, Any] | None = None,
) -> DAG:
    """An empty DAG with everything that all of them share.

    Args:
        pipeline: what it does.
        account: whose; None for what belongs to no marketplace.
        schedule: when; None where only a person starts it.
        timeout: of a whole run; longer than its steps' together. None for what waits for a person.
        doc_md: what it does and what to do when it fails, for operations staff.
        most_runs: at once; more than one only for runs that do nothing but wait.
        params: what a person may say when starting it.
    """
    if account:
        dag_id = f"{account.id}__{pipeline}"
        owned = [marketplace_tag(account.marketplace), account_tag(account.id)]
    else:
        dag_id = _NAMES.get(pipeline, f"store__{pipeline}")
        owned = []
    return DAG(
        dag_id,
        schedule=schedule,
        catchup=False,
        max_active_runs=most_runs,
        dagrun_timeout=timeout,
        default_args=DEFAULT_ARGS,
        tags=[*owned, str(pipeline), str(tier)],
        doc_md=doc_md,
        params=params,
    )
