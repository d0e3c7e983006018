"""The graph of the daily housekeeping: one task."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from marketsync.accounts import accounts
from marketsync_airflow import steps
from marketsync_airflow.defaults import Pipeline, Tier, build, when

__all__ = ["housekeeping"]

_DOC = """\
### Ежедневный уход

Создаёт разделы журнала вызовов на ближайшие дни, удаляет историю старше сроков из `accounts.yaml`.

#### Что делать, если упало

1. Откройте журнал задачи `housekeeping`: последние строки называют причину.
2. Торговле это не мешает: повторите запуск, когда причина устранена.
3. Если падает больше недели, журналу вызовов может не хватить разделов, а диску места - разберитесь раньше.

*Partitions and retention. If it failed: trade goes on; run it again once the cause is mended, within a week.*
"""


def housekeeping() -> DAG:
    """One task, once a day."""
    settings = accounts()
    with build(
        Pipeline.HOUSEKEEPING,
        account=None,
        schedule=when(settings.housekeeping_schedule, settings.time_zone),
        tier=Tier.WEEKS,
        timeout=timedelta(hours=1),
        doc_md=_DOC,
    ) as dag:
        steps.housekeeping()
    return dag
