"""The graph of the store's import: one task, because a delivery is taken over as a whole or not at all."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from marketsync.accounts import accounts
from marketsync_airflow import steps
from marketsync_airflow.assets import store
from marketsync_airflow.defaults import Pipeline, Tier, build, when
from marketsync_airflow.triggers import Kind

__all__ = ["store_import"]

_DOC = """\
### Приём выгрузок 1С и сайта

Берёт все ожидающие выгрузки по порядку, разбирает их и обновляет товары, цены и остатки. Меняются только
строки, содержание которых изменилось. Запускается сразу после доставки выгрузки, а также по расписанию.
Дальше сами запускаются карточки, цены и остатки - те, для которых что-то изменилось. Если источник - сайт
на 1С-Битрикс (`store: {source: bitrix}` в `accounts.yaml`), сначала читается он.

#### Что делать, если упало

1. Откройте журнал задачи `import_store`: последние строки называют файл, строку и поле.
2. **Выгрузка отклонена** - исправьте указанное в 1С и выгрузите ещё раз. Из отклонённой выгрузки не взято
   ничего, остальные приняты.
3. **База недоступна** - задача повторится сама; если не помогло, проверьте Postgres и
   `MARKETSYNC_DATABASE_URL`.
4. **Сайт не прочитан** - ничего не изменилось, следующий запуск прочитает то же самое. «Does not let the key
   in»: проверьте вебхук и пароль подключения. Предел обращений пережидается сам.
5. Выгрузки, которые не успели приняться, ждут и будут взяты следующим запуском. Запуск можно повторить в
   любой момент.

*Takes over the store's waiting deliveries, all or nothing each. If it failed: the log names file, line and
field; mend it and deliver again. Safe to run again at any time.*
"""


def store_import() -> DAG:
    """One task that claims, reads and merges whatever waits."""
    settings = accounts()
    with build(
        Pipeline.IMPORT,
        account=None,
        schedule=when(settings.import_schedule, settings.time_zone, store(Kind.DELIVERIES)),
        tier=Tier.HOUR,
        timeout=timedelta(hours=2),
        doc_md=_DOC,
    ) as dag:
        steps.import_store()
    return dag
