"""What people are told about deliveries by our own carriers. Nothing of the receiver stands in it."""

from __future__ import annotations

from marketsync.carriers.base import Stage

__all__ = [
    "GONE",
    "STAGES",
    "call",
    "cancelled_there",
    "no_inbox",
    "no_label",
    "not_cancelled",
    "odd",
    "on_the_way",
    "refused",
    "state_words",
    "stuck_inbox",
    "taken_number",
    "unclear",
    "waits",
]

GONE = "перевозчик не знает заказа, который проверял"

STAGES = {
    Stage.ORDERED: "оформлен у перевозчика",
    Stage.PICKED_UP: "забран перевозчиком",
    Stage.ON_ROAD: "в пути",
    Stage.READY: "прибыл к получателю: терминал или пункт выдачи",
    Stage.DELIVERING: "у курьера",
    Stage.DELIVERED: "доставлен",
    Stage.PROBLEM: "проблема с доставкой",
    Stage.RETURNING: "возвращается отправителю",
    Stage.RETURNED: "возвращён отправителю",
    Stage.CANCELLED: "отменён у перевозчика",
    Stage.LOST: "утерян перевозчиком",
    Stage.OTHER: "событие перевозчика",
}
"""Where parcels are, as people are shown it."""

_STATES = {
    "waiting": "ждёт передачи перевозчику",
    "asked": "передаётся перевозчику",
    "pending": "проверяется перевозчиком",
    "accepted": "принят перевозчиком",
    "refused": "отклонён перевозчиком",
    "cancelled": "отменён",
}

_AGAIN = "Исправьте причину и запросите доставку ещё раз"


def state_words(state: str, stage: str | None) -> str:
    """A shipment's state, and where its parcels are once the carrier has them."""
    return STAGES[Stage(stage)] if state == "accepted" and stage is not None else _STATES[state]


def refused(carrier: str, number: str, our_number: str, said: str) -> str:
    """The carrier does not take the order."""
    return f"{_of(carrier, number, our_number)} не принята: {said}. {_AGAIN}"


def odd(carrier: str, number: str, our_number: str, said: str) -> str:
    """The carrier answered what was not expected; it is asked again."""
    return f"{_of(carrier, number, our_number)}: {said}. Проверьте заказ в кабинете перевозчика"


def waits(carrier: str, number: str, our_number: str, said: str) -> str:
    """Trouble that does not pass."""
    return (
        f"{_of(carrier, number, our_number)} не удаётся: {said}. Попытки продолжаются сами; если так и останется, "
        "проверьте подключение перевозчика и его настройки в accounts.yaml"
    )


def call(carrier: str, number: str, our_number: str, said: str) -> str:
    """The carrier cancels only by telephone."""
    return (
        f"{_of(carrier, number, our_number)}: заказ уже в работе, сам перевозчик его не отменит ({said}). "
        "Позвоните перевозчику и остановите доставку"
    )


def not_cancelled(carrier: str, number: str, our_number: str, said: str) -> str:
    """The carrier does not cancel."""
    return (
        f"{_of(carrier, number, our_number)}: перевозчик не отменил заказ ({said}). Отмените его в кабинете"
    )


def no_label(carrier: str, number: str, our_number: str, said: str) -> str:
    """The carrier prints no label."""
    return (
        f"{_of(carrier, number, our_number)}: этикетки нет ({said}). Попытки продолжаются до дня забора; "
        "напечатайте её в кабинете перевозчика, если забор близко"
    )


def on_the_way(carrier: str, number: str, our_number: str, stage: Stage) -> str:
    """Something went wrong on the way."""
    return f"{_of(carrier, number, our_number)}: {STAGES[stage]}. Свяжитесь с перевозчиком и решите, что с заказом"


def cancelled_there(said: str) -> str:
    """Nobody here asked for a cancellation."""
    return f"заказ отменён у перевозчика, хотя мы об этом не просили ({said}). {_AGAIN}"


def taken_number(our_number: str, said: str) -> str:
    """The carrier calls it a double, and shows no other."""
    return f"номер {our_number} у перевозчика занят, а самого заказа он не показывает ({said})"


def unclear(said: str) -> str:
    """A word that nobody knew."""
    return f"непонятный ответ перевозчика: {said or 'пустой'}"


def no_inbox(carrier: str, said: str) -> str:
    """Events are not switched on."""
    return (
        f"Перевозчик {carrier} не отдаёт события ({said}): о каждом заказе он спрашивается отдельно. Попросите его "
        "подключить события или укажите events: false в accounts.yaml"
    )


def stuck_inbox(carrier: str) -> str:
    """The same events come though they were confirmed."""
    return f"Перевозчик {carrier} повторяет события, получение которых подтверждено: новые не приходят. Напишите ему"


def _of(carrier: str, number: str, our_number: str) -> str:
    return f"Доставка заказа {number} перевозчиком {carrier} (у него {our_number})"
