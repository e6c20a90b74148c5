"""The OpenAPI document, and the server held against it by schemathesis on a real mesh."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from meshwright.serve.api.application import OPERATIONS
from meshwright.serve.api.openapi import openapi
from tests.serving import Serving, error_of, serving

load_all_checks()
# Whether an address or a time is one is no matter of a schema, so what it lets pass may be refused;
# what a mesh holds changes between two calls of one operation.
LEFT_OUT = ("positive_data_acceptance", "use_after_free", "ensure_resource_availability")
WANTED = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]


@pytest.fixture(scope="module")
def server(served_shop: Path) -> Iterator[Serving]:
    with serving(served_shop) as found:
        yield found


def test_the_document_is_served_and_names_every_operation(server: Serving) -> None:
    document = server.get("/api/v1/openapi.json", token="").json()
    assert document["openapi"] == "3.1.0"
    named = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert named == {(one.method, one.path) for one in OPERATIONS}
    assert len(document["paths"]) > 25
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["summary"].endswith("."), (method, path)
            for parameter in operation["parameters"]:
                assert parameter["description"], (path, parameter)


def test_every_operation_but_a_few_needs_a_token(server: Serving) -> None:
    """The document says which; the server holds it."""
    document = server.get("/api/v1/openapi.json", token="").json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if not operation["security"]:
                continue
            plain = path.replace("{", "").replace("}", "")
            found = server.ask(
                method.upper(), plain, token="", json={} if method == "post" else None
            )
            assert error_of(found) == (401, "sign-in-needed"), (method, path)


def fuzzed() -> dict[str, Any]:
    """Return the document, its bodies as JSON alone: schemathesis writes no NDJSON."""
    document = openapi(OPERATIONS)
    for item in document["paths"].values():
        for operation in item.values():
            content = operation.get("requestBody", {}).get("content", {})
            for media in [one for one in content if one != "application/json"]:
                del content[media]
    return document


schema = schemathesis.openapi.from_dict(fuzzed())


@schema.parametrize()
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_server_or_its_word(case: Any, server: Serving) -> None:
    """No 5xx of ours, no answer that the document does not know, whatever the document lets one send."""
    headers = {"Authorization": f"Bearer {server.tokens['ada']}"}
    response = case.call(base_url=server.url, headers=headers)
    case.validate_response(response, checks=WANTED)
