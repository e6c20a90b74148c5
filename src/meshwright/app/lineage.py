"""`mesh lineage`: what a port or column is made of, or what is made of it, as of any version or time.

A product that was never published, or whose lineage was not kept yet, is traced from its files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from meshwright.app.clock import parse_as_of
from meshwright.app.lineage_start import Starts
from meshwright.app.mesh_ground import MeshGround
from meshwright.app.wiring import Wiring
from meshwright.lineage.reading import Versions, served
from meshwright.lineage.walking import Place, Walk, Way, walk
from meshwright.model.address import Address
from meshwright.model.json_value import Json
from meshwright.publish.reading import version_at
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class Lineage:
    """A walk, and what is known of the data sets on it. `kinds`: port, model, source, external, unknown."""

    walk: Walk
    kinds: Mapping[str, str]
    columns: tuple[str, ...]  # of the start
    as_of: str = ""

    @property
    def address(self) -> str:
        """Return where the walk began, with its version."""
        start, column = self.walk.start, self.walk.column
        version = f"@{start.version}" if start.version else ""
        return f"{start.dataset}.{column}{version}" if column else f"{start.dataset}{version}"

    def mermaid(self) -> str:
        """Return a Mermaid flowchart, such as GitHub draws one."""
        from meshwright.lineage.mermaid import flowchart

        return flowchart(self.walk, self.kinds)

    def document(self) -> dict[str, Json]:
        """Return it as JSON."""
        from meshwright.app.lineage_documents import document_of

        return document_of(self)


def find_lineage(wiring: Wiring, text: str, way: Way, as_of: str | None = None) -> Lineage:
    """Walk from an address, or from the name of a source or of an external data set.

    Raises `UsageError` (`product-unknown`, `port-unknown`, `column-unknown`, `version-unknown`,
    `dataset-unknown`, `lineage-unknown`, `as-of-invalid`).
    """
    time = parse_as_of(as_of, wiring.mesh.timezone).instant if as_of else None
    with wiring.store.read() as reader:
        at = _served_at(reader, time) if time else served(reader)
        ground = MeshGround(wiring, reader, at, with_files=time is None)
        start, column, columns = Starts(wiring, reader, ground, at).find(text)
        found = walk(ground, start, column, way)
        kinds = {place.dataset: ground.kind(place) for place in _places(found)}
    return Lineage(found, kinds, columns, as_of or "")


def _served_at(reader: Reader, time: datetime) -> Versions:
    """Return what says of each product which version readers saw at a time."""
    known: dict[str, int | None] = {}

    def version(product: str) -> int | None:
        if product not in known:
            known[product] = version_at(reader, Address.parse(product), time)
        return known[product]

    return version


def _places(found: Walk) -> set[Place]:
    ends = (place for arrow in found.arrows for place in (arrow.target, arrow.source))
    return {found.start, *ends}
