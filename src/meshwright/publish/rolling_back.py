"""Serving an older version again: only the product's pointer moves."""

from dataclasses import dataclass

from meshwright.errors import RefusedError
from meshwright.model.address import Address
from meshwright.model.facts import VersionRolledBack
from meshwright.publish.publishing import Append
from meshwright.publish.reading import (
    check_version,
    get_product,
    kept_versions,
    served_version,
    version_after,
)
from meshwright.spi.state_store import Reader, StateStore


@dataclass(frozen=True, slots=True)
class RolledBack:
    """Which version of which product was served, and which is now."""

    product: Address
    from_version: int
    to_version: int


def rollback(
    store: StateStore, append: Append, product: Address, to: int | None = None, reason: str = ""
) -> RolledBack:
    """Serve version `to`, by default the one that was served before the present one was published.

    Raises `UsageError` (`product-unknown`, `version-unknown`) or `RefusedError` (`version-vacuumed`,
    `already-served`, `nothing-to-roll-back`). The caller follows the tables afterwards.
    """
    with store.write() as writer:
        found = get_product(writer, product)
        served = served_version(writer, found)
        target = to if to is not None else _before(writer, found, served)
        if served is None or target is None:
            raise RefusedError(
                "nothing-to-roll-back",
                f"`{found}` had nothing served before version {served}",
                hint=_choice(writer, found, served),
            )
        check_version(writer, found, target)
        if target == served:
            raise RefusedError(
                "already-served",
                f"`{found}` serves version {served} already",
                hint=_choice(writer, found, served),
            )
        append(writer, [VersionRolledBack(str(found), served, target, reason)])
    return RolledBack(found, served, target)


def _before(reader: Reader, product: Address, served: int | None) -> int | None:
    rows = reader.rows(
        "SELECT seq FROM versions WHERE product = ? AND version = ?", (str(product), served)
    )
    return version_after(reader, product, int(str(rows[0][0])) - 1) if rows else None


def _choice(reader: Reader, product: Address, served: int | None) -> str:
    others = [version for version in kept_versions(reader, product) if version != served]
    if not others:
        return "no other version can be read"
    listed = ", ".join(str(version) for version in others[-10:])
    return f"mesh rollback {product} --to {others[-1]} (readable: {listed})"
