"""Files: behind a public link of a marketplace, without the key; and as the answer to a call."""

from __future__ import annotations

import pytest

from marketsync.errors import Fatal, Retriable, Uncertain
from marketsync.http.answers import RequestRefused
from tests.unit.http.far_side import KEY, Bench, FarSide, half, reply, reset

PDF = b"%PDF-1.4 \xe2\xe3 %%EOF"


def test_a_file_is_fetched_without_the_key_and_written_down_without_its_path(
    bench: Bench, far_side: FarSide
) -> None:
    far_side.answers(reply(200, PDF))
    assert bench.client().download(f"{far_side.url}/labels/secret.pdf?token=abc", at_most=1000) == PDF
    (seen,) = far_side.seen
    assert seen.path == "/labels/secret.pdf?token=abc"
    assert KEY not in str(seen.headers)
    assert "client-id" not in seen.headers
    (call,) = bench.log.calls
    assert (call.method, call.outcome, call.response_bytes) == ("GET 127.0.0.1", "ok", len(PDF))
    assert "secret" not in str(call)


def test_a_file_that_cannot_be_had_now_is_asked_for_again(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(503, "later"), half, reset, reply(200, PDF))
    assert bench.client().download(f"{far_side.url}/1.pdf", at_most=1000) == PDF
    assert len(far_side.seen) == 4
    far_side.answers(reply(503, "later"))
    with pytest.raises(Retriable, match="503"):
        bench.client().download(f"{far_side.url}/1.pdf", at_most=1000)


def test_a_file_that_is_gone_too_large_or_nowhere_is_told(bench: Bench, far_side: FarSide) -> None:
    client = bench.client()
    far_side.answers(reply(404, "NoSuchKey"))
    with pytest.raises(RequestRefused, match="404"):
        client.download(f"{far_side.url}/1.pdf", at_most=1000)
    far_side.answers(reply(200, PDF * 1000))
    with pytest.raises(Fatal, match="larger than 1000"):
        client.download(f"{far_side.url}/1.pdf", at_most=1000)
    for link in ("file:///etc/passwd", "", "https://"):
        with pytest.raises(Fatal, match="cannot be used"):
            client.download(link, at_most=1000)


def test_a_redirect_is_followed_a_few_times(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(302, "", {"Location": f"{far_side.url}/2.pdf"}), reply(200, PDF))
    assert bench.client().download(f"{far_side.url}/1.pdf", at_most=1000) == PDF
    far_side.answers(reply(302, "", {"Location": f"{far_side.url}/1.pdf"}))
    with pytest.raises(Retriable):
        bench.client().download(f"{far_side.url}/1.pdf", at_most=1000)


def test_the_answer_to_a_call_may_be_a_file_or_nothing(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(200, PDF), reply(200, b""), reply(400, {"code": "BAD", "message": "no"}))
    client = bench.client()
    assert client.document("/act", {"id": 1}) == PDF
    assert client.document("/set", {"id": 1}, write=True) == b""
    with pytest.raises(RequestRefused):
        client.document("/act", {"id": 1})
    far_side.answers(reply(500, "trouble"))
    with pytest.raises(Uncertain):
        client.document("/set", {"id": 1}, write=True)
