"""Query: SQL over published ports, whole in memory: the governed query, for whoever sits at this machine."""

from dataclasses import replace
from time import monotonic

from meshwright.app.governed.ask import ask
from meshwright.app.result import Result
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.model.principal import Asker


def query(
    wiring: Wiring,
    sql: str,
    *,
    as_of: str | None = None,
    purpose: str = "",
    asker: Asker | None = None,
) -> Result:
    """Run one SELECT over published ports; a port is `domain.product.port`, or `"port@3"` for a version.

    The fact `QueryRan` is recorded before the rows are handed out, and when the query fails.
    """
    started = monotonic()
    who = asker or wiring.asker(purpose)
    with ask(wiring, who, sql, as_of=as_of) as answer:
        result = answer.result()
    return replace(result, seconds=monotonic() - started)


def read(
    wiring: Wiring,
    address: str,
    *,
    version: int | None = None,
    as_of: str | None = None,
    asker: Asker | None = None,
) -> Result:
    """Return all rows of a port, at its `@version`, as of a time, or as served now."""
    return query(wiring, read_sql(address, version), as_of=as_of, asker=asker)


def read_sql(address: str, version: int | None = None) -> str:
    """Return the SELECT that reads a port whole, or one column of it; raise `UsageError` for other text."""
    found = Address.parse(address)
    if not found.port:
        raise UsageError(
            "address-not-a-port", f"`{address}` is not a port", hint="domain.product.port"
        )
    wanted = found.version if version is None else version
    port = f"{found.port}@{wanted}" if wanted is not None else found.port
    what = f'"{found.column}"' if found.column else "*"
    return f'SELECT {what} FROM "{found.domain}"."{found.product}"."{port}"'
