"""Addresses: `domain.product[.port[.column]][@version]`, the same names in SQL, URL and API."""

import re
from dataclasses import dataclass, replace

from meshwright.errors import UsageError

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
RESERVED_DOMAINS = frozenset(("system", "temp"))  # in SQL these are the engine's own
RESERVED_PRODUCTS = frozenset(("information_schema", "pg_catalog"))
_EXAMPLE = "an address looks like `domain.product.port`, with `@3` after it for a version"


def is_name(text: str) -> bool:
    """Say whether `text` can be one part of an address."""
    return NAME.match(text) is not None


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Name a product, one of its ports, or a column of a port; optionally at a version."""

    domain: str
    product: str
    port: str = ""
    column: str = ""
    version: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read an address; raise `UsageError` (`address-invalid`) when it is none."""
        body, at, version = text.strip().partition("@")
        parts = body.split(".")
        if not 2 <= len(parts) <= 4 or not all(is_name(part) for part in parts[:3]):
            raise UsageError("address-invalid", f"`{text}` is not an address", hint=_EXAMPLE)
        if at and not version.isdigit():
            raise UsageError(
                "address-invalid", f"`@{version}` of `{text}` is not a version", hint=_EXAMPLE
            )
        domain, product, port, column = [*parts, "", ""][:4]
        return cls(domain, product, port, column, int(version) if at else None)

    @property
    def product_address(self) -> "Address":
        """Return the address of the product alone."""
        return Address(self.domain, self.product)

    @property
    def port_address(self) -> "Address":
        """Return the address of the port, without column or version."""
        return Address(self.domain, self.product, self.port)

    def at(self, version: int | None) -> "Address":
        """Return the same address at another version."""
        return replace(self, version=version)

    def __str__(self) -> str:
        names = ".".join(p for p in (self.domain, self.product, self.port, self.column) if p)
        return names if self.version is None else f"{names}@{self.version}"
