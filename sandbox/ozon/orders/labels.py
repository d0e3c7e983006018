"""Labels: POST /v3/posting/fbs/package-label/create, /v2/posting/fbs/package-label/get, and the file they lead to.

Sources: Ozon Seller API as of October 2026, and what integrators saw of it: a posting is not ready to be printed for
some 45 to 60 seconds after it was assembled, not-ready batches are refused in several shapes, and a file that was
just completed may still be growing.
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.exchange import Answer
from sandbox.ozon.errors import INVALID_ARGUMENT, NOT_FOUND, Refusal, status_body
from sandbox.ozon.orders.errors import refused
from sandbox.ozon.orders.showing import scanit
from sandbox.ozon.orders.state import LabelTask, Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Integer, Json, Message, Repeated, Text
from sandbox.pdf import Page, document

MAX_POSTINGS = 1000
NOT_READY = "The next postings aren't ready"
NOT_TO_BE_PRINTED = "label not allowed for delivered postings"
FOREIGN = "POSTING_NUMBERS_IS_INCORRECT_FOR_COMPANY"
# Labels of the thermal printers' formats, in millimetres.
_SIZES = {"big_label": (75.0, 120.0), "small_label": (58.0, 40.0)}

CREATE_REQUEST = Message(
    "PostingFbsPackageLabelCreateRequest",
    {"posting_numbers": Repeated(Text(min_length=1), min_items=1, max_items=MAX_POSTINGS)},
)
GET_REQUEST = Message("PostingFbsPackageLabelGetRequest", {"task_id": Integer(above=0)})


def create(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json | Answer:
    """Start the tasks for a batch. Raises Refusal, or answers 200 with an error in it (knob `label_refusal`)."""
    now, knobs = system.clock.monotonic(), system.order_knobs
    numbers: list[str] = list(dict.fromkeys(request["posting_numbers"]))
    postings = [cabinet.postings.find(number, now) for number in numbers]
    if any(posting is None for posting in postings):
        raise refused(FOREIGN)
    unprinted = {
        posting.posting_number: why
        for posting in postings
        if posting is not None and (why := _unready(posting, now))
    }
    unready = NOT_READY in unprinted.values()
    if len(unprinted) == len(numbers) or (unready and knobs.label_unready == "refuses"):
        return _refusal(system)
    if knobs.unprinted_share:
        for number in numbers:
            if system.random.random() < knobs.unprinted_share:
                unprinted.setdefault(number, "label generation failed")
    types = ("big_label", "small_label") if knobs.label_tasks == "both" else (knobs.label_tasks,)
    tasks = [_task(system, cabinet, tuple(numbers), unprinted, kind, now) for kind in types]
    return {"tasks": [{"task_id": each.task_id, "task_type": each.task_type} for each in tasks]}


def get(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """How far a task is."""
    task = cabinet.label_tasks.get(request["task_id"])
    if task is None:
        raise Refusal(404, NOT_FOUND, "task not found")
    now = system.clock.monotonic()
    code = "completed"
    if now >= task.done and not task.failed and not task.content:
        _print(system, cabinet, task)
    if now < task.done:
        code = "pending" if now < (task.made + task.done) / 2 else "in_progress"
    elif task.failed:
        code = "error"
    done = code == "completed"
    return {
        "status": {
            "code": code,
            "postings_count": len(task.postings),
            "printed_postings_count": len(task.postings) - len(task.unprinted) if done else 0,
            "unprinted_postings": [
                {"posting_number": number, "message": why} for number, why in task.unprinted.items()
            ]
            if done
            else [],
        },
        "file_url": f"{system.base_url}/ozon-files/{task.file_name}" if done else "",
        "error": {"code": "LABELS_NOT_FORMED", "message": "Не удалось сформировать файл"}
        if code == "error"
        else {"code": "", "message": ""},
    }


def file(system: OzonSystem, path: str) -> Answer:
    """The file behind a link, as much of it as is there by now."""
    task = system.label_files.get(path.lstrip("/"))
    if task is None:
        return Answer(404, "NoSuchKey\n", media_type="text/plain")
    growing = system.delay(system.order_knobs.label_growing_seconds)
    age = system.clock.monotonic() - task.done
    share = 1.0 if age >= growing else max(age / growing, 0.0)
    content = task.content[: max(int(len(task.content) * share), 16)] if share < 1 else task.content
    return Answer(200, content, media_type="application/pdf", items=len(task.postings))


def label_page(posting: Posting, task_type: str) -> Page:
    """A posting's label."""
    width, height = _SIZES[task_type]
    code = scanit(posting)
    lines = (posting.posting_number, code, posting.order_number)
    return Page(width, height, lines, bars=code, font_size=12 if task_type == "big_label" else 9)


def _unready(posting: Posting, now: float) -> str:
    """Why a posting cannot be printed, or nothing."""
    if posting.status != "awaiting_deliver":
        return NOT_TO_BE_PRINTED
    return NOT_READY if posting.label_from is None or now < posting.label_from else ""


def _refusal(system: OzonSystem) -> Answer:
    knobs = system.order_knobs
    status = {"http_400": 400, "http_409": 409, "http_200": 200}[knobs.label_refusal]
    return Answer(status, status_body(INVALID_ARGUMENT, knobs.label_refusal_text))


def _task(
    system: OzonSystem,
    cabinet: Cabinet,
    numbers: tuple[str, ...],
    unprinted: dict[str, str],
    kind: str,
    now: float,
) -> LabelTask:
    knobs = system.order_knobs
    task = LabelTask(
        task_id=next(system.task_ids),
        task_type=kind,
        made=now,
        done=now + system.delay(knobs.label_task_seconds),
        postings=numbers,
        unprinted=dict(unprinted),
        failed=knobs.label_error_share > 0 and system.random.random() < knobs.label_error_share,
    )
    task.file_name = f"labels/{task.task_id}-{system.random.getrandbits(64):016x}.pdf"
    cabinet.label_tasks[task.task_id] = task
    return task


def _print(system: OzonSystem, cabinet: Cabinet, task: LabelTask) -> None:
    """Form the file of a task that is done, without what was cancelled or sent since; it fails where nothing is
    left.
    """
    pages: list[Page] = []
    for number in task.postings:
        posting = cabinet.postings.by_number[number]
        if number not in task.unprinted and posting.status != "awaiting_deliver":
            task.unprinted[number] = NOT_TO_BE_PRINTED
        if number not in task.unprinted:
            page = label_page(posting, task.task_type)
            pages.append(page if system.order_knobs.label_names_posting else replace(page, lines=()))
    if not pages:
        task.failed = True
        return
    task.content = document(pages)
    system.label_files[task.file_name] = task
