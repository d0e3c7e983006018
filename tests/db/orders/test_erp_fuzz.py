"""The API held against its own description, by requests that nobody thought of."""

from __future__ import annotations

import pytest
import schemathesis
from erp_kit import Erp, Gateway, taken
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.enable_socket  # the test client's event loop has a pair of its own

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
]
_EXAMPLES = 4


def test_every_answer_is_one_that_is_described(gateway: Gateway, erp: Erp) -> None:
    """Every operation, on a few orders, with data that fits its description and data that does not."""
    for number, status in (("1-1", "to_assemble"), ("1-2", "to_ship"), ("0", "cancelled")):
        gateway.order(number, status=status)
    pack = erp.pack()["number"]
    erp.answer(pack, taken("1-1"))
    schema = schemathesis.openapi.from_asgi("/erp/v1/openapi.json", gateway.client.app)
    asked = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        asked.add(operation.label)

        @settings(
            max_examples=_EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            gateway.clock.sleep(61)  # who shows many wrong keys in a minute is told to wait
            if case.operation.path.endswith("/pack") and isinstance(case.query, dict):
                case.query.pop("wait", None)  # nobody brings an order meanwhile
            case.call_and_validate(auth=(erp.name, erp.key), checks=_CHECKS)

        ask()
    assert len(asked) >= 20
