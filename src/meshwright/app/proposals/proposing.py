"""Propose a change of files: kept as a patch, and as a branch where the mesh is in a repository.

What must stay true: whoever may know of a product may propose.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path

from meshwright.app.catalog.words import spoken
from meshwright.app.proposals import kept
from meshwright.app.proposals.branches import (
    Repository,
    author_of,
    commit_files,
)
from meshwright.app.proposals.editing import change_field
from meshwright.app.proposals.finding import get, whole
from meshwright.app.proposals.judging import judge
from meshwright.app.proposals.kept import LOCK, MOST_OF_REASON, Proposal, ProposedFile
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError
from meshwright.model.address import Address
from meshwright.model.facts import ChangeProposed

MOST_IN_GIT = 10 * 1024 * 1024  # bytes of a source that goes into a branch


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
        with LOCK:
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
        return whole(wiring, get(writer, name))


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
