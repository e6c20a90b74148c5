"""OpenLineage both ways, by commands alone: events of the demo go out, foreign ones come in and are seen."""

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.e2e.shell import mesh, process, start
from tests.listeners import web
from tests.meshes import change_yaml
from tests.openlineage import assert_standard

SAMPLES = Path(__file__).parents[1] / "data" / "openlineage"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, built by a command."""
    place = tmp_path_factory.mktemp("lineage")
    assert process(place, "demo", "nyc", "--json").code == 0
    return place / "nyc"


def foreign(folder: Path, *tools: str) -> list[bytes]:
    """Return events of other tools, about a mesh in a folder."""
    texts = ((SAMPLES / f"{tool}.ndjson").read_text() for tool in tools)
    return [
        line.encode() for text in texts for line in text.replace("{MESH}", str(folder)).splitlines()
    ]


def post(port: int, body: bytes, kind: str = "application/json") -> int:
    """Post lineage to a mesh that is served."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/api/v1/lineage", body, {"Content-Type": kind})
    status = connection.getresponse().status
    connection.close()
    return status


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Serve a mesh by the command, on a free port, and end it as a service manager does."""
    process_ = start(folder, "serve", "--port", "0")
    assert process_.stderr is not None
    try:
        told = process_.stderr.readline().decode()
        assert "/api/v1" in told
        yield int(told.split(" (the web")[0].rpartition(":")[2])
    finally:
        process_.send_signal(signal.SIGTERM)
        process_.communicate(timeout=20)
    assert process_.returncode == 0


@pytest.mark.slow
def test_a_server_hears_the_builds_of_the_demo_in_the_standard(demo: Path) -> None:
    """Every build with its start and its end: published, and rejected once; each by the official schemas."""
    with web() as heard:
        sink = {"transport": "http", "url": f"http://127.0.0.1:{heard.port}"}
        change_yaml(demo / "mesh.yaml", lambda said: said.update(openlineage=sink))
        ended = mesh(demo, "lineage", "send")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("http: ")
        told = heard.messages
        assert mesh(demo, "lineage", "send").out == "nothing is left to send\n"
    for event in told:
        assert_standard(event)
    states = Counter(event["eventType"] for event in told)
    assert states["START"] == states["COMPLETE"] + states["FAIL"]
    assert (states["COMPLETE"], states["FAIL"]) == (7, 1)
    (risk,) = [
        event
        for event in told
        if event["job"]["name"] == "experience.delay_risk" and event["eventType"] == "COMPLETE"
    ]
    assert {one["name"] for one in risk["inputs"]} >= {"operations.flights.departures"}
    routes = next(one for one in risk["outputs"] if one["name"].endswith(".routes"))
    assert routes["facets"]["columnLineage"]["fields"]["risk"]["inputFields"]
    assert routes["facets"]["dataQualityAssertions"]["assertions"]


def test_a_stream_of_foreign_events_is_posted_and_seen(shop: Path) -> None:
    """Airflow fills the file that a product reads, Spark reads a port: both are in the lineage then."""
    with served(shop) as port:
        assert {post(port, event) for event in foreign(shop, "airflow", "spark", "flink")} == {201}
        batch = b"\n".join(foreign(shop, "dbt", "airflow"))
        assert post(port, batch, "application/x-ndjson") == 200
        assert post(port, b'{"eventTime": "soon"}') == 400
    up = mesh(shop, "lineage", "insight.report.spending.amount", "--up")
    assert "postgres://db.example.com:5432/shop.public.orders  external" in up.out
    down = mesh(shop, "lineage", "sales.orders.orders.amount", "--down", "--json").json
    kinds = {one["name"]: one["kind"] for one in down["datasets"]}
    assert kinds["s3://scores/customers"] == "external"
    facts = mesh(shop, "ledger", "list", "--kind", "ExternalRunSeen", "--limit", "0", "--json").json
    assert len(facts["entries"]) == 8  # no heartbeat of Flink, and nothing twice
    assert mesh(shop, "ledger", "verify").code == 0


def test_files_are_imported_and_what_is_wrong_is_told(shop: Path) -> None:
    """How many were new, how many known; exit code 1 where an event is none."""
    good, bad = shop / "events.ndjson", shop / "more.ndjson"
    good.write_bytes(b"\n".join(foreign(shop, "airflow")))
    bad.write_bytes(b"\n".join([*foreign(shop, "airflow"), b'{"job": 1}']))
    ended = mesh(shop, "lineage", "import", "events.ndjson")
    assert (ended.code, ended.out) == (0, "events.ndjson: 2 of 2 recorded; jobs: 1\n")
    ended = mesh(shop, "lineage", "import", "events.ndjson", "more.ndjson")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "events.ndjson: 0 of 2 recorded, 2 known already; jobs: 0",
        "more.ndjson: 0 of 3 recorded, 2 known already, 1 refused; jobs: 0",
    ]
    assert "event 2: " in ended.err
    shape = mesh(shop, "lineage", "import", "more.ndjson", "--json").json
    assert shape["files"][0]["failed"][0]["index"] == 2
    assert mesh(shop, "lineage", "import", "nothing.json").code == 3


def test_a_dbt_project_is_imported_by_its_target(shop: Path) -> None:
    target = SAMPLES / "dbt" / "target"
    ended = mesh(shop, "lineage", "import", str(target), "--json")
    assert ended.json["files"][0]["recorded"] == 3
    tree = mesh(shop, "lineage", "duckdb/wh.main.report", "--up")
    assert "duckdb/wh.main.customers" in tree.out


def test_sending_says_what_is_still_to_be_sent_and_where_nobody_listens(shop: Path) -> None:
    """Without sinks what to do; with one that is away, exit code 3 and the facts that wait."""
    assert mesh(shop, "lineage", "send").out.startswith(
        "nobody is told of builds: mesh.yaml has no"
    )
    sink = {"transport": "http", "url": "http://127.0.0.1:1"}
    change_yaml(shop / "mesh.yaml", lambda said: said.update(openlineage=sink))
    started = time.monotonic()
    ended = mesh(shop, "lineage", "send", "--json")
    assert time.monotonic() - started < 10
    assert ended.code == 3
    (told,) = ended.json["sinks"]
    assert (told["sent"], told["waiting"], told["error"]) == (0, 8, "sink-unreachable")
    assert json.dumps(told)
