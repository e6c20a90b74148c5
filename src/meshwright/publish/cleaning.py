"""After a crash: what was staged goes, and the builds that did not end are failed.

The files go first. Dying in between leaves the build `running`, so that the next call begins again.
"""

from collections.abc import Collection
from dataclasses import dataclass

from meshwright.model.address import Address
from meshwright.model.facts import BuildFailed
from meshwright.publish.publishing import Append
from meshwright.publish.sweeping import FindStorage, Orphan, find_orphans, remove
from meshwright.spi.state_store import StateStore

INTERRUPTED = "build-interrupted"
_UNENDED = (
    "SELECT product, build, status FROM builds b WHERE status = 'running'"
    " OR (status = 'failed' AND error = ? AND NOT EXISTS (SELECT 1 FROM builds l"
    " WHERE l.product = b.product AND l.started_at > b.started_at))"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Builds that were ended, and what was removed."""

    builds: tuple[str, ...] = ()
    removed: tuple[Orphan, ...] = ()


def clean(
    store: StateStore,
    append: Append,
    find_storage: FindStorage,
    products: Collection[Address] | None = None,
) -> Cleaned:
    """Fail the builds of these products (None: of all) that still count as running, and sweep their folders.

    Folders of products whose last build was recorded as interrupted are swept too: its threads may have
    written on. The caller holds these products: no build of them runs now. Costs one query when there is
    nothing to do.
    """
    with store.read() as reader:
        rows = [tuple(map(str, row)) for row in reader.rows(_UNENDED, (INTERRUPTED,))]
    wanted = None if products is None else {str(product) for product in products}
    unended = [row for row in rows if wanted is None or row[0] in wanted]
    running = [(product, build) for product, build, status in unended if status == "running"]
    orphans: list[Orphan] = []
    for product in dict.fromkeys(row[0] for row in unended):
        found = find_orphans(store, Address.parse(product), find_storage, is_held=True)
        remove(found)
        orphans += found
    if running:
        with store.write() as writer:
            append(writer, [BuildFailed(build, product, INTERRUPTED) for product, build in running])
    return Cleaned(tuple(build for _, build in running), tuple(orphans))
