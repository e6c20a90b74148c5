"""Make the OpenLineage events of builds: from facts, in the names of this mesh."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from meshwright import __version__
from meshwright.app.clock import parse_as_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.ledger.encoding import fact_of
from meshwright.lineage.openlineage.events import START, BuildTold, Nominal, event_of
from meshwright.lineage.openlineage.gathering import KINDS, Gatherer
from meshwright.lineage.openlineage.names import Names, folders
from meshwright.model.address import Address
from meshwright.model.json_value import Json
from meshwright.model.openlineage import LineageSinkSpec
from meshwright.model.product import Model
from meshwright.publish.places import folder_of
from meshwright.spi.state_store import Reader

Events = list[tuple[int, list[dict[str, Json]]]]


def read_events(wiring: Wiring, spec: LineageSinkSpec, after: int, limit: int) -> Events:
    """Return the events of the next facts of builds after an entry, by the entry's number."""
    entries = wiring.ledger.entries(after, KINDS, limit)
    if not entries:
        return []
    found: Events = []
    with wiring.store.read() as reader:
        names = Names(wiring.mesh.openlineage.namespace, Path(wiring.root))
        gatherer = Gatherer(reader, wiring.mesh.data)
        for entry in entries:
            fact = fact_of(entry)
            told = gatherer.told(entry, fact) if fact is not None else ()
            if spec.has_sql:
                told = tuple(_with_sql(wiring, reader, one) for one in told)
            events = [event_of(one, names, __version__, _nominal(wiring)) for one in told]
            found.append((entry.seq, events))
    return found


def names_of(wiring: Wiring, reader: Reader) -> Names:
    """Return the names that the mesh, its tables and what it reads have outside."""
    said, data = wiring.mesh.openlineage, wiring.mesh.data
    ports = reader.rows("SELECT product, port, location FROM ports")
    former = reader.rows("SELECT formerly, product FROM aliases")
    sources = reader.rows(
        "SELECT DISTINCT dataset FROM lineage_datasets WHERE kind = 'source' AND last_version IS NULL"
    )
    return Names(
        said.namespace,
        Path(wiring.root),
        dict(
            folders(
                (folder_of(data, str(location)), ".".join((str(product), str(port))))
                for product, port, location in ports
            )
        ),
        tuple(str(row[0]) for row in sources),
        said.aliases,
        {str(old): str(new) for old, new in former},
    )


def _nominal(wiring: Wiring) -> Nominal:
    """Return what turns `as_of` into the span that it means: a date is that whole day."""

    def span(text: str) -> tuple[str, str]:
        as_of = parse_as_of(text, wiring.mesh.timezone)
        end = start = as_of.instant
        if len(text) == len("2026-01-31"):
            start = datetime.combine(date.fromisoformat(text), time.min, as_of.zone)
        return start.astimezone(UTC).isoformat(), end.astimezone(UTC).isoformat()

    return span


def _with_sql(wiring: Wiring, reader: Reader, told: BuildTold) -> BuildTold:
    """Add the models' text, where the files still say what was built."""
    if told.state == START or not told.outputs:
        return told
    address = Address.parse(told.product)
    try:
        card = wiring.workspace.card(address)
        product = wiring.workspace.product(address)
    except MeshwrightError:  # its descriptor is broken now, or gone
        return told
    rows = reader.rows(
        "SELECT port, code FROM version_ports WHERE product = ? AND version = ?",
        (told.product, int(str(told.build.get("productVersion") or 0))),
    )
    built = {str(port): code for port, code in rows}
    if not built or built != card.extra.get("ports"):
        return told
    return replace(told, sql="\n\n".join(_texts(product.models)))


def _texts(models: Iterable[Model]) -> Iterator[str]:
    for model in models:
        yield f"-- {model.name}\n{model.sql.strip()}"
