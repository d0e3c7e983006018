"""SOAP by the WSDLs packaged here, over the one client that keeps budgets, retries and the log.

zeep makes the messages and reads the answers; it never opens a connection, and never fetches a WSDL. A fault is the
service's refusal of the call as a whole; anything that is no SOAP answer leaves the effect of a writing call open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import zeep
import zeep.exceptions
from lxml import etree
from zeep.transports import Transport

from marketsync.errors import Fatal, MarketsyncError, Place, Retriable, Uncertain
from marketsync.http.answers import Answer, AnswerRules, RequestRefused, value_or_error
from marketsync.http.client import ApiClient
from marketsync.http.redaction import Redactor
from marketsync.http.xml_redaction import parser, redacted_xml

__all__ = ["RULES", "Soap"]

_HERE = Path(__file__).parent
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
_PRIVATE = frozenset(
    {"clientkey", "consignee", "contactfio", "descript", "file", "instructions", "parameter", "reasonname"}
)
"""Elements that name people or what they bought, besides the addresses; a label shows its receiver."""

_NO_DISPATCH = "Cannot find dispatch method"  # JAX-WS: another namespace, or no such operation

RULES = AnswerRules(
    vendor="DPD",
    read_error=lambda body: None,
    denied_hint="Check the carrier's connection: login = client number, password = client key",
)


class _NoNetwork(Transport):
    """Reads the packaged files; whoever asks it for more has made a mistake."""

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> Any:
        raise Fatal(f"SOAP to {address} goes through marketsync.http alone")

    def _load_remote_data(self, url: str) -> bytes:
        raise Fatal(f"A WSDL is never fetched at run time: {url}")


_make_transport: Any = _NoNetwork
_NO_NETWORK = _make_transport()


@cache
def _binding(service: str, namespace: str | None) -> Any:
    """The operations of a packaged WSDL, in another namespace where one is given."""
    text = (_HERE / f"{service}.wsdl").read_text(encoding="utf-8")
    if namespace:
        known = etree.fromstring(text.encode(), parser()).get("targetNamespace")
        text = text.replace(f'"{known}"', f'"{namespace}"')
    # not strict: what the service adds to its answers is of no use here, and no reason to lose them
    settings = zeep.Settings(strict=False, forbid_dtd=True, forbid_entities=True)
    make: Any = zeep.Client  # zeep has no types
    client = make(BytesIO(text.encode()), transport=_NO_NETWORK, settings=settings)
    return next(iter(client.wsdl.bindings.values()))


class Soap:
    """One service of the carrier.

    Args:
        client: whose calls these are.
        service: a WSDL's name, and the last part of the address.
        namespace: another one than the WSDL's.
    """

    def __init__(self, client: ApiClient, service: str, *, namespace: str | None = None) -> None:
        self._client = client
        self._path = f"/services/{service}"
        self._binding = _binding(service, namespace)

    def call(
        self,
        operation: str,
        asked: Mapping[str, Any],
        *,
        write: bool,
        repeatable: bool = True,
        hidden: Sequence[str] = (),
    ) -> Any:
        """Ask, and read the answer's `return`.

        Args:
            asked: the wrapper's name -> its content, as zeep takes it.
            write: as of ApiClient.post.
            repeatable: doing it twice does no harm.
            hidden: what is known of a person, and may stand in the service's own words too.

        Raises:
            RequestRefused: with the fault's code and words.
            Uncertain, RateLimited, Retriable, Fatal: as ApiClient.post.
        """
        described = self._binding.get(operation)
        envelope = described.create(**asked).content
        place = Place(account=self._client.account, method=f"{self._path} {operation}")

        personal = Redactor(hidden)

        def redact(text: str) -> str:
            return personal.text(self._client.redact(text))

        def read(answer: Answer) -> Any:
            return _meaning(answer, described, write=write, place=place, redact=redact)

        return self._client.send(
            self._path,
            etree.tostring(envelope, xml_declaration=True, encoding="utf-8"),
            operation=operation,
            headers=_HEADERS,
            read=read,
            shown=lambda body, redactor: personal.text(redacted_xml(body, redactor, _PRIVATE)),
            write=write,
            repeatable=repeatable,
        )


def _meaning(
    answer: Answer, operation: Any, *, write: bool, place: Place, redact: Callable[[str], str]
) -> Any:
    unsure: type[Retriable] = Uncertain if write else Retriable
    try:
        envelope = etree.fromstring(answer.body, parser())
    except (etree.XMLSyntaxError, ValueError):
        envelope = None
    if envelope is None or envelope.tag != f"{{{_ENVELOPE}}}Envelope":
        if answer.status == 200:
            return unsure(
                f"DPD answered with {len(answer.body)} bytes that are no SOAP envelope", place=place
            )
        return value_or_error(answer, RULES, write=write, place=place, redactor=Redactor())
    fault = envelope.find(f"{{{_ENVELOPE}}}Body/{{{_ENVELOPE}}}Fault")
    if fault is not None:
        return _refusal(fault, answer.status, unsure=unsure, place=place, redact=redact)
    if answer.status != 200:
        return value_or_error(answer, RULES, write=write, place=place, redactor=Redactor())
    expected = operation.output.body.qname
    if envelope.find(f"{{{_ENVELOPE}}}Body/{expected}") is None:
        return unsure(f"DPD's answer holds no {expected.localname}", place=place)
    try:
        return operation.process_reply(envelope)
    except (zeep.exceptions.Error, ValueError, TypeError) as error:
        return unsure(f"DPD's answer cannot be read: {redact(str(error))}", place=place)


def _refusal(
    fault: etree._Element, status: int, *, unsure: type[Retriable], place: Place, redact: Callable[[str], str]
) -> MarketsyncError:
    words = redact(" ".join(fault.findtext("faultstring", "").split()))
    detail = fault.find("detail/{*}WSFault")
    if detail is not None:
        code = detail.findtext("code", "") or ""
        words = redact(detail.findtext("message", "") or "") or words
        return RequestRefused(
            f"DPD refuses the call: {code} {words}".strip(),
            status=status,
            code=code,
            text=words,
            place=place,
            hint=RULES.denied_hint if _denied(words) else None,
        )
    if _NO_DISPATCH in words:
        return Fatal(
            f"DPD does not know this call: {words}",
            place=place,
            hint="Compare the namespace with targetNamespace of the service's ?wsdl; for label-print it can be set "
            "in the connection's extra: label_namespace",
        )
    if fault.findtext("faultcode", "").endswith("Client"):
        return RequestRefused(
            f"DPD cannot read the call: {words}", status=status, code="", text=words, place=place
        )
    return unsure(f"DPD has trouble: {words}", place=place)


def _denied(words: str) -> bool:
    told = words.casefold()
    return "доступ" in told or "access" in told or "ключ" in told
