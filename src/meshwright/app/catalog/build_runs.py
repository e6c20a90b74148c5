"""What the builds of one run came to, product by product."""

from meshwright.app.catalog.run_picture import Member
from meshwright.spi.state_store import Reader


def built_in(reader: Reader, run: str) -> dict[str, Member]:
    """Return what the ledger says of each product of a run: its newest build, where days were replayed."""
    if not run:
        return {}
    rows = reader.rows(
        "SELECT product, status, build, max(started_at || ' ' || build) FROM builds"
        " WHERE run = ? AND run <> '' GROUP BY product",
        [run],
    )
    return {
        str(product): Member(str(product), str(status), build=str(build))
        for product, status, build, _ in rows
    }
