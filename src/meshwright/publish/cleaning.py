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

    The caller holds these products: no build of them runs now. Costs one query when nothing was running.
    """
    with store.read() as reader:
        rows = reader.rows("SELECT product, build FROM builds WHERE status = 'running'")
    wanted = None if products is None else {str(product) for product in products}
    running = [(str(p), str(b)) for p, b in rows if wanted is None or str(p) in wanted]
    orphans: list[Orphan] = []
    for product in dict.fromkeys(product for product, _ in running):
        found = find_orphans(store, Address.parse(product), find_storage, is_held=True)
        remove(found)
        orphans += found
    if running:
        with store.write() as writer:
            append(writer, [BuildFailed(build, product, INTERRUPTED) for product, build in running])
    return Cleaned(tuple(build for _, build in running), tuple(orphans))
