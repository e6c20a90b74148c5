"""`openlineage` of mesh.yaml as values, and what is wrong with it."""

from pathlib import Path

import pytest

from meshwright.documents.judge import read_document
from meshwright.documents.mesh_reader import read_mesh
from meshwright.model.openlineage import LineageSinkSpec, OpenLineage

HEAD = "name: shop\ndomains: []\n"


def read(text: str, environment: str = "") -> OpenLineage:
    document = read_document("mesh.yaml", (HEAD + text).encode(), "mesh")
    assert document.problems == []
    return read_mesh(document, Path("/mesh"), environment).openlineage


def problems(text: str) -> list[tuple[str, str]]:
    document = read_document("mesh.yaml", (HEAD + text).encode(), "mesh")
    return [(problem.code, problem.key) for problem in document.problems]


def test_one_sink_may_stand_alone() -> None:
    said = read("openlineage: {transport: file, path: events.ndjson, namespace: acme, sql: true}")
    sink = LineageSinkSpec("file", "file", {"path": "events.ndjson"}, has_sql=True)
    assert said == OpenLineage("acme", (sink,))


def test_several_are_a_list_each_with_a_place_of_its_own() -> None:
    said = read(
        "openlineage:\n"
        "  - {transport: http, url: 'https://lineage.example.com', auth: '${env:KEY}', timeout: 2}\n"
        "  - {transport: kafka, name: topic, options: {topic: lineage, config: {acks: all}}}\n"
    )
    assert said.namespace == "shop"
    assert said.sinks == (
        LineageSinkSpec(
            "http",
            "http",
            {"url": "https://lineage.example.com", "auth": "${env:KEY}", "timeout": 2},
        ),
        LineageSinkSpec("topic", "kafka", {"topic": "lineage", "config": {"acks": "all"}}),
    )


def test_names_hold_in_every_environment_and_sinks_in_their_own() -> None:
    text = (
        "openlineage:\n"
        "  namespace: acme\n"
        "  aliases: {'postgres://db:5432/shop.orders': sales.orders.orders}\n"
        "  sinks: [{transport: console}]\n"
        "environments:\n"
        "  ci: {state: .ci}\n"
        "  try: {openlineage: {transport: file, path: try.ndjson}}\n"
    )
    aliases = {"postgres://db:5432/shop.orders": "sales.orders.orders"}
    assert [sink.name for sink in read(text).sinks] == ["console"]
    assert read(text, "ci") == OpenLineage("acme", (), aliases)
    assert [sink.name for sink in read(text, "try").sinks] == ["file"]
    assert read(text, "try").aliases == aliases


def test_a_mesh_without_it_tells_nobody_under_its_own_name() -> None:
    assert read("") == OpenLineage("shop")


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("openlineage: {transport: file}", "sink-incomplete", "openlineage"),
        ("openlineage: [{transport: http}]", "sink-incomplete", "openlineage[0]"),
        (
            "openlineage: [{transport: console}, {transport: console}]",
            "sink-duplicate",
            "openlineage[1]",
        ),
        (
            "openlineage: {transport: console, sinks: [{transport: file, path: x}]}",
            "sink-twice",
            "openlineage.transport",
        ),
        (
            "openlineage: {transport: http, url: 'https://me:hunter2@h.example', auth: '${env:K}'}",
            "secret-in-file",
            "openlineage.url",
        ),
        (
            "openlineage: {transport: http, url: 'https://h.example', auth: hunter2}",
            "secret-in-file",
            "openlineage.auth",
        ),
        (
            "openlineage: {transport: kafka, options: {topic: t, config: {sasl.password: hunter2}}}",
            "secret-in-file",
            "openlineage.options.config.sasl.password",
        ),
        (
            "openlineage: {transport: http, url: 'https://h.example', auth: '${KEY}'}",
            "reference-invalid",
            "openlineage.auth",
        ),
        (
            "environments: {ci: {openlineage: [{transport: file}]}}",
            "sink-incomplete",
            "environments.ci.openlineage[0]",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_key(text: str, code: str, key: str) -> None:
    found = problems(text)
    assert code in [one for one, _ in found], found
    assert any(one == code and place == key for one, place in found), found


@pytest.mark.parametrize(
    "text",
    [
        "openlineage: {}",
        "openlineage: []",
        "openlineage: file",
        "openlineage: {transport: file, path: x, paht: y}",
        "openlineage: [{path: x}]",
        "openlineage: {aliases: [x]}",
    ],
)
def test_what_the_schema_forbids_is_refused(text: str) -> None:
    assert problems(text)
