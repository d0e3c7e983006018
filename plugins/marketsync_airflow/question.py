"""The task that asks a person: Airflow's own human-in-the-loop, with what the guards hold as its question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, Param
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput
from airflow.sdk.execution_time.hitl import HITLUser

from marketsync.accounts import Account

__all__ = ["DISCARD", "REASON", "RELEASE", "HeldQuestion"]

RELEASE = "Отпустить"
DISCARD = "Отклонить"
REASON = "reason"


class HeldQuestion(HITLOperator):
    """Asks about one request that nobody was asked about before; skips what follows where there is none.

    The answer that it hands on: request, as_of, released, author (None where nobody answered in time), reason.

    Args:
        account: whose; says who may answer and for how long the question waits.
    """

    def __init__(self, *, account: Account, **arguments: Any) -> None:
        users = [HITLUser(id=user, name=user) for user in account.release.assigned_users]
        super().__init__(
            subject="",
            body="",
            options=[RELEASE, DISCARD],
            defaults=[DISCARD],
            params={REASON: Param("", type="string", title="Почему", description="для истории")},
            assigned_users=users or None,
            response_timeout=timedelta(hours=account.release.response_hours),
            **arguments,
        )
        self.account_id = account.id

    def execute(self, context: Context) -> Any:
        """Take a request, write the question down, and leave the worker until it is answered."""
        # imported here: reading DAG files must not cost what the steps need
        from marketsync import steps
        from marketsync_airflow.runtime import open_runtime

        with open_runtime() as runtime:
            asked = steps.ask(runtime, self.account_id, context["run_id"])
        if asked is None:
            raise AirflowSkipException("Nothing is held that a person was not asked about")
        # not as templates: names of goods are data, whatever braces they have
        self.subject, self.body = asked.subject, asked.body
        try:
            return super().execute(context)
        except TaskAwaitingInput as parked:
            parked.kwargs = {"request": asked.request, "as_of": asked.as_of}
            raise

    def execute_complete(  # type: ignore[override]
        self, context: Context, event: dict[str, Any], request: int, as_of: str
    ) -> dict[str, Any]:
        """Hand the answer on; the operator itself checks that it is one of the options."""
        given = super().execute_complete(context, event)
        user = given["responded_by_user"]
        reason = str(given["params_input"].get(REASON) or "").strip()
        return {
            "request": request,
            "as_of": as_of,
            "released": given["chosen_options"] == [RELEASE],
            "author": (user["name"] or user["id"]) if user else None,
            "reason": reason or "Airflow",
        }
