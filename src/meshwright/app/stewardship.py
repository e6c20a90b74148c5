"""What an owner does with published versions: roll back, accept a rejection, retire, vacuum."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from meshwright.app.finishing import clean_up, storage_of
from meshwright.app.incidents import PUBLISHED, teller
from meshwright.app.plan import reads_of
from meshwright.app.run import LOCK, follow_tables, holder
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.orchestrate.selection import select
from meshwright.publish import accepting, lifecycle, rolling_back, vacuuming

WAIT = 10.0  # seconds for a run that holds the mesh


def rollback(wiring: Wiring, product: Address, to: int | None, reason: str) -> dict[str, Any]:
    """Move a product's pointer to an older version, all its ports at once."""
    with wiring.store.hold(LOCK, holder(wiring), WAIT):
        done = rolling_back.rollback(
            wiring.store, wiring.ledger.append, product.product_address, to, reason
        )
        follow_tables(wiring)
    return {"product": str(done.product), "was": done.from_version, "served": done.to_version}


def accept(wiring: Wiring, product: Address, reason: str, owner: str, days: int) -> dict[str, Any]:
    """Publish the last rejected build; its failed checks are waived for some days."""
    today = datetime.now(UTC).date()
    word = accepting.Word(wiring.actor, reason, today, owner, today + timedelta(days=days))
    with wiring.store.hold(LOCK, holder(wiring), WAIT):
        done = accepting.accept(
            wiring.store,
            wiring.ledger.append,
            wiring.mesh.data,
            product.product_address,
            word,
            teller(wiring, healthy=PUBLISHED),
        )
        follow_tables(wiring)
    return {
        "product": str(done.product),
        "version": done.version,
        "build": done.build,
        "owner": done.waiver.owner,
        "expires": done.waiver.expires.isoformat(),
        "checks": sorted(done.waiver.checks),
    }


def retire(wiring: Wiring, product: Address, until: str, reason: str) -> dict[str, Any]:
    """Announce the end of a product and name its consumers."""
    try:
        last = date.fromisoformat(until)
    except ValueError as error:
        raise UsageError(
            "date-invalid", f"`{until}` is not a date", hint="write one like 2027-06-30"
        ) from error
    done = lifecycle.retire(
        wiring.store,
        wiring.ledger.append,
        product.product_address,
        last,
        today=datetime.now(UTC).date(),
        reason=reason,
    )
    return {
        "product": str(done.product),
        "until": done.until.isoformat(),
        "consumers": [str(consumer) for consumer in done.consumers],
    }


def vacuum(wiring: Wiring, selection: tuple[str, ...], *, dry_run: bool) -> dict[str, Any]:
    """Remove the versions that the retention of mesh.yaml no longer keeps."""
    chosen = None
    if selection:
        chosen = select(selection, wiring.workspace.cards, reads_of(wiring))
    with wiring.store.hold(LOCK, holder(wiring), WAIT):
        clean_up(wiring)
        follow_tables(wiring)
        done = vacuuming.vacuum(
            wiring.store,
            wiring.ledger.append,
            lambda reader, product: storage_of(wiring, reader, product),
            wiring.mesh.retention,
            datetime.now(UTC),
            chosen,
            dry_run=dry_run,
        )
    return {
        "dry_run": dry_run,
        "versions": [
            {
                "product": str(one.product),
                "version": one.version,
                "files": one.files,
                "bytes": one.bytes,
            }
            for one in done.versions
        ],
        "files": len(done.removed),
        "bytes": done.bytes,
        "skipped": [str(product) for product in done.skipped],
    }
