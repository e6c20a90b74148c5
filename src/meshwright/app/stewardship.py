"""What an owner does with published versions: roll back, accept a rejection, retire, vacuum."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from meshwright.app.clock import parse_past
from meshwright.app.finishing import clean_up, storage_of
from meshwright.app.incidents import PUBLISHED, teller
from meshwright.app.order import chosen_of
from meshwright.app.plan import make_plan
from meshwright.app.run import LOCK, follow_tables, holder, prove
from meshwright.app.steps import Asked
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError, UsageError
from meshwright.model.address import Address
from meshwright.publish import accepting, lifecycle, rolling_back, vacuuming

MOST_DAYS = 3_650  # that a waiver lasts
WAIT = 10.0  # seconds for a run that holds the mesh


def rollback(wiring: Wiring, product: Address, to: int | None, reason: str) -> dict[str, Any]:
    """Move a product's pointer to an older version, all its ports at once."""
    with wiring.store.hold(LOCK, holder(wiring), WAIT):
        done = rolling_back.rollback(
            wiring.store, wiring.ledger.append, product.product_address, to, reason
        )
        follow_tables(wiring)
    return {
        "product": str(done.product),
        "was": done.from_version,
        "served": done.to_version,
        **_signed(wiring),
    }


def _signed(wiring: Wiring) -> dict[str, list[str]]:
    """Sign what an owner did, as what one would cut off; say what went wrong, if anything did."""
    warnings = [f"{event.product}: {event.detail}" for event in prove(wiring)]
    return {"warnings": warnings} if warnings else {}


def _require_current(wiring: Wiring, product: Address) -> None:
    """Refuse to accept what a run would not make any more: its source or its contract is another now."""
    address = product.product_address
    with wiring.store.read() as reader:
        rejected = reader.rows(
            "SELECT 1 FROM builds WHERE product = ? AND status = 'rejected' LIMIT 1",
            (str(address),),
        )
    if not rejected or address not in wiring.workspace.cards:
        return  # nothing to accept, or of another domain now: `accepting` tells
    now = parse_past(None, wiring.mesh.timezone)
    (step,) = make_plan(wiring, Asked((str(address),), now)).steps
    if step.action in ("up_to_date", "refused"):
        why = step.reasons[0] if step.reasons else "its source was mended since it was rejected"
        raise RefusedError(
            "accept-outdated",
            f"a run of `{address}` would not make the rejected build again: {why}",
            hint=f"mesh run {address}",
        )


def accept(wiring: Wiring, product: Address, reason: str, owner: str, days: int) -> dict[str, Any]:
    """Publish the last rejected build; its failed checks are waived for some days.

    Raises `UsageError` (`days-invalid`) and `RefusedError` (`accept-outdated`) beside what `accepting` does.
    """
    if not 0 <= days <= MOST_DAYS:
        raise UsageError(
            "days-invalid",
            f"a waiver lasts from 0 (today) to {MOST_DAYS} days, not {days}",
            hint="--for 7",
        )
    today = datetime.now(UTC).date()
    word = accepting.Word(wiring.actor, reason, today, owner, today + timedelta(days=days))
    with wiring.store.hold(LOCK, holder(wiring), WAIT):
        _require_current(wiring, product)
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
        **_signed(wiring),
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
        **_signed(wiring),
    }


def vacuum(wiring: Wiring, selection: tuple[str, ...], *, dry_run: bool) -> dict[str, Any]:
    """Remove the versions that the retention of mesh.yaml no longer keeps."""
    chosen = None
    if selection:
        chosen = chosen_of(wiring, selection)
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
        **({} if dry_run else _signed(wiring)),
    }
