"""The graphs of prices and stocks: plan, upload, report. Two DAGs, for a held price must not stop stocks."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, chain

from marketsync.accounts import Account, accounts
from marketsync_airflow import steps
from marketsync_airflow.assets import store
from marketsync_airflow.defaults import Family, Pipeline, Tier, build, pool, when
from marketsync_airflow.triggers import Kind

__all__ = ["prices", "stocks"]

_STEPS = """
1. `plan` - сравнивает нужное с подтверждённым площадкой, проверяет ограничения. Если всё равно, запуск на
   этом закончен.
2. `upload` - отправляет план пакетами в пределах лимитов площадки.
3. `report` - пишет итоги и ссылку; пишет их и тогда, когда шаг до него упал.
"""

_WHAT_TO_DO = """
#### Что делать, если упало

1. `report` называет упавший шаг; откройте журнал этого шага, там сказано, что случилось и с какими данными.
2. **Нет прав или неверный ключ** - исправьте подключение `{connection}` (Admin > Connections) и повторите
   шаг.
3. **Площадка не отвечает или просит подождать** - ничего не делайте: следующий запуск продолжит с того же
   места.
4. Задача долго стоит в `scheduled` - нет её пула: `python -m marketsync_airflow.pools`.
"""

_PRICES = (
    """\
### Цены: {account}

Держит цены на площадке равными ценам магазина с учётом правил.
Запускается, когда изменились цены или появились новые карточки, и по расписанию.
"""
    + _STEPS
    + _WHAT_TO_DO
    + """
Удержанная цена (ноль, слишком большое изменение, ниже минимума) запуск не роняет и остальных не задерживает:
она видна в отчёте и ждёт решения человека.

*Keeps the prices equal. If it failed: `report` names the step and its log says what to mend; the next run
takes up what was not sent. A held price stops nothing else.*
"""
)

_STOCKS = (
    """\
### Остатки: {account}

Держит остатки на складах площадки равными остаткам магазина за вычетом запаса.
Запускается, когда изменились остатки или появились новые карточки, и по расписанию.
Остаток, упавший до нуля, отправляется первым.
"""
    + _STEPS
    + _WHAT_TO_DO
    + """
Пока остатки не уходят, есть риск продать то, чего нет: если упало дважды подряд, разберитесь сразу.

*Keeps the stocks equal; what falls to zero goes first. If it failed: `report` names the step and its log
says what to mend. While it fails, goods may be sold that are not there: act at once.*
"""
)


def prices(account: Account) -> DAG:
    """Plan, upload and report of what X__prices keeps equal."""
    return _values(account, Pipeline.PRICES, Kind.PRICES, Family.PRICES, account.schedules.prices, _PRICES)


def stocks(account: Account) -> DAG:
    """Plan, upload and report of what X__stocks keeps equal."""
    return _values(account, Pipeline.STOCKS, Kind.STOCK, Family.STOCKS, account.schedules.stocks, _STOCKS)


def _values(account: Account, pipeline: Pipeline, event: Kind, family: Family, cron: str, doc: str) -> DAG:
    with build(
        pipeline,
        account=account,
        schedule=when(cron, accounts().time_zone, store(event)),
        tier=Tier.HOUR,
        timeout=timedelta(hours=1, minutes=30),
        doc_md=doc.format(account=account.id, connection=account.connection),
    ) as dag:
        chain(
            steps.plan(account.id, pipeline.value),
            steps.upload.override(pool=pool(account, family))(account.id, pipeline.value),
            steps.report(account.id, pipeline.value).as_teardown(on_failure_fail_dagrun=True),
        )
    return dag
