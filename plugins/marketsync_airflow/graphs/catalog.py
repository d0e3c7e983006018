"""The graph of cards: what became of the last batches, what differs, render, send, report."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, chain

from marketsync.accounts import Account, accounts
from marketsync_airflow import steps
from marketsync_airflow.assets import open_tasks, store
from marketsync_airflow.defaults import Family, Pipeline, Tier, build, pool, when
from marketsync_airflow.triggers import Kind

__all__ = ["catalog"]

_DOC = """\
### Карточки товаров: {account}

Держит карточки на площадке равными тому, что пришло из магазина и что велят правила сопоставления: сначала
артикулы, потом содержимое, потом архив.

1. `poll_status` - забирает итоги ранее принятых площадкой пакетов; никогда не ждёт.
2. `extract_diff` - находит товары, которые изменились. Если таких нет, запуск на этом закончен.
3. `transform` - собирает карточки по правилам и составляет план.
4. `upload` - отправляет план пакетами в пределах лимитов площадки.
5. `report` - пишет итоги и ссылку; пишет их и тогда, когда шаг до него упал.

Запускается, когда изменились товары, пока у площадки есть незаконченные пакеты
(дважды в минуту) и по расписанию.

#### Что делать, если упало

1. `report` называет упавший шаг; откройте журнал этого шага, там сказано, что случилось и с какими данными.
2. **Нет прав или неверный ключ** - исправьте подключение `{connection}` (Admin > Connections) и повторите
   шаг.
3. **Ошибка в файле сопоставления** - исправьте файл и строку из сообщения и проверьте:
   `python -m marketsync mappings check`.
4. **Площадка не отвечает** - ничего не делайте: следующий запуск продолжит с того же места.
5. Задача долго стоит в `scheduled` - нет её пула: `python -m marketsync_airflow.pools`.

Карточки сверх суточного лимита площадки ждут его обновления (`waiting`, `waits_until` в отчёте): это не
ошибка, они уйдут сами.

Отклонённые площадкой товары запуск не роняют: они перечислены в отчёте с полем и причиной.

*Keeps the cards equal to the store's data. If it failed: `report` names the step and its log says what to
mend; every step can be run again, and what was not sent is taken up by the next run.*
"""


def catalog(account: Account) -> DAG:
    """Five tasks, one after another; a step that finds nothing skips to the report."""
    with build(
        Pipeline.CATALOG,
        account=account,
        schedule=when(
            account.schedules.catalog, accounts().time_zone, store(Kind.PRODUCTS), open_tasks(account)
        ),
        tier=Tier.DAY,
        timeout=timedelta(hours=2),
        doc_md=_DOC.format(account=account.id, connection=account.connection),
    ) as dag:
        calls = pool(account, Family.CATALOG)
        chain(
            steps.poll_status.override(pool=calls)(account.id),
            steps.extract_diff(account.id),
            steps.transform(account.id),
            steps.upload.override(pool=calls)(account.id, Pipeline.CATALOG.value),
            steps.report(account.id, Pipeline.CATALOG.value).as_teardown(on_failure_fail_dagrun=True),
        )
    return dag
