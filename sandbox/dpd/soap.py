"""SOAP 1.1, document/literal, as the carrier's services speak it: read strictly by the WSDL's own schema.

Only the operation's element is in the service's namespace, everything inside is unqualified; an answer is
S:Envelope/S:Body/ns2:<operation>Response/return. A fault comes with HTTP 500 and a WSFault in its detail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_XS = "http://www.w3.org/2001/XMLSchema"
_HERE = Path(__file__).parent
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)

# A value is text, a number as text, a mapping of children, or a list of them; None leaves the element out.
Value = Any


class Fault(Exception):
    """A call that is answered with a SOAP fault.

    `code` None makes it the toolkit's own (a message that cannot be read), without a WSFault in it.
    """

    def __init__(self, code: str | None, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Service:
    """One WSDL: its namespace, its operations, and the schema that requests are held against."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._text = (_HERE / f"{name}.wsdl").read_text(encoding="utf-8")
        root = etree.fromstring(self._text.encode(), _PARSER)
        self.namespace = str(root.get("targetNamespace"))
        # written out, so that the prefixes of the file's root come along
        schema = etree.tostring(next(root.iter(f"{{{_XS}}}schema")))
        self._schema = etree.XMLSchema(etree.fromstring(schema, _PARSER))
        self.operations = frozenset(
            str(operation.get("name")) for operation in root.iterfind("{*}portType/{*}operation")
        )

    def wsdl(self, address: str) -> str:
        """The WSDL as it is served: with the address that it was asked for at."""
        return self._text.replace("{address}", escape(address))

    def request(self, body: bytes) -> etree._Element:
        """The operation's element of a request.

        Raises Fault for what is no envelope, an unknown operation, and whatever the schema does not allow.
        """
        try:
            root = etree.fromstring(body, _PARSER)
        except etree.XMLSyntaxError as error:
            raise Fault(None, f"Couldn't create SOAP message due to exception: {error.msg}") from None
        content = root.find(f"{{{ENVELOPE}}}Body")
        if root.tag != f"{{{ENVELOPE}}}Envelope" or content is None or not len(content):
            raise Fault(None, "Couldn't create SOAP message: expected an Envelope with a Body")
        asked: etree._Element = content[0]
        name = etree.QName(asked)
        if name.namespace != self.namespace or name.localname not in self.operations:
            raise Fault(None, f"Cannot find dispatch method for {asked.tag}")
        # on its own: the schema does not know the envelope
        alone = etree.fromstring(etree.tostring(asked), _PARSER)
        try:
            self._schema.assertValid(alone)
        except etree.DocumentInvalid as error:
            raise Fault(None, f"unmarshalling error: {error}") from None
        return alone

    def answer(self, operation: str, returns: Iterable[Value]) -> str:
        """An answer with a `return` for each value."""
        inner = "".join(_element("return", value) for value in returns)
        return _enveloped(
            f'<ns2:{operation}Response xmlns:ns2="{self.namespace}">{inner}</ns2:{operation}Response>'
        )

    def fault(self, fault: Fault) -> str:
        """A fault as the toolkit words it."""
        side = "Server" if fault.code else "Client"
        detail = ""
        if fault.code:
            inner = _element("code", fault.code) + _element("message", fault.message)
            detail = f'<detail><ns2:WSFault xmlns:ns2="{self.namespace}">{inner}</ns2:WSFault></detail>'
        return _enveloped(
            f'<S:Fault xmlns:ns4="http://www.w3.org/2003/05/soap-envelope"><faultcode>S:{side}</faultcode>'
            f"<faultstring>{escape(fault.message)}</faultstring>{detail}</S:Fault>"
        )


@cache
def service(name: str) -> Service:
    """The service of a WSDL file in this folder."""
    return Service(name)


def text(element: etree._Element | None, path: str, default: str = "") -> str:
    """The text below an element, '' where there is none."""
    found = None if element is None else element.findtext(path)
    return default if found is None else found.strip()


def as_json(element: etree._Element) -> Any:
    """An element's content: text, or its children by name; what is repeated becomes a list."""
    if not len(element):
        return (element.text or "").strip()
    content: dict[str, Any] = {}
    for child in element:
        value = as_json(child)
        name = str(child.tag)
        if name not in content:
            content[name] = value
        elif isinstance(content[name], list):
            content[name].append(value)
        else:
            content[name] = [content[name], value]
    return content


def _element(name: str, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        inner = "".join(_element(key, item) for key, item in value.items())
    elif isinstance(value, list | tuple):
        return "".join(_element(name, item) for item in value)
    elif isinstance(value, bool):
        inner = str(value).lower()
    else:
        inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"


def _enveloped(content: str) -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f'<S:Envelope xmlns:S="{ENVELOPE}"><S:Body>{content}</S:Body></S:Envelope>'
    )
