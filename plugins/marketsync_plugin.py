"""Airflow's entry to the project: missing pools are created whenever one of Airflow's services starts.

A task of a pool that does not exist is never scheduled and says so only in the scheduler's log.
"""

from __future__ import annotations

import structlog
from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

_log = structlog.get_logger(__name__)


class PoolsAtStart:
    """Hears Airflow's services start: each is a Job that may write to Airflow's database; a task is none."""

    @hookimpl
    def on_starting(self, component: object) -> None:
        """Called before the service does anything, and before it is told which of the services it is."""
        if type(component).__module__ != "airflow.jobs.job":
            return
        from marketsync_airflow.pools import ensure_pools

        created = ensure_pools()
        if created:
            _log.warning("pools were missing and are created", pools=created)


class MarketsyncPlugin(AirflowPlugin):
    """What the project adds to Airflow itself."""

    name = "marketsync"
    listeners = [PoolsAtStart()]  # noqa: RUF012 - the name and form that Airflow reads
