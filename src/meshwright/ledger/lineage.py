"""Projections of what columns are made of: here, by version, and in tools outside, the newest of each job."""

from collections.abc import Iterator, Mapping

from meshwright.ledger.canonical import canonical
from meshwright.model.facts import Entry, ExternalRunSeen, Json, LineageTraced
from meshwright.spi.state_store import Row, Writer

MASKED, REVEALS = "m", "r"
_EDGE = "dataset, column_name, source, source_column, kind, how, masked, reveals"
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
    ):
        for column in columns:
            writer.run(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?)"
                f" WHERE {column} >= ? AND {column} < ?",
                (new, len(old) + 1, f"{old}.", f"{old}/"),  # `/` is the character after `.`
            )


def external_run_seen(writer: Writer, entry: Entry, fact: ExternalRunSeen) -> None:
    """Keep the newest that a job told: an event that comes late changes nothing newer."""
    writer.run(
        "INSERT INTO external_runs (job, run, state, at, producer, seq) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (job, run) DO UPDATE SET state = excluded.state, at = excluded.at,"
        " producer = excluded.producer, seq = excluded.seq WHERE excluded.at >= external_runs.at",
        (fact.job, fact.run, fact.state, fact.at, fact.producer, entry.seq),
    )
    _keep_external_datasets(writer, fact)
    newest = writer.rows(
        "SELECT 1 FROM external_runs WHERE job = ? AND at > ? LIMIT 1", (fact.job, fact.at)
    )
    if newest or not (fact.inputs or fact.outputs):
        return
    known = {tuple(edge) for edge in fact.edges}
    for output in fact.outputs:  # where no column is known, the datasets are
        traced = {edge[2] for edge in known if edge[0] == output}
        known |= {
            (output, "", source, "", "DIRECT", "", "")
            for source in fact.inputs
            if source not in traced
        }
    writer.run("DELETE FROM external_edges WHERE job = ?", (fact.job,))
    writer.run_many(
        f"INSERT INTO external_edges (job, {_EDGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(fact.job, *edge[:6], *_marks(edge[6])) for edge in sorted(known)],
    )


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
