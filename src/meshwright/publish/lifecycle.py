"""Products get other names, and end: without losing address or history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.model.facts import ProductRenamed, ProductRetired
from meshwright.publish.publishing import Append
from meshwright.publish.reading import get_product
from meshwright.spi.state_store import Reader, StateStore


class Named(Protocol):
    """A product as its descriptor names it, now and formerly."""

    @property
    def address(self) -> Address:
        """Return the present address."""

    @property
    def formerly(self) -> tuple[Address, ...]:
        """Return earlier addresses."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """Until when a product is served, and who reads it now."""

    product: Address
    until: date
    consumers: tuple[Address, ...]


def retire(
    store: StateStore,
    append: Append,
    product: Address,
    until: date,
    *,
    today: date,
    reason: str = "",
) -> Retirement:
    """Announce that a product ends: it is served to the end of the day `until`. Repeating moves the date.

    Raises `UsageError` (`product-unknown`, `retire-past`).
    """
    if until < today:
        raise UsageError("retire-past", f"`{until}` is past", hint=f"--until {today}")
    with store.write() as writer:
        found = get_product(writer, product)
        reading = consumers(writer, found)
        fact = ProductRetired(
            str(found), until.isoformat(), reason, [str(consumer) for consumer in reading]
        )
        append(writer, [fact])
    return Retirement(found, until, reading)


def consumers(reader: Reader, product: Address) -> tuple[Address, ...]:
    """Return the products whose served version has read a port of this one."""
    rows = reader.rows(
        "SELECT DISTINCT i.product FROM version_inputs i"
        " JOIN products p ON p.product = i.product AND p.served = i.version"
        " WHERE i.address >= ? AND i.address < ? AND i.source_version IS NOT NULL"
        " AND i.product <> ? ORDER BY i.product",
        (f"{product}.", f"{product}/", str(product)),  # `/` is the character after `.`
    )
    return tuple(Address.parse(str(row[0])) for row in rows)


def find_renames(reader: Reader, products: Iterable[Named]) -> list[ProductRenamed]:
    """Return the renames that descriptors declare by `formerly` and the state does not know yet.

    The first earlier name under which something was published, and which no descriptor has now, counts.
    """
    listed = list(products)
    if not any(product.formerly for product in listed):
        return []
    present = {str(product.address) for product in listed}
    known = {str(row[0]) for row in reader.rows("SELECT product FROM products WHERE latest > 0")}
    found: dict[str, ProductRenamed] = {}  # by the old name: one name can go to one product only
    for product in listed:
        names = [str(name) for name in product.formerly]
        old = [name for name in names if name in known and name not in present | found.keys()]
        if old and str(product.address) not in known:
            found[old[0]] = ProductRenamed(str(product.address), old[0])
    return list(found.values())


def rename(store: StateStore, append: Append, products: Sequence[Named]) -> list[ProductRenamed]:
    """Record the renames that descriptors declare; the old addresses still find the products."""
    with store.read() as reader:
        if not find_renames(reader, products):
            return []
    with store.write() as writer:
        facts = find_renames(writer, products)
        append(writer, facts)
    return facts
