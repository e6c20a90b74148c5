"""End a proposal: withdraw it, or take it into the working tree.

What must stay true: who proposed, or an owner, withdraws; an owner alone applies, and only where the files
are still what the change was made from.
"""

from pathlib import Path

from meshwright.app.catalog.discussing import require_owner
from meshwright.app.catalog.words import spoken
from meshwright.app.proposals import kept
from meshwright.app.proposals.branches import repository_around
from meshwright.app.proposals.editing import require_inside
from meshwright.app.proposals.finding import as_it_is, find_known, get, reread, whole
from meshwright.app.proposals.judging import judge
from meshwright.app.proposals.kept import LOCK, MOST_OF_REASON, OPEN, Proposal
from meshwright.app.rewriting import replace_text
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError
from meshwright.model.address import Address
from meshwright.model.facts import ProposalEnded


def withdraw(wiring: Wiring, text: str, note: str = "") -> Proposal:
    """End a proposal: who proposed it and the owners may; its branch stays, as git's."""
    said = spoken(note, "a note", MOST_OF_REASON, is_needed=False)
    with wiring.store.write() as writer:
        found = find_known(wiring, writer, text)
        if found.by != wiring.actor:
            require_owner(wiring, Address.parse(found.product), "withdraw a proposal")
        _require_open(found)
        wiring.ledger.append(
            writer, [ProposalEnded(found.product, found.proposal, kept.WITHDRAWN, said)]
        )
        return get(writer, found.proposal)


def apply(wiring: Wiring, text: str) -> Proposal:
    """Write a proposal into the working tree: the owners may, where its files are what it was made from.

    Raises `RefusedError` (`files-changed`, `proposal-ended`, `change-wrong`, `proposal-lost`).
    """
    with wiring.store.read() as reader:
        found = find_known(wiring, reader, text)
    product = Address.parse(found.product)
    require_owner(wiring, product, "apply a proposal")
    with LOCK:
        found = whole(wiring, as_it_is(wiring, reread(wiring, found.proposal)))
        _require_open(found)
        if not found.files:
            raise RefusedError(
                "proposal-lost", "the texts of this proposal are gone", hint="merge its branch"
            )
        _require_clean(wiring, found)
        for problem in judge(wiring, product, found.files).problems:
            if problem.is_error:
                raise RefusedError("change-wrong", problem.message, hint=problem.hint)
        _write(wiring, found)
        with wiring.store.write() as writer:
            wiring.ledger.append(
                writer, [ProposalEnded(found.product, found.proposal, kept.APPLIED)]
            )
    wiring.origin.look_anew()
    return whole(wiring, reread(wiring, found.proposal))


def _require_open(proposal: Proposal) -> None:
    if proposal.state != OPEN:
        raise RefusedError("proposal-ended", f"`{proposal.proposal}` is {proposal.state} already")


def _require_clean(wiring: Wiring, proposal: Proposal) -> None:
    """Compare with what the change was made from, and in git with what is committed."""
    texts = [file.path for file in proposal.files if file.before is not None]
    for file in proposal.files:
        path = wiring.root / file.path
        if file.before is None:
            is_same = not path.exists()
        else:
            is_same = path.is_file() and path.read_bytes() == file.before.encode()
        if not is_same:
            raise _changed(file.path)
    folder = wiring.root / Path(proposal.paths[-1]).parent
    repository = repository_around(wiring.root, _there(folder))
    if repository is not None and proposal.commit and not repository.is_clean(texts):
        raise _changed(texts[0])


def _changed(path: str) -> RefusedError:
    return RefusedError(
        "files-changed",
        f"`{path}` is not what this change was made from",
        hint="propose it anew, or merge its branch",
    )


def _there(folder: Path) -> Path:
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _write(wiring: Wiring, proposal: Proposal) -> None:
    """Write the files; what lists others (mesh.yaml) last."""
    root = wiring.root.resolve()
    for file in sorted(proposal.files, key=lambda one: one.path == "mesh.yaml"):
        path = wiring.root / file.path
        if not path.resolve().is_relative_to(root) or path.is_symlink():
            raise RefusedError("path-outside", "a change stays in the mesh's folder")
        if file.before is not None:
            require_inside(wiring.root, path.parent, path)
            replace_text(path, file.after)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as opened:
            data = kept.data_of(wiring, proposal.proposal) if file.data else None
            opened.write(data.read_bytes() if data else file.after.encode())
