"""The graph of deliveries by our own carriers: one task for all of them, because each has one inbox of events."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from marketsync.accounts import accounts
from marketsync_airflow import steps
from marketsync_airflow.assets import store
from marketsync_airflow.defaults import Pipeline, Tier, build, when
from marketsync_airflow.triggers import Kind

__all__ = ["shipments"]

_DOC = """\
### Доставка своими перевозчиками: {carriers}

Оформляет у перевозчика то, о чём попросила ERP, ждёт его решения, отменяет, забирает этикетки и следит за посылками.
Номер для отслеживания и отметки «отправлен», «у курьера», «доставлен» становятся заданиями DAG `<аккаунт>__fulfilment`.
Запускается сразу, когда что-то запрошено, и по расписанию. Заказы аккаунтов в режимах `observe` и `approve` ждут.

#### Что делать, если упало

1. Откройте журнал задачи `run_shipments`: последние строки называют перевозчика, заказ и причину.
2. **Неверный номер клиента или ключ** - исправьте подключение перевозчика (Admin > Connections) и повторите задачу.
3. **Перевозчик не отвечает** - ничего не делайте: всё повторится само, паузы растут до получаса.
4. **Заказ отклонён** - задача от этого не падает: `python -m marketsync shipments list` называет заказ и причину.
   Устраните её и запросите доставку ещё раз: из 1С или `python -m marketsync shipments request НОМЕР`.
5. `busy` в итогах - тем же перевозчиком занят другой запуск или команда; ничего не потеряно.

Повторить задачу можно в любой момент: после оборванного вызова заказ сначала ищется у перевозчика по нашему номеру.

*Orders, cancels, prints and follows what our own carriers deliver. If it failed: the log names carrier and reason; mend
it and clear the task. Safe to repeat at any time: what may have been ordered is looked for first.*
"""


def shipments() -> DAG:
    """One task, once in ten minutes and when something is asked for."""
    settings = accounts()
    with build(
        Pipeline.SHIPMENTS,
        account=None,
        schedule=when(settings.shipments_schedule, settings.time_zone, store(Kind.FULFILMENT)),
        tier=Tier.HOUR,
        timeout=timedelta(hours=1),
        doc_md=_DOC.format(carriers=", ".join(sorted(carrier.id for carrier in settings.carriers))),
    ) as dag:
        steps.run_shipments()
    return dag
