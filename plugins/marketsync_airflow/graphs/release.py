"""The graph that asks a person about what the guards hold: the question, and what its answer says."""

from __future__ import annotations

from airflow.sdk import DAG

from marketsync.accounts import Account, accounts
from marketsync_airflow import steps
from marketsync_airflow.assets import store
from marketsync_airflow.defaults import Pipeline, Tier, build, when
from marketsync_airflow.question import DISCARD, RELEASE, HeldQuestion
from marketsync_airflow.triggers import Kind

__all__ = ["MOST_QUESTIONS", "release"]

MOST_QUESTIONS = 20  # that wait for their answers at once, each in a run of its own

_DOC = """\
### Задержанное: {account}

Спрашивает человека об изменениях, которые задержали предохранители (в режиме `approve` - обо всех изменениях).
Один запуск - один вопрос об одном канале; остальное тем временем идёт дальше.

1. `ask` - берёт запрос, о котором ещё не спрашивали, и ждёт ответа (Browse > Required Actions): сколько задержано
   и почему, самые большие изменения. Ждёт {hours:g} ч, рабочий процесс не занимает. Спрашивать не о чем - запуск
   на этом закончен.
2. `answer` - **{release}**: значения, которые с тех пор не изменились, уходят и {valid:g} ч не задерживаются.
   **{discard}**: остаётся прежнее, о тех же значениях {valid:g} ч не спросят. Нет ответа: не отправляется ничего,
   вопрос задаётся заново под новым номером.

Запускается, когда появилось новое задержанное, и по расписанию. То же самое из командной строки:
`python -m marketsync held {account}`, `release`, `discard`.

#### Что делать, если упало

1. Откройте журнал упавшей задачи: последние строки называют причину.
2. Упала `ask` - повторите её (Clear): она спросит о том же самом. Пока она не спросила, задержанное ждёт.
3. Упала `answer` - повторите её: ответ сохранён и второй раз ничего не отпустит.
4. Ответить некому - проверьте `release.assigned_users` в `accounts.yaml`; решить можно и из командной строки.

*Asks a person about what the guards hold; nothing is sent without an answer. If it failed: clear the failed task,
it asks, or answers, the same again.*
"""


def release(account: Account) -> DAG:
    """Two tasks; a run waits as long as its question does, so that it has no timeout of its own."""
    settings = account.release
    with build(
        Pipeline.RELEASE,
        account=account,
        schedule=when(account.schedules.release, accounts().time_zone, store(Kind.HELD)),
        tier=Tier.DAY,
        timeout=None,
        most_runs=MOST_QUESTIONS,
        doc_md=_DOC.format(
            account=account.id,
            hours=settings.response_hours,
            valid=settings.valid_hours,
            release=RELEASE,
            discard=DISCARD,
        ),
    ) as dag:
        asked = HeldQuestion(task_id="ask", account=account)
        # what a task is handed here stands for the answer until it runs
        steps.answer(account.id, asked.output)  # type: ignore[arg-type]
    return dag
