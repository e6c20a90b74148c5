"""The rows of a port over HTTP: each form has those of the governed query; a tag is of the decision too."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

import meshwright
from meshwright.model.facts import AccessGranted
from tests.integration.granted import BEFORE, LATER, PORT
from tests.serving import Serving, serving

ROWS = "/api/v1/ports/sales.orders.orders/rows"


@pytest.fixture(scope="module")
def server(served_shop: Path) -> Iterator[Serving]:
    with meshwright.open(served_shop) as mesh:
        mesh.run("sales.orders", force=True)
    with serving(served_shop) as found:
        yield found


def rows_in(form: str, content: bytes) -> list[tuple[Any, ...]]:
    match form:
        case "json":
            return [tuple(row) for row in json.loads(content)["rows"]]
        case "ndjson":
            return [tuple(json.loads(line).values()) for line in content.splitlines()]
        case "csv":
            lines = list(csv.reader(io.StringIO(content.decode())))
            return [tuple(map(int, line)) for line in lines[1:]]
        case "arrow":
            table = pyarrow.ipc.open_stream(content).read_all()
        case _:
            table = pyarrow.parquet.read_table(io.BytesIO(content))
    return [tuple(row.values()) for row in table.to_pylist()]


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "arrow", "parquet"])
@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ({}, ""),
        ({"where": "amount > 5"}, "where amount > 5"),
        ({"columns": "amount,id"}, None),
        ({"version": "1"}, None),
        ({"limit": "2", "offset": "1"}, "limit 2 offset 1"),
    ],
)
def test_each_form_has_the_rows_of_the_governed_query(
    server: Serving, form: str, words: dict[str, str], rest: str | None
) -> None:
    sql = f"select * from sales.orders.orders {rest}"
    if rest is None:
        columns = words.get("columns", "*")
        at = f'"orders@{words["version"]}"' if "version" in words else "orders"
        sql = f"select {columns} from sales.orders.{at}"
    wanted = [tuple(row) for row in server.query(sql).json()["rows"]]
    found = server.get(ROWS, params={**words, "format": form})
    assert rows_in(form, found.content) == wanted
    assert len(wanted) >= 2


def test_an_older_version_is_read_by_its_number_its_name_or_a_time(server: Serving) -> None:
    by_name = server.get("/api/v1/ports/sales.orders.orders@1/rows")
    assert by_name.headers["mesh-versions"] == "sales.orders.orders@1"
    assert server.get(ROWS).headers["mesh-versions"] == "sales.orders.orders@2"
    listed = server.get("/api/v1/versions/sales.orders").json()["versions"]
    then = next(one["at"] for one in listed if one["version"] == 1)
    at_that_time = server.get(ROWS, params={"as_of": then})
    assert at_that_time.headers["mesh-versions"] == "sales.orders.orders@1"


def test_what_one_has_already_is_not_read_again(server: Serving) -> None:
    def queries() -> int:
        with server.service.wiring.store.read() as reader:
            return int(str(reader.rows("SELECT count(*) FROM queries")[0][0]))

    first = server.get(ROWS)
    before = queries()
    again = server.get(ROWS, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = server.ask("HEAD", ROWS)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == first.headers["etag"]
    assert head.headers["mesh-versions"] == "sales.orders.orders@2"
    assert queries() == before
    for other in ({"version": "1"}, {"columns": "id"}, {"limit": "1"}, {"format": "csv"}):
        found = server.get(ROWS, params=other, headers={"If-None-Match": first.headers["etag"]})
        assert found.status_code == 200, other
    assert "etag" not in server.get(ROWS, params={"where": "amount > random()"}).headers


def test_a_head_of_what_one_may_not_read_is_refused_and_recorded(server: Serving) -> None:
    with server.service.wiring.store.read() as reader:
        sql = "SELECT count(*) FROM queries WHERE error <> ''"
        before = int(str(reader.rows(sql)[0][0]))
    assert server.ask("HEAD", ROWS, token="gus").status_code in (403, 404)
    with server.service.wiring.store.read() as reader:
        assert int(str(reader.rows(sql)[0][0])) == before + 1


def test_a_tag_is_of_the_decision_too(crm: Path) -> None:
    """Once something is granted otherwise, what was kept is no longer what there is."""
    path = f"/api/v1/ports/{PORT}/rows"

    def granted(name: str, **how: Any) -> AccessGranted:
        return AccessGranted(
            grant=name, principal="person:gus", address=PORT, product="crm.people", purpose="x",
            since=BEFORE, until=LATER, by="person:olga@example.com", **how,
        )  # fmt: skip

    with serving(crm) as server:
        record = server.service.wiring.ledger.record
        record([granted("grant-1")])
        masked = server.get(path, token="gus", params={"purpose": "x"})
        assert masked.status_code == 200
        tag = masked.headers["etag"]
        record([granted("grant-2", raw=["name"])])
        said = {"If-None-Match": tag}
        after = server.get(path, token="gus", params={"purpose": "x"}, headers=said)
        assert after.status_code == 200
        assert after.headers["etag"] != tag
        other = server.get(path, token="ada", headers=said)
        assert other.status_code in (200, 403, 404)  # never 304: it is another's
        assert server.get(path, token="gus", headers=said).status_code != 304  # another purpose
