"""Whether what another tool tells is new: tools repeat themselves every few seconds."""

import json

from meshwright.model.facts import ExternalRunSeen
from meshwright.spi.state_store import Reader

_HEARTBEATS = ("RUNNING", "OTHER")  # say that a run goes on, which is nothing new


def is_new(reader: Reader, fact: ExternalRunSeen) -> bool:
    """Say whether a fact would change what is known of its run, its data sets or its job's lineage."""
    rows = reader.rows(
        "SELECT state, at, inputs, outputs, edges FROM external_runs WHERE job = ? AND run = ?",
        (fact.job, fact.run),
    )
    if not rows:
        return True
    state, at, *kept = map(str, rows[0])
    if fact.at > at and fact.state != state and fact.state not in _HEARTBEATS:
        return True
    return _has_new_columns(reader, fact) or (
        not _is_outdated(reader, fact) and _brings_more(fact, *map(json.loads, kept))
    )


def _brings_more(
    fact: ExternalRunSeen, inputs: list[str], outputs: list[str], edges: list[list[str]]
) -> bool:
    if set(fact.inputs) - set(inputs) or set(fact.outputs) - set(outputs):
        return True
    said = {tuple(map(str, edge)) for edge in fact.edges}
    return bool(said - {tuple(edge) for edge in edges})


def _is_outdated(reader: Reader, fact: ExternalRunSeen) -> bool:
    """Say whether a newer run of the job has told: then an older one changes nothing."""
    return bool(
        reader.rows(
            "SELECT 1 FROM external_runs WHERE job = ? AND run <> ? AND at > ? LIMIT 1",
            (fact.job, fact.run, fact.at),
        )
    )


def _has_new_columns(reader: Reader, fact: ExternalRunSeen) -> bool:
    for dataset, columns in fact.columns.items():
        rows = reader.rows(
            "SELECT columns, at FROM external_datasets WHERE dataset = ?", (dataset,)
        )
        if not rows:
            return True
        known, at = map(str, rows[0])
        if fact.at > at and json.loads(known) != list(columns):
            return True
    return False
