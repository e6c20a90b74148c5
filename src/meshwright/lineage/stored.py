"""What a walk goes over, as the state store keeps it."""

from collections.abc import Collection, Mapping

from meshwright.lineage.reading import (
    Link,
    Versions,
    links_outside,
    product_edges,
    readers_of,
    served,
    versions_read,
)
from meshwright.spi.state_store import Reader


class StoredGround:
    """The lineage of what was published. `at` says which version of a product counts: the one served."""

    def __init__(self, reader: Reader, at: Versions | None = None) -> None:
        self._reader = reader
        self._at = at or served(reader)
        # A walk asks once for each column.
        self._outside: dict[tuple[str, bool], tuple[Link, ...]] = {}
        self._versions: dict[tuple[str, int], Mapping[str, int]] = {}

    def version(self, product: str) -> int | None:
        """Return the version of a product that counts."""
        return self._at(product)

    def links(self, product: str, version: int | None) -> tuple[Link, ...]:
        """Return every link of a version."""
        return () if version is None else product_edges(self._reader, product, version)

    def ports(self, product: str, version: int | None) -> Collection[str]:
        """Return the addresses of a version's output ports."""
        rows = self._reader.rows(
            "SELECT port FROM version_ports WHERE product = ? AND version = ?", (product, version)
        )
        return {f"{product}.{row[0]!s}" for row in rows}

    def versions_read(self, product: str, version: int | None) -> Mapping[str, int]:
        """Return which version of each foreign port a version was made of."""
        if version is None:
            return {}
        key = product, version
        if key not in self._versions:
            self._versions[key] = versions_read(self._reader, product, version)
        return self._versions[key]

    def readers(self, dataset: str) -> tuple[str, ...]:
        """Return the products whose counting version reads a data set."""
        return readers_of(self._reader, dataset, self._at)

    def outside(self, dataset: str, *, up: bool) -> tuple[Link, ...]:
        """Return what tools outside made a data set of, or of it."""
        key = dataset, up
        if key not in self._outside:
            self._outside[key] = links_outside(self._reader, dataset, up=up)
        return self._outside[key]
