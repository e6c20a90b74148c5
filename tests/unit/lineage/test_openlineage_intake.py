"""Reading what other tools tell: in the shapes in which they tell it, and what is none of it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from tests.openlineage import core_errors

from meshwright.errors import UsageError
from meshwright.lineage.openlineage.batches import split_events
from meshwright.lineage.openlineage.intake import is_own, read_event
from meshwright.lineage.openlineage.names import Names
from meshwright.model.facts import ExternalRunSeen

SAMPLES = Path(__file__).parents[2] / "data" / "openlineage"
NAMES = Names(
    "test", Path("/mesh"), {"/mesh/.mesh/data/insight/report/spending": "insight.report.spending"}
)
FACET = {"_producer": "https://example.com", "_schemaURL": "https://example.com/f.json"}
EVENT = {
    "eventType": "COMPLETE",
    "eventTime": "2026-01-31T01:00:00+01:00",
    "producer": "https://example.com",
    "run": {"runId": "r1"},
    "job": {"namespace": "ns", "name": "job"},
    "inputs": [{"namespace": "ns", "name": "a"}],
    "outputs": [{"namespace": "ns", "name": "b"}],
}


def samples(tool: str) -> list[ExternalRunSeen]:
    text = (SAMPLES / f"{tool}.ndjson").read_text().replace("{MESH}", "/mesh")
    events, is_batch = split_events(text.encode())
    assert is_batch
    return [read_event(event, NAMES) for event in events]


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(EVENT), **parts}


def lineage(facet: dict[str, Any]) -> set[tuple[str, ...]]:
    """Return the edges of an event whose output has this column lineage."""
    output = {"namespace": "ns", "name": "b", "facets": {"columnLineage": {**FACET, **facet}}}
    return {tuple(edge) for edge in read_event(changed(outputs=[output]), NAMES).edges}


@pytest.mark.parametrize("tool", ["airflow", "spark", "dbt", "flink"])
def test_the_samples_are_openlineage(tool: str) -> None:
    """What is taken here is what the standard says, not what this mesh would like."""
    for line in (SAMPLES / f"{tool}.ndjson").read_text().splitlines():
        assert core_errors(json.loads(line)) == []


def test_airflow_tells_of_a_task_that_writes_a_file_of_the_mesh() -> None:
    """Times in UTC, the file by the mesh's own name, columns by their older facet."""
    start, complete = samples("airflow")
    assert (start.state, start.inputs, start.outputs) == (
        "START",
        ["postgres://db.example.com:5432/shop.public.orders"],
        [],
    )
    assert complete.job == "airflow-prod/export_orders.copy"
    assert complete.at == "2026-03-02T00:00:05.300000+00:00"
    assert complete.outputs == ["files:silos/sales.orders.raw.csv"]
    assert complete.columns == {complete.inputs[0]: ["id", "customer_id", "amount"]}
    assert (
        "files:silos/sales.orders.raw.csv", "customer",
        "postgres://db.example.com:5432/shop.public.orders", "customer_id", "DIRECT", "", "r",
    ) in complete.edges  # fmt: skip


def test_spark_tells_of_a_port_by_the_folder_of_its_table() -> None:
    """Masked and indirect edges, of fields and of the whole data set; an order reveals nothing."""
    _, _, complete = samples("spark")
    port = "insight.report.spending"
    assert complete.inputs == [port]
    assert set(complete.edges) == {
        ("s3://scores/customers", "who", port, "name", "DIRECT", "TRANSFORMATION", "mr"),
        ("s3://scores/customers", "rank", port, "amount", "DIRECT", "TRANSFORMATION", "r"),
        ("s3://scores/customers", "rank", port, "amount", "INDIRECT", "WINDOW", ""),
        ("s3://scores/customers", "*", port, "amount", "INDIRECT", "FILTER", "r"),
        ("s3://scores/customers", "*", port, "name", "INDIRECT", "SORT", ""),
    }


def test_dbt_tells_one_word_for_a_whole_field() -> None:
    """Its facets of assertions and versions are of no interest here, and no hindrance."""
    complete = samples("dbt")[-1]
    ((*_, kind, how, marks),) = complete.edges
    assert (kind, how, marks) == ("DIRECT", "TRANSFORMATION", "mr")


def test_flink_tells_again_and_again_that_it_runs() -> None:
    start, *running = samples("flink")
    assert {fact.digest for fact in running} == {start.digest}
    assert {fact.state for fact in running} == {"RUNNING"}


def test_a_job_and_a_data_set_may_be_told_of_without_a_run() -> None:
    job = changed()
    del job["run"], job["eventType"]
    assert (read_event(job, NAMES).run, read_event(job, NAMES).job) == ("", "ns/job")
    facets = {"schema": {**FACET, "fields": [{"name": "x"}, {"name": "y", "type": "int"}]}}
    dataset = {
        "eventTime": "2026-01-31T00:00:00Z",
        "producer": "https://example.com",
        "dataset": {"namespace": "ns", "name": "d", "facets": facets},
    }
    fact = read_event(dataset, NAMES)
    assert (fact.job, fact.run, fact.outputs, fact.columns) == (
        "ns/d", "", ["ns/d"], {"ns/d": ["x", "y"]},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({}, ("DIRECT", "", "r")),
        ({"transformationType": "IDENTITY"}, ("DIRECT", "IDENTITY", "r")),
        ({"transformationType": "MASKED"}, ("DIRECT", "TRANSFORMATION", "mr")),
        ({"transformationType": ""}, ("DIRECT", "", "r")),
    ],
)
def test_older_column_lineage_says_less(field: dict[str, str], expected: tuple[str, ...]) -> None:
    source = {"namespace": "ns", "name": "a", "field": "x"}
    assert lineage({"fields": {"y": {"inputFields": [source], **field}}}) == {
        ("ns/b", "y", "ns/a", "x", *expected)
    }


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"type": "DIRECT", "subtype": "IDENTITY"}, ("DIRECT", "IDENTITY", "r")),
        (
            {"type": "DIRECT", "subtype": "AGGREGATION", "masking": True},
            ("DIRECT", "AGGREGATION", "mr"),
        ),
        ({"type": "INDIRECT", "subtype": "JOIN"}, ("INDIRECT", "JOIN", "")),
        ({"type": "INDIRECT", "subtype": "FILTER"}, ("INDIRECT", "FILTER", "r")),
        ({"type": "INDIRECT", "subtype": "CONDITIONAL"}, ("INDIRECT", "CONDITIONAL", "r")),
        ({"type": "INDIRECT", "subtype": "new word"}, ("INDIRECT", "", "r")),
        ({"type": "unheard of"}, ("DIRECT", "", "r")),
    ],
)
def test_a_step_says_what_is_done(step: dict[str, Any], expected: tuple[str, ...]) -> None:
    """What is not said, or not known, is taken to reveal: masked until it is known that it need not be."""
    source = {"namespace": "ns", "name": "a", "field": "x", "transformations": [step]}
    assert lineage({"fields": {"y": {"inputFields": [source]}}}) == {
        ("ns/b", "y", "ns/a", "x", *expected)
    }


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("text", "no JSON object"),
        ({}, "`eventTime`"),
        (changed(eventTime="soon"), "`eventTime`"),
        (changed(eventTime=None), "`eventTime`"),
        (changed(job={"namespace": "ns"}), "`job.name`"),
        (changed(job={"namespace": "", "name": "x"}), "`job.namespace`"),
        (changed(job={"namespace": "ns", "name": "x" * 3_000}), "`job.name`"),
        (changed(run={}), "`run.runId`"),
        (changed(eventType="DONE"), "`eventType`"),
        (changed(inputs={}), "`inputs`"),
        (changed(outputs=[{"name": "x"}]), "`outputs.namespace`"),
        ({"eventTime": "2026-01-31T00:00:00Z"}, "neither a `job` nor a `dataset`"),
    ],
)
def test_what_is_no_event_is_refused_by_the_name_of_what_is_wrong(event: Any, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_event(event, NAMES)
    assert caught.value.code == "event-invalid"
    assert why in caught.value.message


@pytest.mark.parametrize(
    "junk", [None, 7, "x", [], {}, [None], {"fields": 7}, {"fields": {"y": None}}]
)
def test_a_facet_that_makes_no_sense_is_passed_over(junk: Any) -> None:
    """Facets are the tools' own affair; the event is still an event."""
    output = {
        "namespace": "ns",
        "name": "b",
        "facets": {"columnLineage": junk, "schema": junk, "symlinks": junk, "custom": junk},
    }
    assert read_event(changed(outputs=[output]), NAMES).edges == []


def test_events_of_this_mesh_are_its_own() -> None:
    ours = changed(
        producer="https://github.com/meshwright/meshwright",
        job={"namespace": "test", "name": "a.b"},
    )
    assert is_own(ours, NAMES)
    assert not is_own(changed(job={"namespace": "test", "name": "a.b"}), NAMES)
    assert not is_own({**ours, "job": {"namespace": "another", "name": "a.b"}}, NAMES)


def test_a_text_is_one_event_a_list_or_one_a_line() -> None:
    one = json.dumps(EVENT)
    assert split_events(one.encode()) == ([EVENT], False)
    assert split_events(json.dumps(EVENT, indent=2).encode("utf-8-sig")) == ([EVENT], False)
    assert split_events(f"[{one},{one}]".encode()) == ([EVENT, EVENT], True)
    assert split_events(f"{one}\n\n{one}\n".encode()) == ([EVENT, EVENT], True)
    assert split_events(b"[]") == ([], True)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "line 1"),
        (b"{", "line 1"),
        (b"\xff\xfe", "byte 0 is not UTF-8"),
        (b'{"a": 1}\n{"a": \n', "line 2"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(data: bytes, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        split_events(data)
    assert caught.value.code == "events-unreadable"
    assert why in caught.value.message


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2Jb", "a\ud800", "a" * 2_001])
def test_a_name_that_nobody_can_write_down_names_nothing(name: str) -> None:
    """In the event it is refused; in a facet it is passed over, and no other name with it."""
    with pytest.raises(UsageError, match=r"inputs\.name"):
        read_event(changed(inputs=[{"namespace": "ns", "name": name}]), NAMES)
    source = {"namespace": "ns", "name": "a"}
    fields = {
        name: {"inputFields": [{**source, "field": "x"}]},
        "k": {"inputFields": [{**source, "field": name}, {**source, "field": "y"}]},
    }
    facets = {
        "schema": {"fields": [{"name": name}, {"name": "k"}]},
        "columnLineage": {"fields": fields},
        "symlinks": {"identifiers": [{"namespace": "file", "name": name}]},
    }
    fact = read_event(changed(outputs=[{"namespace": "ns", "name": "b", "facets": facets}]), NAMES)
    assert fact.columns == {"ns/b": ["k"]}
    assert [tuple(edge)[1:4] for edge in fact.edges] == [("k", "ns/a", "y")]


def test_a_long_chain_of_folders_takes_no_time() -> None:
    """A symlink may have any length: its folders are not looked up one by one."""
    symlink = {"namespace": "file", "name": "/a" * 400_000}
    facets = {"symlinks": {"identifiers": [symlink]}}
    fact = read_event(changed(outputs=[{"namespace": "ns", "name": "b", "facets": facets}]), NAMES)
    assert fact.outputs == ["ns/b"]
