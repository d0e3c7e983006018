"""No secret and nothing of a buyer survives; what is harmless stays readable."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketsync.http.redaction import LARGEST_BODY, MASK, Redactor, cut

_printable = st.characters(min_codepoint=33, max_codepoint=126)
_secrets = st.text(_printable, min_size=4, max_size=40)
_texts = st.text(max_size=60)


def _json_around(secret: str, before: str, after: str) -> st.SearchStrategy[object]:
    """JSON values that hold the secret somewhere: in a string, as a key, in a list, deep inside."""
    leaf = st.sampled_from([secret, before + secret + after])
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "note", "items", secret]), inner, min_size=1, max_size=3)
        ),
        max_leaves=6,
    )


@given(secret=_secrets, before=_texts, after=_texts)
def test_a_secret_never_survives_in_a_text(secret: str, before: str, after: str) -> None:
    redact = Redactor([secret])
    for form in (
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        html.escape(secret),
        json.dumps(secret)[1:-1],
    ):
        assert form not in redact.text(before + form + after)
        assert form not in redact.body((before + form + after).encode("utf-8", "replace"))


@given(data=st.data(), secret=_secrets, before=_texts, after=_texts, escape=st.booleans())
def test_a_secret_never_survives_in_json(
    data: st.DataObject, secret: str, before: str, after: str, escape: bool
) -> None:
    value = data.draw(_json_around(secret, before, after))
    body = json.dumps(value, ensure_ascii=escape).encode("utf-8", "replace")

    kept = Redactor([secret]).body(body)

    strings: list[str] = []
    _collect(json.loads(kept), strings)
    assert not [text for text in strings if secret in text]


def _collect(value: object, strings: list[str]) -> None:
    match value:
        case dict():
            for key, item in value.items():
                strings.append(key)
                _collect(item, strings)
        case list():
            for item in value:
                _collect(item, strings)
        case str():
            strings.append(value)


@given(secrets=st.lists(_secrets, min_size=2, max_size=4), texts=st.lists(_texts, min_size=3, max_size=3))
def test_one_secret_does_not_shelter_another(secrets: list[str], texts: list[str]) -> None:
    secrets.append(secrets[0] + secrets[1])  # one begins with another
    redact = Redactor(secrets)
    for secret in secrets:
        assert secret not in redact.text(texts[0] + secret + texts[1])


@given(body=st.binary(max_size=400))
def test_any_bytes_become_text_that_a_database_takes(body: bytes) -> None:
    kept = Redactor(["secret-1"]).body(body)

    kept.encode("utf-8")
    assert "\x00" not in kept


@pytest.mark.parametrize("number", [12345678, 123456.5])
def test_a_secret_in_digits_is_found_in_numbers(number: float) -> None:
    assert str(number) not in Redactor([str(number)]).body(json.dumps({"echo": number}).encode())


def test_headers_give_the_secrets_but_not_the_public_ones() -> None:
    redact = Redactor.of_headers(
        {"Client-Id": "100100", "Api-Key": "key-77aa", "Authorization": "Bearer token-88bb"}
    )

    assert redact.text("client 100100: key-77aa, token-88bb") == f"client 100100: {MASK}, {MASK}"


@pytest.mark.parametrize(
    "key",
    [
        "customer",
        "addressee",
        "phone",
        "customer_phone",
        "customerEmail",
        "delivery_address",
        "address",
        "first_name",
        "lastName",
        "buyer",
        "recipient",
        "api_key",
        "access_token",
        "password",
    ],
)
def test_private_keys_are_masked_with_all_that_stands_below(key: str) -> None:
    value = {key: {"name": "Анна", "list": ["Тверская, 1", 79001234567]}, "id": 5, "name": "Чайник"}

    kept = json.loads(Redactor().body(json.dumps(value).encode()))

    assert kept == {key: {"name": MASK, "list": [MASK, MASK]}, "id": 5, "name": "Чайник"}


def test_the_shape_stays_and_so_does_what_is_empty() -> None:
    value = {"customer": {"name": "", "phone": None, "email": "a@b.example"}, "postings": [{"status": "new"}]}

    kept = json.loads(Redactor().body(json.dumps(value).encode()))

    assert kept == {"customer": {"name": "", "phone": None, "email": MASK}, "postings": [{"status": "new"}]}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("to https://user:pass@host.example/a", f"to https://{MASK}@host.example/a"),
        ("GET /f?sig=1&X-Amz-Signature=abc&page=2", f"GET /f?sig=1&X-Amz-Signature={MASK}&page=2"),
        ("GET /f?api_key=abc", f"GET /f?api_key={MASK}"),
        ("POST /push/ozon_main/s3cr3t/notification", f"POST /push/ozon_main/{MASK}/notification"),
        ("Api-Key: abcdef\r\nHost: h", f"Api-Key: {MASK}\r\nHost: h"),
        ("Authorization: Bearer abcdef", f"Authorization: {MASK}"),
        ("write to anna.p@mail.example.com now", f"write to {MASK} now"),
        ("call +7 (900) 123-45-67 now", f"call {MASK} now"),
        ("barcode 4600000000017, order 12345678-0001-1", "barcode 4600000000017, order 12345678-0001-1"),
        ("Api-Key is missing a required role", "Api-Key is missing a required role"),
    ],
)
def test_texts(text: str, kept: str) -> None:
    assert Redactor().text(text) == kept


def test_torn_json_with_a_buyer_in_it_is_withheld() -> None:
    body = '{"result": {"customer": {"name": "Анна Петрова", "pho'.encode()

    assert Redactor().body(body) == f"[{len(body)} bytes of torn JSON with private data]"
    assert Redactor().body(b'{"result": {"status": "new", "qua') == '{"result": {"status": "new", "qua'


@given(text=st.text(max_size=200), size=st.integers(4, 100))
def test_a_cut_ends_between_characters(text: str, size: int) -> None:
    clean = text.encode("utf-8", "replace").decode()

    kept = cut(text, size)

    assert len(kept.encode()) <= size
    assert clean.startswith(kept)
    assert kept == clean or len(kept.encode()) > size - 4


@pytest.mark.parametrize(
    "body", [b"x" * 100_000, json.dumps({"a": "ж" * 80_000}).encode(), "ж".encode() * 50_000]
)
def test_a_large_body_is_cut(body: bytes) -> None:
    kept = Redactor(["secret-1"]).body(body)

    assert LARGEST_BODY - 4 < len(kept.encode()) <= LARGEST_BODY


def test_a_secret_at_the_cut_does_not_leave_its_half() -> None:
    kept = Redactor(["secret-1"]).body(b"x" * (LARGEST_BODY - 4) + b"secret-1")

    assert "secr" not in kept


@pytest.mark.parametrize("offset", range(-9, 2))
def test_a_text_cut_before_it_is_masked_does_not_end_in_half_a_secret(offset: int) -> None:
    padding = "x" * (2 * LARGEST_BODY + offset)

    kept = Redactor(["secret-1"]).text(f"{padding}secret-1{'y' * 100}")

    assert not any(kept.endswith("secret-1"[:length]) for length in range(1, 9))


@pytest.mark.parametrize(
    "piece", ["x", "<", "?key", "@", "a@b.", "+7 ", "://", "/push/a/", "authorization:", '"a":']
)
def test_no_text_takes_quadratic_time(piece: str) -> None:
    """Half a million characters: with a quadratic pattern this test would run for minutes."""
    body = (piece * (500_000 // len(piece))).encode()

    assert len(Redactor(["secret-1"]).body(body).encode()) <= LARGEST_BODY


def test_the_secret_in_a_webhooks_address_is_masked_even_where_it_is_not_known() -> None:
    text = "Max retries exceeded with url: /portal/rest/15/abc123def/batch.json (Caused by ...)"

    assert "abc123def" not in Redactor().text(text)
    assert "/rest/15/" in Redactor().text(text)
