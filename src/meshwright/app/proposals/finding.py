"""Find what is proposed, as it is now: a proposal whose files are checked out is merged."""

from dataclasses import replace
from pathlib import Path

from meshwright.app.catalog.known import knowing
from meshwright.app.proposals import kept
from meshwright.app.proposals.branches import repository_around
from meshwright.app.proposals.judging import Judged, judge
from meshwright.app.proposals.kept import OPEN, Proposal, ProposedFile
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.model.facts import ProposalEnded
from meshwright.spi.state_store import Reader


def proposals(wiring: Wiring, product: str = "", *, ended: bool = False) -> tuple[Proposal, ...]:
    """Return what is proposed (with `ended`, what is over too), the newest first."""
    with wiring.store.read() as reader:
        where, values = ("product = ?", [product]) if product else ("1", [])
        found = kept.read_all(reader, where, values)
    may = knowing(wiring)
    now = [as_it_is(wiring, one) for one in found if may.of(one.product)]
    return tuple(one for one in now if ended or one.state == OPEN)


def show_proposal(wiring: Wiring, text: str) -> tuple[Proposal, Judged]:
    """Return a proposal with its files, and what it would do now; raise `UsageError` (`proposal-unknown`)."""
    with wiring.store.read() as reader:
        found = find_known(wiring, reader, text)
    now = whole(wiring, as_it_is(wiring, found))
    if now.state != OPEN or not now.files:
        return now, Judged()
    return now, judge(wiring, Address.parse(now.product), now.files)


def find_known(wiring: Wiring, reader: Reader, text: str) -> Proposal:
    """Return a proposal that whoever acts may know of; raise `UsageError` (`proposal-unknown`)."""
    found = kept.find(reader, text)
    if found is None or not knowing(wiring).of(found.product):
        raise UsageError("proposal-unknown", f"there is no proposal `{text[:60]}`")
    return found


def get(reader: Reader, name: str) -> Proposal:
    """Return a proposal that there is, as it is recorded."""
    return kept.read_all(reader, "proposal = ?", (name,))[0]


def reread(wiring: Wiring, name: str) -> Proposal:
    """Return it as it is recorded now."""
    with wiring.store.read() as reader:
        return get(reader, name)


def whole(wiring: Wiring, proposal: Proposal) -> Proposal:
    """Return it with its files."""
    return replace(proposal, files=kept.files_of(wiring, proposal.proposal))


def as_it_is(wiring: Wiring, proposal: Proposal) -> Proposal:
    """Return a proposal as it is now: merged where what is checked out holds it, which is then recorded."""
    if proposal.state != OPEN or not _has_taken(wiring, proposal):
        return proposal
    fact = ProposalEnded(proposal.product, proposal.proposal, kept.MERGED)
    wiring.origin.ledger.record([fact], actor="mesh")
    return reread(wiring, proposal.proposal)


def _has_taken(wiring: Wiring, proposal: Proposal) -> bool:
    if proposal.commit:
        repository = repository_around(wiring.root, wiring.root)
        return repository is not None and repository.has_taken(
            proposal.commit, list(proposal.paths)
        )
    files = kept.files_of(wiring, proposal.proposal)
    return bool(files) and all(_holds(wiring.root / file.path, file) for file in files)


def _holds(path: Path, file: ProposedFile) -> bool:
    if not path.is_file():
        return False
    return bool(file.data) or path.read_bytes() == file.after.encode()
