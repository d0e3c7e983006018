"""The one way to call a marketplace: budgets, one session, one table of answers, a log of every exchange."""

from __future__ import annotations

import hashlib
import json
import os
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import NewConnectionError

from marketsync.clock import SYSTEM, Clock
from marketsync.errors import Fatal, MarketsyncError, Place, RateLimited, Retriable, Uncertain
from marketsync.http.answers import Answer, AnswerRules, outcome_of, value_or_error
from marketsync.http.download import download
from marketsync.http.protocols import Call, CallLog, Limit, Limiter
from marketsync.http.redaction import Redactor
from marketsync.http.retry import PATIENCE, retry

__all__ = ["USER_AGENT", "ApiClient"]

USER_AGENT = "marketsync/0.1.0"
_TIMEOUT = (5.0, 30.0)  # seconds to connect, seconds of silence
_CONNECTIONS = 16  # kept open at once; more threads than that open their own
_NEVER_SENT = (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)
T = TypeVar("T")
_FOUND = 200
_DOCUMENT = "document"  # the key under which a file that was read stands for an answer's object
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True)
class _Request:
    """A call as it is sent at every attempt."""

    verb: str
    path: str
    body: bytes
    limits: tuple[Limit, ...]
    own_limits: bool
    write: bool
    items: int | None
    submission: int | None
    place: Place
    document: bool = False
    headers: Mapping[str, str] | None = None
    read: Callable[[Answer], Any] | None = None  # of an answer that is no JSON object
    shown: Callable[[bytes, Redactor], str] = lambda body, redactor: redactor.body(body)
    operation: str = ""  # where one path serves several

    @property
    def method(self) -> str:
        return f"{self.verb} {self.path} {self.operation}".rstrip()


class ApiClient:
    """Calls one account's marketplace; may be used from several threads.

    The environment gives proxies and the CA bundle, nothing else: no .netrc. No cookies, no redirects.

    Args:
        account: the account's id, for the log and for errors.
        base_url: scheme, host and an optional path, as https://api.example.com.
        headers: what authorises the calls; never logged.
        limiter: budgets shared with every other process.
        call_log: where each exchange is written down.
        answers: how this marketplace words its answers.
        common_limits: what every call spends, from the widest to the narrowest.
        clock: the time.
        timeout: seconds to connect, seconds of silence while reading.
        secrets: what else must never be written down, as a key that is a part of the address.

    Raises:
        Fatal: the address or a header cannot be used.
    """

    def __init__(
        self,
        account: str,
        base_url: str,
        *,
        headers: Mapping[str, str],
        limiter: Limiter,
        call_log: CallLog,
        answers: AnswerRules,
        common_limits: Sequence[Limit] = (),
        clock: Clock = SYSTEM,
        timeout: tuple[float, float] = _TIMEOUT,
        secrets: Sequence[str] = (),
    ) -> None:
        self.account = account
        self._base_url = _checked_url(base_url, account)
        self._limiter = limiter
        self._call_log = call_log
        self._answers = answers
        self._common_limits = tuple(common_limits)
        self._clock = clock
        self._timeout = timeout
        self._redactor = Redactor.of_headers(headers, secrets)
        self._session = _session(self._base_url, _checked_headers(headers, account))

    def post(
        self,
        path: str,
        payload: Mapping[str, Any],
        *,
        limits: Sequence[Limit] = (),
        write: bool = False,
        repeatable: bool = True,
        items: int | None = None,
        submission: int | None = None,
    ) -> dict[str, Any]:
        """Send a JSON object, wait for the JSON object that answers it.

        Args:
            path: from the base address on, as /v2/products/stocks.
            payload: JSON values only; money as text.
            limits: what this method spends besides the common limits, the narrowest last; once per attempt.
            write: it changes something there: its bodies are logged, and a lost answer is `Uncertain`.
            repeatable: doing it twice does no harm, so that an `Uncertain` call is repeated here.
            items: how many items it carries, for the log.
            submission: the intent row's id, for the log.

        Returns:
            the answer's JSON object.

        Raises:
            Uncertain: it may have had its effect.
            RateLimited: the pause asked for is longer than 10 s.
            Retriable: passing trouble that lasted through all attempts.
            RequestRefused: the request as a whole was refused.
            Fatal: no retry helps.
        """
        request = _Request(
            verb="POST",
            path=path,
            body=json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
                "utf-8", "replace"
            ),
            limits=(*self._common_limits, *limits),
            own_limits=bool(limits),
            write=write,
            items=items,
            submission=submission,
            place=Place(account=self.account, method=f"POST {path}"),
        )
        return retry(
            lambda attempt: self._attempt(request, attempt),
            clock=self._clock,
            repeatable=repeatable or not write,
        )

    def document(
        self,
        path: str,
        payload: Mapping[str, Any],
        *,
        limits: Sequence[Limit] = (),
        write: bool = False,
        items: int | None = None,
    ) -> bytes:
        """Send a JSON object, take the answer's body whatever it is: a file, or nothing at all.

        Args:
            limits, items: as of `post`.
            write: it changes something there; only for what may be done twice.

        Raises:
            what `post` raises.
        """
        request = _Request(
            verb="POST",
            path=path,
            body=json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
                "utf-8", "replace"
            ),
            limits=(*self._common_limits, *limits),
            own_limits=bool(limits),
            write=write,
            items=items,
            submission=None,
            place=Place(account=self.account, method=f"POST {path}"),
            document=True,
        )
        answer = retry(lambda attempt: self._attempt(request, attempt), clock=self._clock, repeatable=True)
        return bytes(answer[_DOCUMENT])

    def download(self, url: str, *, at_most: int) -> bytes:
        """The file behind a link that the marketplace gave, wherever it lies: no key is sent there.

        Args:
            at_most: bytes.

        Raises:
            Retriable: it cannot be had now.
            RequestRefused: there is no such file.
            Fatal: the link cannot be used, or the file is too large.
        """
        host = urlsplit(url).hostname or ""
        place = Place(account=self.account, method=f"GET {host}")

        def attempt(number: int) -> bytes:
            at, began = self._clock.now(), self._clock.monotonic()
            found = download(url, timeout=self._timeout, at_most=at_most, place=place)
            failed = found if isinstance(found, MarketsyncError) else None
            self._call_log.record(
                Call(
                    at=at,
                    account=self.account,
                    method=f"GET {host}",
                    status=None if failed else _FOUND,
                    outcome="ok" if failed is None else outcome_of(failed),
                    ms=round((self._clock.monotonic() - began) * 1000),
                    attempt=number,
                    items=None,
                    submission=None,
                    trace_id=None,
                    request_hash=hashlib.sha256(url.encode()).digest(),
                    request_bytes=0,
                    response_bytes=len(found) if isinstance(found, bytes) else 0,
                    request_body=None,
                    response_body=None,
                    error=self._redactor.text(failed.message) if failed else None,
                )
            )
            if isinstance(found, MarketsyncError):
                raise found
            return found

        return retry(attempt, clock=self._clock, repeatable=True)

    def send(
        self,
        path: str,
        body: bytes,
        *,
        operation: str,
        headers: Mapping[str, str],
        read: Callable[[Answer], T | MarketsyncError],
        shown: Callable[[bytes, Redactor], str],
        write: bool,
        repeatable: bool = True,
        items: int | None = None,
    ) -> T:
        """Send a body that is no JSON, and read what answers it: `post` for another protocol.

        Args:
            operation: what is asked for, where one path serves several things; for the log.
            headers: of this protocol.
            read: an answer -> its value, or the error that it means.
            shown: a body, sent or received -> as the log may keep it.

        Raises: what `post` raises.
        """
        request = _Request(
            verb="POST",
            path=path,
            body=body,
            limits=self._common_limits,
            own_limits=False,
            write=write,
            items=items,
            submission=None,
            place=Place(account=self.account, method=f"POST {path} {operation}"),
            headers=headers,
            read=read,
            shown=shown,
            operation=operation,
        )
        return cast(
            "T",
            retry(
                lambda attempt: self._attempt(request, attempt),
                clock=self._clock,
                repeatable=repeatable or not write,
            ),
        )

    def redact(self, text: str) -> str:
        """A text without the client's own secrets."""
        return self._redactor.text(text)

    def now(self) -> datetime:
        """The time by the client's clock."""
        return self._clock.now()

    def get(self, path: str) -> dict[str, Any]:
        """Read the JSON object at a path, without parameters. Raises what `post` raises for a reading call."""
        request = _Request(
            verb="GET",
            path=path,
            body=b"",
            limits=self._common_limits,
            own_limits=False,
            write=False,
            items=None,
            submission=None,
            place=Place(account=self.account, method=f"GET {path}"),
        )
        return retry(lambda attempt: self._attempt(request, attempt), clock=self._clock, repeatable=True)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def _attempt(self, request: _Request, attempt: int) -> Any:
        if request.limits:
            self._limiter.acquire(request.limits, patience=PATIENCE)
        at, began = self._clock.now(), self._clock.monotonic()
        answer = self._send(request)
        seconds = self._clock.monotonic() - began
        result = self._result(request, answer)
        self._learn(request, answer, result)
        self._record(request, answer, result, at=at, seconds=seconds, attempt=attempt)
        if isinstance(result, MarketsyncError):
            raise result
        return result

    def _result(self, request: _Request, answer: Answer | MarketsyncError) -> Any:
        if isinstance(answer, MarketsyncError):
            return answer
        if request.read is not None:
            return request.read(answer)
        if request.document and answer.status == _FOUND:
            return {_DOCUMENT: answer.body}
        return value_or_error(
            answer, self._answers, write=request.write, place=request.place, redactor=self._redactor
        )

    def _send(self, request: _Request) -> Answer | MarketsyncError:
        """The answer, or what it means that there is none."""
        vendor = self._answers.vendor
        unsure: type[Retriable] = Uncertain if request.write else Retriable
        try:
            response = self._session.request(
                request.verb,
                self._base_url + request.path,
                data=request.body,
                headers=request.headers,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            if _caused_by(error, ssl.SSLCertVerificationError):
                return Fatal(
                    f"{vendor} shows a certificate that is not trusted: {self._redactor.text(str(error))}",
                    place=request.place,
                    hint="Check the connection's host; a company's own CA is named by REQUESTS_CA_BUNDLE",
                )
            return unsure(self._broken(error), place=request.place)
        except requests.exceptions.ReadTimeout:
            return unsure(f"{vendor} was silent for {self._timeout[1]:g} s", place=request.place)
        except requests.exceptions.RequestException as error:
            if isinstance(error, _NEVER_SENT) or _caused_by(error, NewConnectionError):
                return Retriable(
                    f"{vendor} cannot be reached: {self._redactor.text(str(error))}", place=request.place
                )
            return unsure(self._broken(error), place=request.place)
        return Answer(status=response.status_code, headers=response.headers, body=response.content)

    def _broken(self, error: Exception) -> str:
        return f"The connection to {self._answers.vendor} broke: {self._redactor.text(str(error))}"

    def _learn(self, request: _Request, answer: Answer | MarketsyncError, result: Any) -> None:
        """Tell the other processes what the marketplace said about the budget that was spent.

        The narrowest limit is meant. A long pause concerns the method, not the account: it never blocks a
        limit that all calls share.
        """
        if not request.limits or not isinstance(answer, Answer):
            return
        narrowest = request.limits[-1]
        remaining = self._answers.remaining_header
        if isinstance(result, RateLimited):
            if request.own_limits or result.delay <= PATIENCE:
                self._limiter.block(narrowest.key, result.delay)
        elif remaining and answer.headers.get(remaining, "").strip() == "0":
            # somebody outside spends the same budget: wait until about one call's worth of it has come back
            self._limiter.block(narrowest.key, narrowest.window / narrowest.limit)

    def _record(
        self,
        request: _Request,
        answer: Answer | MarketsyncError,
        result: Any,
        *,
        at: datetime,
        seconds: float,
        attempt: int,
    ) -> None:
        came = answer if isinstance(answer, Answer) else None
        failed = result if isinstance(result, MarketsyncError) else None
        keep_bodies = request.write or failed is not None
        trace = came.headers.get(self._answers.trace_header) if came and self._answers.trace_header else None
        self._call_log.record(
            Call(
                at=at,
                account=self.account,
                method=request.method,
                status=came.status if came else None,
                outcome=outcome_of(result),
                ms=round(seconds * 1000),
                attempt=attempt,
                items=request.items,
                submission=request.submission,
                trace_id=self._redactor.text(trace) if trace else None,
                request_hash=hashlib.sha256(request.body).digest(),
                request_bytes=len(request.body),
                response_bytes=len(came.body) if came else 0,
                request_body=request.shown(request.body, self._redactor) if keep_bodies else None,
                response_body=request.shown(came.body, self._redactor) if keep_bodies and came else None,
                error=failed.message if failed else None,
            )
        )


def _checked_url(base_url: str, account: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
        raise Fatal(
            f"The marketplace's address {Redactor().text(base_url)!r} cannot be used",
            place=Place(account=account),
            hint="Write it as https://host or https://host/path in the host of the account's connection",
        )
    return base_url.rstrip("/")


def _checked_headers(headers: Mapping[str, str], account: str) -> Mapping[str, str]:
    for name, value in headers.items():
        if not (value and value.isascii() and value.isprintable() and value == value.strip()):
            raise Fatal(
                f"The header {name} cannot be sent: its value is empty or has a character that no key has",
                place=Place(account=account),
                hint="Copy the key into the account's connection again, without blanks and line breaks",
            )
    return headers


def _session(base_url: str, headers: Mapping[str, str]) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a .netrc must not replace the marketplace's own authorisation
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # calls share no state
    session.headers.update({**headers, "User-Agent": USER_AGENT, "Content-Type": "application/json"})
    session.verify = next((os.environ[name] for name in _CA_VARIABLES if os.environ.get(name)), True)
    if not _is_loopback(base_url):
        session.proxies.update(get_environ_proxies(base_url))
    adapter = HTTPAdapter(pool_maxsize=_CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an error of this kind lies behind another: requests hands them on in `args` and `reason`."""
    seen: list[BaseException] = [error]
    for candidate in seen:
        if isinstance(candidate, kind):
            return True
        behind = [*candidate.args, getattr(candidate, "reason", None), candidate.__context__]
        seen += [other for other in behind if isinstance(other, BaseException) and other not in seen]
    return False
