"""Whether the ledger is still what was written, and the projections still what it says.

The chain shows what was changed in place; a checkpoint that was kept elsewhere shows what was rewritten
altogether, or cut off at the end.
"""

from dataclasses import dataclass

from meshwright.errors import LedgerError
from meshwright.ledger.breaks import find_break
from meshwright.ledger.chain import Head, find_head
from meshwright.ledger.checkpoints import Checkpoints
from meshwright.ledger.findings import Finding
from meshwright.ledger.replay import Difference, differences
from meshwright.spi.state_store import StateStore


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found. `findings` are of the ledger, the first bad entry first.

    `differences` are of the projections, and are looked for only when the ledger itself is sound.
    """

    entries: int
    head: str
    checkpoints: int = 0
    findings: tuple[Finding, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Say whether nothing was found."""
        return not self.findings and not self.differences


def verify(
    store: StateStore, checkpoints: Checkpoints | None = None, scratch: StateStore | None = None
) -> Verification:
    """Walk the whole ledger in one snapshot, hold it against its checkpoints, replay it into `scratch`.

    `scratch` is an empty, prepared store that the caller throws away; without one the projections are not
    compared. Raises `UnreachableError` when a checkpoint sink cannot be read.
    """
    with store.read() as reader:
        head = find_head(reader) or Head(0, "", "")
        findings = [found for found in (find_break(reader),) if found]
        count = 0
        if checkpoints is not None:
            count, more = checkpoints.compare(reader)
            findings += more
        differing: tuple[Difference, ...] = ()
        if scratch is not None and not findings:
            try:
                differing = differences(reader, scratch)
            except LedgerError as error:
                told = f"{error.message}: {error.hint}" if error.hint else error.message
                findings.append(Finding(0, "unreadable", told))
        entries = int(reader.rows("SELECT count(*) FROM facts")[0][0] or 0)
    ordered = tuple(sorted(findings, key=lambda finding: finding.seq))
    return Verification(entries, head.hash, count, ordered, differing)
