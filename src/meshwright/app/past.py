"""What a new build is compared with: the profile of the served version, and the rows counted so far."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from meshwright.audit import ColumnReference, read_reference
from meshwright.model.product import Product
from meshwright.publish.places import Storage
from meshwright.spi.state_store import Reader

_LOOKED_AT = 20  # versions: a port that was reused has its profile beside an earlier build


@dataclass(frozen=True, slots=True)
class Past:
    """`builds` published the newest versions, newest first; `counted` are rows by time, by port."""

    storage: Storage | None = None
    builds: tuple[str, ...] = ()
    counted: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def references(self, port: str) -> dict[str, ColumnReference]:
        """Return what each column of a port was like; nothing where its side file was erased."""
        for build in self.builds if self.storage is not None else ():
            assert self.storage is not None
            side = self.storage.build(build) / f"{port}.audit.json"
            try:
                return read_reference(json.loads(side.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError, LookupError):
                continue
        return {}


NO_PAST = Past()


def find_past(reader: Reader, product: Product, storage: Storage, served: int) -> Past:
    """Return the past of a product's ports, up to the version that is served."""
    name = str(product.address)
    rows = reader.rows(
        "SELECT build FROM versions WHERE product = ? AND version <= ? ORDER BY version DESC LIMIT ?",
        (name, served, _LOOKED_AT),
    )
    counted = {
        port.name: _counted(reader, name, port.name)
        for port in product.outputs
        if port.monitoring.time and port.materialisation.kind != "append"
    }
    return Past(storage, tuple(str(row[0]) for row in rows), counted)


def _counted(reader: Reader, product: str, port: str) -> dict[str, float]:
    rows = reader.rows(
        "SELECT p.at, p.value FROM series s JOIN points p ON p.series = s.series WHERE s.product = ?"
        " AND s.port = ? AND s.column_name = '' AND s.segment = '' AND s.name = 'interval_rows'"
        " ORDER BY p.at, p.build",
        (product, port),
    )
    return {str(at): float(str(value)) for at, value in rows if value is not None}
