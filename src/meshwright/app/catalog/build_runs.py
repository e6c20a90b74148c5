"""What the builds of one run came to, product by product."""

from meshwright.app.catalog.run_picture import Member
from meshwright.spi.state_store import Reader

MOST_BUILDS = 20_000


def built_in(reader: Reader, run: str) -> dict[str, Member]:
    """Return what the ledger says of each product of a run: its newest build, where days were replayed."""
    if not run:
        return {}
    rows = reader.rows(
        "SELECT product, status, build FROM builds WHERE run = ? ORDER BY started_at, build LIMIT ?",
        [run, MOST_BUILDS],
    )
    return {
        str(product): Member(str(product), str(status), build=str(build))
        for product, status, build in rows
    }
