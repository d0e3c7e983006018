"""What may not be written down: keys, and what is known of a buyer.

A body is read as JSON and masked by its keys; a known secret is masked wherever it stands. The mask is a sign
that no key has in it, so that masking never puts a secret together.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

__all__ = ["LARGEST_BODY", "MASK", "Redactor", "cut", "is_private"]

MASK = "•••"
LARGEST_BODY = 65_536  # bytes of a body that are kept
SHORTEST_SECRET = 4  # characters; anything shorter cannot be told from ordinary text

_PUBLIC_HEADERS = frozenset({"accept", "accept-language", "client-id", "content-type", "user-agent"})

# Keys whose whole value is masked, compared in lower case and without '_' and '-'.
_PERSONAL_PARTS = ("addressee", "buyer", "customer", "email", "passport", "phone", "recipient")
_PERSONAL_ENDS = ("address", "addresstail", "firstname", "fullname", "lastname", "middlename", "patronymic")
_SECRET_PARTS = ("apikey", "authorization", "password", "secret", "token")

# Every pattern is linear in the text's length: an answer's size is the other side's choice.
_TELLTALE = re.compile(r"[@:/+=]")  # without one of these no pattern below matches
_SECRET_HEADER = re.compile(r"(?im)\b((?:api-?key|authorization|x-api-key)[\"']?\s*[:=]\s*)[^\r\n]+")
_URL_LOGIN = re.compile(r"(?<=://)[^/\s@\"'<>]+@")
_URL_SECRET = re.compile(
    r"(?i)([?&][\w.-]{0,40}(?:key|password|secret|signature|token)[\w.-]{0,40}=)[^&\s\"'<>#]+"
)
_PUSH_SECRET = re.compile(r"(/push/[^/\s\"'<>?#]+/)[^/\s\"'<>?#]+")  # /push/<account>/<secret>
_WEBHOOK_SECRET = re.compile(r"(/rest/\d+/)[^/\s\"'<>?#]+")  # /rest/<user>/<secret> of 1C-Bitrix
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+\d[\d\s()-]{8,16}\d")
_QUOTED_KEY = re.compile(r"\"([\w.-]+)\"\s*:")


class Redactor:
    """Masks what may not be written down.

    Args:
        secrets: values that are masked wherever they stand, also as URLs, JSON and HTML write them; those of
            less than four characters are left alone.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if len(secret) >= SHORTEST_SECRET:
                quoted = quote(secret, safe="")
                escaped = json.dumps(secret)[1:-1]
                forms |= {secret, quoted, quote_plus(secret), quote(secret), html.escape(secret), escaped}
                forms.add(re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted))
        # the longest first: a shorter secret inside of a longer one would leave the rest of it
        ordered = sorted(forms, key=len, reverse=True)
        self._longest = len(ordered[0]) if ordered else 0
        self._secrets = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    @classmethod
    def of_headers(cls, headers: Mapping[str, str], more: Iterable[str] = ()) -> Redactor:
        """A redactor for every header's value but those that are no secret, as Client-Id, and for `more`."""
        secrets = list(more)
        for name, value in headers.items():
            if name.lower() not in _PUBLIC_HEADERS:
                secrets += [value, *value.split()]  # 'Bearer abc' is a secret, and so is 'abc'
        return cls(secrets)

    def text(self, text: str) -> str:
        """Mask secrets, logins in URLs, e-mail addresses and telephone numbers; a long text is cut."""
        if len(text) > 2 * LARGEST_BODY:
            # the end may be the first half of a secret, which nothing recognises
            return self.text(text[: 2 * LARGEST_BODY])[: -self._longest or None]
        if self._secrets:
            text = self._secrets.sub(MASK, text)
        text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
        if not _TELLTALE.search(text):
            return text
        text = _SECRET_HEADER.sub(rf"\1{MASK}", text)
        text = _URL_LOGIN.sub(f"{MASK}@", text)
        text = _URL_SECRET.sub(rf"\1{MASK}", text)
        text = _PUSH_SECRET.sub(rf"\1{MASK}", text)
        text = _WEBHOOK_SECRET.sub(rf"\1{MASK}", text)
        text = _EMAIL.sub(MASK, text)
        return _PHONE.sub(MASK, text)

    def value(self, value: Any) -> Any:
        """A copy of a JSON value: what stands under a personal or secret key masked, its shape kept."""
        match value:
            case dict():
                return {
                    self.text(str(key)): _masked(item) if is_private(str(key)) else self.value(item)
                    for key, item in value.items()
                }
            case list() | tuple():
                return [self.value(item) for item in value]
            case str():
                return self.text(value)
            case _:
                # a number may spell a secret, and so may the words that JSON has of its own
                return MASK if self._secrets and self._secrets.search(json.dumps(value)) else value

    def body(self, body: bytes) -> str:
        """A body as the log keeps it: masked, and cut to `LARGEST_BODY` bytes.

        A body that cannot be read as JSON and yet has private keys in it is withheld: where their values end
        is not known.
        """
        text = body.decode("utf-8-sig", "replace")
        try:
            masked = json.dumps(self.value(json.loads(text)), ensure_ascii=False)
        except (ValueError, RecursionError):
            if any(is_private(key) for key in _QUOTED_KEY.findall(text)):
                return f"[{len(body)} bytes of torn JSON with private data]"
            return cut(self.text(text))
        return cut(masked)


def cut(text: str, size: int = LARGEST_BODY) -> str:
    """The beginning of a text that fits into `size` bytes of UTF-8, ending between characters."""
    data = text.encode("utf-8", "replace")
    return data.decode() if len(data) <= size else data[:size].decode("utf-8", "ignore")


@lru_cache(maxsize=4096)
def is_private(key: str) -> bool:
    """Whether what stands under a key of that name is a secret, or known of a person."""
    plain = key.lower().replace("_", "").replace("-", "")
    return any(part in plain for part in (*_PERSONAL_PARTS, *_SECRET_PARTS)) or plain.endswith(_PERSONAL_ENDS)


def _masked(value: Any) -> Any:
    """The shape of a value without its content: empty stays empty, so that a missing address still shows."""
    match value:
        case dict():
            return {key: _masked(item) for key, item in value.items()}
        case list() | tuple():
            return [_masked(item) for item in value]
        case None | "" | bool():
            return value
        case _:
            return MASK
