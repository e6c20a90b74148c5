"""Projections of what columns are made of: here, by version, and in tools outside, the newest of each job."""

import json
from collections.abc import Iterator, Mapping, Sequence

from meshwright.ledger.canonical import canonical
from meshwright.model.facts import Entry, ExternalRunSeen, Json, LineageTraced
from meshwright.spi.state_store import Row, Writer

MASKED, REVEALS = "m", "r"
_EDGE = "dataset, column_name, source, source_column, kind, how, masked, reveals"
_MOST_PAIRS = (
    10_000  # of inputs and outputs of a job; where there are more, each is joined to the job alone
)
_DATASET = "input, dataset, kind, columns"


def lineage_traced(writer: Writer, entry: Entry, fact: LineageTraced) -> None:  # noqa: ARG001
    """Open and close only the rows in which a version differs from the one before."""
    names = {name: str(said["name"]) for name, said in fact.datasets.items()}
    edges: set[Row] = {
        _edge_row(fact.product, model, edge, names)
        for model, said in fact.models.items()
        for edge in _list(said.get("edges"))
    }
    datasets: set[Row] = {
        (name, str(said["name"]), str(said["kind"]), _columns(said.get("columns")))
        for name, said in fact.datasets.items()
    }
    writer.run(
        "INSERT INTO lineage_traces (product, version, digest) VALUES (?, ?, ?)",
        (fact.product, fact.version, fact.digest),
    )
    _turn(writer, "lineage_edges", _EDGE, fact, edges)
    _turn(writer, "lineage_datasets", _DATASET, fact, datasets)


def rename(writer: Writer, old: str, new: str) -> None:
    """Follow a rename in the names of ports and models."""
    for table, columns in (
        ("lineage_edges", ("dataset", "source")),
        ("lineage_datasets", ("dataset",)),
        ("external_edges", ("dataset", "source")),
        ("external_datasets", ("dataset",)),
    ):
        for column in columns:
            writer.run(
                f"UPDATE OR REPLACE {table} SET {column} = ? || substr({column}, ?)"
                f" WHERE {column} >= ? AND {column} < ?",
                (new, len(old) + 1, f"{old}.", f"{old}/"),  # `/` is the character after `.`
            )
    for column in ("inputs", "outputs", "edges"):  # each name stands in quotes there
        writer.run(
            f"UPDATE external_runs SET {column} = replace({column}, ?, ?)"
            f" WHERE instr({column}, ?) > 0",
            (f'"{old}.', f'"{new}.', f'"{old}.'),
        )


def external_run_seen(writer: Writer, entry: Entry, fact: ExternalRunSeen) -> None:
    """Keep what all events of a job's newest run said together; a late one changes nothing newer.

    A run may say at its start what it reads and at its end what it wrote.
    """
    _keep_external_datasets(writer, fact)
    known = writer.rows(
        "SELECT at, inputs, outputs, edges FROM external_runs WHERE job = ? AND run = ?",
        (fact.job, fact.run),
    )
    before = [json.loads(str(text)) for text in known[0][1:]] if known else [[], [], []]
    inputs, outputs = _union(before[0], fact.inputs), _union(before[1], fact.outputs)
    edges = _edges_of_run(before[2], fact)
    newer = writer.rows(
        "SELECT 1 FROM external_runs WHERE job = ? AND run <> ? AND at > ? LIMIT 1",
        (fact.job, fact.run, fact.at),
    )
    kept = [canonical([]) if newer else canonical(part) for part in (inputs, outputs, edges)]
    writer.run(
        "INSERT INTO external_runs (job, run, state, at, producer, seq, digest, inputs, outputs,"
        " edges) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job, run) DO UPDATE SET"
        " inputs = excluded.inputs, outputs = excluded.outputs, edges = excluded.edges",
        (fact.job, fact.run, fact.state, fact.at, fact.producer, entry.seq, fact.digest, *kept),
    )
    writer.run(
        "UPDATE external_runs SET state = ?, at = ?, producer = ?, seq = ?, digest = ?"
        " WHERE job = ? AND run = ? AND at <= ?",
        (fact.state, fact.at, fact.producer, entry.seq, fact.digest, fact.job, fact.run, fact.at),
    )
    if newer or not (fact.inputs or fact.outputs):
        return
    writer.run(
        "UPDATE external_runs SET inputs = '[]', outputs = '[]', edges = '[]'"
        " WHERE job = ? AND run <> ?",
        (fact.job, fact.run),
    )
    _replace_external_edges(writer, fact.job, inputs, outputs, edges)


def _replace_external_edges(
    writer: Writer, job: str, inputs: list[str], outputs: list[str], edges: list[list[str]]
) -> None:
    known = {tuple(edge) for edge in edges}
    # where no column is known, the datasets are
    if len(inputs) * len(outputs) > _MOST_PAIRS:
        known |= {(job, "", source, "", "DIRECT", "", REVEALS) for source in inputs}
        known |= {(output, "", job, "", "DIRECT", "", REVEALS) for output in outputs}
    else:
        traced = {(edge[0], edge[2]) for edge in edges}
        known |= {
            (output, "", source, "", "DIRECT", "", REVEALS)
            for output in outputs
            for source in inputs
            if (output, source) not in traced
        }
    writer.run("DELETE FROM external_edges WHERE job = ?", (job,))
    writer.run_many(
        f"INSERT INTO external_edges (job, {_EDGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(job, *edge[:6], *_marks(edge[6])) for edge in sorted(known)],
    )


def _edges_of_run(before: list[list[str]], fact: ExternalRunSeen) -> list[list[str]]:
    """Return the edges of a run: of a data set that an event traced, those of the newest event."""
    traced = {edge[0] for edge in fact.edges}
    kept = [edge for edge in before if edge[0] not in traced]
    return kept + [list(map(str, edge)) for edge in fact.edges]


def _union(before: list[str], now: Sequence[str]) -> list[str]:
    return list(dict.fromkeys((*before, *now)))


def _keep_external_datasets(writer: Writer, fact: ExternalRunSeen) -> None:
    writer.run_many(
        "INSERT INTO external_datasets (dataset, columns, at) VALUES (?, ?, ?)"
        " ON CONFLICT (dataset) DO UPDATE SET at = excluded.at, columns ="
        " CASE WHEN excluded.columns = '[]' THEN external_datasets.columns ELSE excluded.columns END"
        " WHERE excluded.at >= external_datasets.at",
        [
            (dataset, canonical(fact.columns.get(dataset, [])), fact.at)
            for dataset in dict.fromkeys((*fact.inputs, *fact.outputs))
        ],
    )


def _turn(writer: Writer, table: str, columns: str, fact: LineageTraced, rows: set[Row]) -> None:
    """Make `rows` those that hold from the fact's version on."""
    found = writer.rows(
        f"SELECT {columns} FROM {table} WHERE product = ? AND last_version IS NULL", (fact.product,)
    )
    names = columns.split(", ")
    same = " AND ".join(f"{name} IS ?" for name in names)
    writer.run_many(
        f"UPDATE {table} SET last_version = ? WHERE product = ? AND last_version IS NULL AND {same}",
        [(fact.version - 1, fact.product, *row) for row in set(found) - rows],
    )
    places = ", ".join("?" for _ in names)
    writer.run_many(
        f"INSERT INTO {table} (product, first_version, {columns}) VALUES (?, ?, {places})",
        [(fact.product, fact.version, *row) for row in sorted(rows - set(found), key=repr)],
    )


def _edge_row(product: str, model: str, edge: Json, names: Mapping[str, str]) -> Row:
    output, source, column, kind, how, marks = map(str, _list(edge))
    place = names.get(source) or (f"{product}.{source}" if source else "")
    return (f"{product}.{model}", output, place, column, kind, how, *_marks(marks))


def _marks(marks: str) -> tuple[int, int]:
    return int(MASKED in marks), int(REVEALS in marks)


def _columns(said: Json) -> str | None:
    return None if said is None else canonical(said)


def _list(said: Json) -> Iterator[Json]:
    return iter(said) if isinstance(said, list | tuple) else iter(())
