"""What is said of pictures to people, in Russian; reports translate by the code that stands beside each message."""

from __future__ import annotations

from marketsync.marketplaces.base import PictureRules

__all__ = ["NO_USABLE_PICTURE", "of_link", "of_rules"]

NO_USABLE_PICTURE = (
    "Ни одну из картинок товара нельзя отправить, а без картинки карточка не создаётся: "
    "что не так с каждой, видно в предупреждениях о картинках и по команде history"
)

_LINK = {
    "http_error": "Картинка не открывается: сайт ответил {detail}. Проверьте, что файл есть на сайте и открыт всем",
    "timeout": "Картинка не загрузилась за {detail} с: сайт отвечает слишком медленно или не отвечает. Проверьте сайт",
    "unreachable": "Сайт с картинкой недоступен ({detail}). Проверьте адрес в accounts.yaml и сам сайт",
    "private_address": "Адрес картинки ведёт во внутреннюю сеть ({detail}), такие не запрашиваются. Если это ваш сайт, "
    "укажите в accounts.yaml pictures: {{site: адрес, private: true}}",
    "redirected_away": "Сайт перенаправляет картинку на другой адрес ({detail}), туда обмен не ходит. Укажите в "
    "accounts.yaml адрес, по которому картинки открываются сразу",
    "redirect_loop": "Сайт перенаправляет картинку по кругу. Исправьте настройки сайта",
    "too_heavy": "Файл картинки больше {detail} МБ. Уменьшите картинку в 1С",
    "not_a_picture": "По ссылке не картинка ({detail}). Замените файл в 1С",
    "damaged": "Файл картинки повреждён или загружен не до конца ({detail}). Загрузите картинку в 1С заново",
    "too_many_pixels": "В картинке {detail} точек, так выглядит испорченный файл. Уменьшите картинку в 1С",
}


def of_link(code: str, detail: object = "") -> str:
    """What is wrong with what a link leads to."""
    return _LINK[code].format(detail=detail)


def of_rules(rules: PictureRules, title: str) -> dict[str, str]:
    """Code -> what is wrong with a picture that is sound by itself; {size}, {type} and {place} are filled in.

    Args:
        rules: the marketplace's.
        title: the marketplace's name.
    """
    types = ", ".join(rules.types)
    megabytes = f"{rules.most_bytes / 1_000_000:g}" if rules.most_bytes else ""
    return {
        "beyond_limit": f"Картинка {{place}}-я по счёту, а {title} берёт не больше {rules.most}: она не отправлена. "
        "Уберите лишние картинки в 1С",
        "foreign_host": "Картинка указана ссылкой на чужой сайт, такие ссылки не запрашиваются и не отправляются. "
        "Загрузите файл картинки в 1С",
        "bad_path": "Недопустимый путь к файлу картинки. Прикрепите картинку в 1С заново",
        "not_delivered": "Файла картинки не было ни в одной выгрузке. Выгрузите картинки из 1С ещё раз",
        "damaged": "Файл картинки в архиве выгрузки повреждён. Выгрузите картинки из 1С ещё раз",
        "not_a_picture": "Файл из выгрузки не картинка. Замените его в 1С",
        "wrong_type": f"Картинка формата {{type}}, а {title} берёт только {types}. Сохраните её в JPEG и замените в 1С",
        "too_small": f"Картинка {{size}} точек, а {title} берёт не меньше {rules.least_side} по каждой стороне. "
        "Замените её в 1С на большую",
        "too_large": f"Картинка {{size}} точек, а {title} берёт не больше {rules.largest_side} по стороне. "
        "Уменьшите её в 1С",
        "too_heavy": f"Файл картинки слишком большой: {title} берёт не больше {megabytes} МБ. Уменьшите картинку в 1С",
        "not_listed": f"1С больше не передаёт ни одной картинки товара, на {title} оставлены прежние. "
        "Если это ошибка, прикрепите картинки в 1С",
    }
