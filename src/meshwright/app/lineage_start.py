"""Find where a walk along lineage begins, or say clearly why it cannot."""

import json
from collections.abc import Iterable

from meshwright.app.mesh_ground import MeshGround
from meshwright.app.origins import contract_columns
from meshwright.app.product_graph import present
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.lineage.reading import Versions, is_traced, product_of
from meshwright.lineage.walking import Place
from meshwright.model.address import Address
from meshwright.publish.reading import check_version, columns_from, find_product
from meshwright.spi.state_store import Reader


class Starts:
    """Finds where a walk begins, and says clearly why it cannot."""

    def __init__(self, wiring: Wiring, reader: Reader, ground: MeshGround, at: Versions) -> None:
        self._wiring, self._reader, self._ground, self._at = wiring, reader, ground, at

    def find(self, text: str) -> tuple[Place, str, tuple[str, ...]]:
        """Return the place, the column ('' for all) and the columns that there are."""
        if ":" in text or "/" in text:
            return self._dataset(text), "", ()
        address = Address.parse(text)
        if not address.port:
            raise UsageError(
                "address-invalid",
                f"`{text}` is a product: lineage is that of a port or column",
                hint=did_you_mean(text, self._ports(self._product(address))),
            )
        product = self._product(address)
        version = address.version or self._at(product)
        if address.version:
            self._check_version(product, address.version)
        columns = self._columns(product, address.port, version)
        if columns is None:
            version, columns = None, self._columns(product, address.port, None)
        if columns is None:
            raise UsageError(
                "port-unknown",
                f"`{product}` has no port or model `{address.port}`",
                hint=did_you_mean(f"{product}.{address.port}", self._ports(product)),
            )
        column = self._column(address, product, columns)
        return Place(f"{product}.{address.port}", version or 0), column, columns

    def columns(self, place: Place) -> tuple[str, ...]:
        """Return the columns that a data set is known to have; of a source, those that anything read."""
        product = product_of(place.dataset)
        if product:
            port = place.dataset.rpartition(".")[2]
            return self._columns(product, port, place.version or None) or ()
        rows = self._reader.rows(
            "SELECT DISTINCT columns FROM lineage_datasets WHERE dataset = ? AND last_version IS NULL"
            " AND columns IS NOT NULL",
            (place.dataset,),
        )
        return tuple(dict.fromkeys(name for row in rows for name in json.loads(str(row[0]))))

    def _product(self, address: Address) -> str:
        found = find_product(self._reader, address)
        if found is not None:
            return str(found)
        wanted = present(address.product_address, self._wiring.workspace.former_names)
        return str(self._wiring.workspace.card(wanted).address)

    def _check_version(self, product: str, version: int) -> None:
        """Refuse a version that never was, or of which no lineage was kept; a vacuumed one has its own."""
        rows = self._reader.rows(
            "SELECT 1 FROM versions WHERE product = ? AND version = ?", (product, version)
        )
        if not rows:
            check_version(self._reader, Address.parse(product), version)
        if version != self._at(product) and not is_traced(self._reader, product, version):
            raise UsageError(
                "lineage-unknown",
                f"version {version} of `{product}` was published before lineage was kept",
                hint=f"mesh history {product}",
            )

    def _columns(self, product: str, port: str, version: int | None) -> tuple[str, ...] | None:
        """Return the columns of a port or model; None where there is none of this name."""
        if version is None:
            read = self._ground.by_files(product)
            traced = read[1].models.get(port) if read else None
            output = read[0].output(port) if read else None
            if traced is not None:
                return traced.columns or (contract_columns(output) if output else ())
            return contract_columns(output) if output else None
        rows = self._reader.rows(
            "SELECT columns FROM version_ports WHERE product = ? AND version = ? AND port = ?",
            (product, version, port),
        )
        if rows:
            return tuple(column.name for column in columns_from(rows[0][0]))
        links = self._ground.links(product, version)
        found = [link.column for link in links if link.dataset == f"{product}.{port}"]
        return tuple(dict.fromkeys(sorted(found))) if found else None

    def _column(self, address: Address, product: str, columns: tuple[str, ...]) -> str:
        if not address.column or address.column in columns:
            return address.column
        spelled = {column.lower(): column for column in columns}
        if address.column.lower() in spelled:
            return spelled[address.column.lower()]
        raise UsageError(
            "column-unknown",
            f"`{product}.{address.port}` has no column `{address.column}`",
            hint=did_you_mean(address.column, [c for c in columns if c != "*"]),
        )

    def _ports(self, product: str) -> Iterable[str]:
        return self._ground.ports(product, self._at(product))

    def _dataset(self, text: str) -> Place:
        rows = self._reader.rows(
            "SELECT dataset FROM lineage_datasets WHERE last_version IS NULL"
            " UNION SELECT dataset FROM external_datasets"
        )
        known = {str(row[0]) for row in rows}
        if text not in known:
            raise UsageError(
                "dataset-unknown",
                f"nothing reads or writes a data set `{text}`",
                hint=did_you_mean(text, [name for name in known if not product_of(name)]),
            )
        return Place(text)
