"""Propose a change of files, find what is proposed, withdraw it, or take it into the working tree.

What must stay true: whoever may know of a product may propose; who proposed, or an owner, withdraws; an
owner alone applies, and only where the files are still what the change was made from.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

from meshwright.app.catalog.discussing import require_owner
from meshwright.app.catalog.known import knowing
from meshwright.app.catalog.words import spoken
from meshwright.app.proposals import kept
from meshwright.app.proposals.branches import (
    Repository,
    author_of,
    commit_files,
    repository_around,
)
from meshwright.app.proposals.editing import change_field, require_inside
from meshwright.app.proposals.judging import Judged, judge
from meshwright.app.proposals.kept import OPEN, Proposal, ProposedFile
from meshwright.app.rewriting import replace_text
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError, UsageError
from meshwright.model.address import Address
from meshwright.model.facts import ChangeProposed, ProposalEnded
from meshwright.spi.state_store import Reader

MOST_OF_REASON = 2000
MOST_IN_GIT = 10 * 1024 * 1024  # bytes of a source that goes into a branch
_LOCK = Lock()


def propose_field(
    wiring: Wiring, text: str, field: str, value: str | tuple[str, ...], reason: str = ""
) -> Proposal:
    """Propose another value of a field; raise what `change_field` does, and what `propose_files` does."""
    change = change_field(wiring, text, field, value)
    title = f"{'Change' if change.file.before else 'Write'} the {field} of {change.address}"
    return propose_files(
        wiring,
        change.address.product_address,
        title,
        [change.file],
        reason=reason,
        about=(str(change.address), field),
        repository=change.repository,
    )


def propose_files(
    wiring: Wiring,
    product: Address,
    title: str,
    files: Sequence[ProposedFile],
    *,
    reason: str = "",
    about: tuple[str, str] = ("", ""),
    data: Path | None = None,
    repository: Repository | None = None,
) -> Proposal:
    """Keep a proposal: a branch in the repository, where there is one, and a patch in any case.

    Raises `RefusedError` (`change-wrong`) where the files would have errors.
    """
    why = spoken(reason, "a reason", MOST_OF_REASON, is_needed=False)
    judged = judge(wiring, product, files)
    for problem in judged.problems:
        if problem.is_error:
            raise RefusedError("change-wrong", problem.message, hint=problem.hint)
    token = kept.keep_files(wiring, files, data)
    try:
        with _LOCK:
            return _recorded(wiring, product, title, files, why, about, data, repository, token)
    except BaseException:
        kept.forget_files(wiring, token)
        raise


def _recorded(
    wiring: Wiring,
    product: Address,
    title: str,
    files: Sequence[ProposedFile],
    reason: str,
    about: tuple[str, str],
    data: Path | None,
    repository: Repository | None,
    token: str,
) -> Proposal:
    branch = commit = ""
    if repository is not None:
        branch = f"proposals/{product.domain}-{product.product}-{secrets.token_hex(3)}"
        commit = _committed(wiring, repository, branch, title, reason, files, data)
    with wiring.store.write() as writer:
        number = int(str(writer.rows("SELECT count(*) FROM proposals")[0][0])) + 1
        name = f"proposal-{number}"
        fact = ChangeProposed(
            product=str(product),
            proposal=name,
            title=title,
            files=[
                {
                    "path": one.path,
                    "before": kept.digest(one.before),
                    "after": kept.digest(one.after),
                }
                for one in files
            ],
            branch=branch,
            commit=commit,
            address=about[0],
            field=about[1],
            reason=reason,
        )
        wiring.ledger.append(writer, [fact])
        kept.name_files(wiring, token, name)
        return _whole(wiring, _get(writer, name))


def _committed(
    wiring: Wiring,
    repository: Repository,
    branch: str,
    title: str,
    reason: str,
    files: Sequence[ProposedFile],
    data: Path | None,
) -> str:
    contents: dict[str, bytes] = {}
    for file in files:
        if file.data and data is not None:
            if data.stat().st_size > MOST_IN_GIT:
                raise RefusedError(
                    "source-too-large",
                    f"a source of more than {MOST_IN_GIT // 1024**2} MiB goes into no branch",
                    hint="ask an owner of the domain to create the product",
                )
            contents[file.path] = data.read_bytes()
        else:
            contents[file.path] = file.after.encode()
    principal = wiring.asker().principal
    author = author_of(principal.name, principal.title)
    message = f"{title}\n\n{reason}\n" if reason else f"{title}\n"
    return commit_files(repository, branch, contents, message, author)


def proposals(wiring: Wiring, product: str = "", *, ended: bool = False) -> tuple[Proposal, ...]:
    """Return what is proposed (with `ended`, what is over too), the newest first."""
    with wiring.store.read() as reader:
        where, values = ("product = ?", [product]) if product else ("1", [])
        found = kept.read_all(reader, where, values)
    may = knowing(wiring)
    now = [_as_it_is(wiring, one) for one in found if may.of(one.product)]
    return tuple(one for one in now if ended or one.state == OPEN)


def show_proposal(wiring: Wiring, text: str) -> tuple[Proposal, Judged]:
    """Return a proposal with its files, and what it would do now; raise `UsageError` (`proposal-unknown`)."""
    with wiring.store.read() as reader:
        found = _known(wiring, reader, text)
    whole = _whole(wiring, _as_it_is(wiring, found))
    if whole.state != OPEN or not whole.files:
        return whole, Judged()
    return whole, judge(wiring, Address.parse(whole.product), whole.files)


def withdraw(wiring: Wiring, text: str, note: str = "") -> Proposal:
    """End a proposal: who proposed it and the owners may; its branch stays, as git's."""
    said = spoken(note, "a note", MOST_OF_REASON, is_needed=False)
    with wiring.store.write() as writer:
        found = _known(wiring, writer, text)
        if found.by != wiring.actor:
            require_owner(wiring, Address.parse(found.product), "withdraw a proposal")
        _require_open(found)
        wiring.ledger.append(
            writer, [ProposalEnded(found.product, found.proposal, kept.WITHDRAWN, said)]
        )
        return _get(writer, found.proposal)


def apply(wiring: Wiring, text: str) -> Proposal:
    """Write a proposal into the working tree: the owners may, where its files are what it was made from.

    Raises `RefusedError` (`files-changed`, `proposal-ended`, `change-wrong`, `proposal-lost`).
    """
    with wiring.store.read() as reader:
        found = _known(wiring, reader, text)
    product = Address.parse(found.product)
    require_owner(wiring, product, "apply a proposal")
    with _LOCK:
        found = _whole(wiring, _as_it_is(wiring, _reread(wiring, found.proposal)))
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
    return _whole(wiring, _reread(wiring, found.proposal))


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


def _as_it_is(wiring: Wiring, proposal: Proposal) -> Proposal:
    """Return a proposal as it is now: merged where what is checked out holds it, which is then recorded."""
    if proposal.state != OPEN or not _has_taken(wiring, proposal):
        return proposal
    fact = ProposalEnded(proposal.product, proposal.proposal, kept.MERGED)
    wiring.origin.ledger.record([fact], actor="mesh")
    return _reread(wiring, proposal.proposal)


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


def _known(wiring: Wiring, reader: Reader, text: str) -> Proposal:
    found = kept.find(reader, text)
    if found is None or not knowing(wiring).of(found.product):
        raise UsageError("proposal-unknown", f"there is no proposal `{text[:60]}`")
    return found


def _get(reader: Reader, name: str) -> Proposal:
    return kept.read_all(reader, "proposal = ?", (name,))[0]


def _reread(wiring: Wiring, name: str) -> Proposal:
    with wiring.store.read() as reader:
        return _get(reader, name)


def _whole(wiring: Wiring, proposal: Proposal) -> Proposal:
    return replace(proposal, files=kept.files_of(wiring, proposal.proposal))


def _require_open(proposal: Proposal) -> None:
    if proposal.state != OPEN:
        raise RefusedError("proposal-ended", f"`{proposal.proposal}` is {proposal.state} already")
