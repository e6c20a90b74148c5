"""Make a draft real: its files are written all at once, or proposed by whoever may not write them.

What must stay true: a product's folder appears whole or not at all, and none that is there is touched.
"""

import secrets
import shutil
from pathlib import Path
from threading import Lock

from meshwright.app.acting import ActingWiring
from meshwright.app.creating.draft import DATA, UPLOAD, Draft
from meshwright.app.creating.files import DraftFile, files_of, product_folder
from meshwright.app.creating.looking import path_of, place_in
from meshwright.app.identity.verbs import judge
from meshwright.app.proposals.branches import Repository, repository_around
from meshwright.app.proposals.kept import Proposal, ProposedFile
from meshwright.app.proposals.proposing import propose_files
from meshwright.app.rewriting import replace_text
from meshwright.app.wiring import Wiring
from meshwright.documents.changed import problems_in
from meshwright.errors import DeniedError, RefusedError, UsageError
from meshwright.model.problem import Problem

_LOCK = Lock()


def may_create(wiring: Wiring, draft: Draft) -> bool:
    """Say whether whoever acts may write the files, by the verbs `new product` and `new domain`."""
    if not isinstance(wiring, ActingWiring):
        return True
    try:
        judge(wiring, "new product", {"address": str(draft.address)})
        if draft.is_new_domain:
            judge(wiring, "new domain", {})
    except DeniedError:
        return False
    return True


def problems_of(wiring: Wiring, draft: Draft) -> list[Problem]:
    """Return what `mesh check` says of the product's files as they would be."""
    files = files_of(wiring, draft)
    folder = product_folder(wiring, draft)
    inner = {
        file.path.removeprefix(f"{folder}/"): file.text
        for file in files
        if file.path.startswith(f"{folder}/")
    }
    return problems_in(folder, draft.domain, inner)


def create(wiring: Wiring, draft: Draft) -> list[str]:
    """Write the files of a draft and return their paths in the mesh.

    Raises `RefusedError` (`product-exists`, `draft-wrong`), `DeniedError` (`verb-denied`).
    """
    if not may_create(wiring, draft):
        raise DeniedError(
            "verb-denied",
            f"`{wiring.actor}` may not create `{draft.address}`",
            hint="propose it instead",
        )
    if draft.source.kind != UPLOAD:
        place_in(wiring, draft.source.file)
    for problem in problems_of(wiring, draft):
        if problem.is_error:
            raise RefusedError("draft-wrong", problem.message, hint=problem.hint)
    with _LOCK:
        written = _written(wiring, draft)
    wiring.origin.look_anew()
    return written


def propose(wiring: Wiring, draft: Draft, reason: str = "") -> Proposal:
    """Propose the files of a draft; raise `RefusedError` (`source-too-large`, `change-wrong`)."""
    files = [ProposedFile(one.path, one.text, one.before) for one in files_of(wiring, draft)]
    folder = product_folder(wiring, draft)
    _require_free(wiring.root / folder, draft)
    data = None
    if draft.source.kind == UPLOAD:
        data = path_of(wiring, draft)
        name = f"{folder}/{DATA}/{draft.source.file}"
        files.append(ProposedFile(name, data=f"{data.stat().st_size:,} bytes"))
    else:
        place_in(wiring, draft.source.file)
    title = f"Create the product {draft.address}"
    repository = repository_around(wiring.root, _there(wiring.root / folder))
    files, repository = _as_committed(files, repository)
    return propose_files(
        wiring, draft.address, title, files, reason=reason, data=data, repository=repository
    )


def _as_committed(
    files: list[ProposedFile], repository: Repository | None
) -> tuple[list[ProposedFile], Repository | None]:
    """A branch holds changes of what is committed; where mesh.yaml lies there changed, a patch is made."""
    for file in files:
        if repository is not None and file.before is not None:
            committed = repository.text(file.path)
            if committed is None or committed.decode("utf-8", "replace") != file.before:
                return files, None
    return files, repository


def _there(folder: Path) -> Path:
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _written(wiring: Wiring, draft: Draft) -> list[str]:
    folder = product_folder(wiring, draft)
    home = wiring.root / folder
    files = files_of(wiring, draft)
    _require_free(home, draft)
    beside = home.with_name(f".{draft.product}-{secrets.token_hex(4)}")
    try:
        for file in files:
            if file.path.startswith(f"{folder}/"):
                _write(beside / file.path.removeprefix(f"{folder}/"), file.text)
        if draft.source.kind == UPLOAD:
            data = beside / DATA / draft.source.file
            data.parent.mkdir(parents=True)
            shutil.copyfile(path_of(wiring, draft), data)
        _others(wiring, files, folder)
        _require_free(home, draft)
        beside.rename(home)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return [file.path for file in files]


def _others(wiring: Wiring, files: tuple[DraftFile, ...], folder: str) -> None:
    """Write what is not in the product's folder: a new domain's file, and its line in mesh.yaml."""
    for file in reversed(files):  # mesh.yaml last: it never lists a domain that is not there
        if file.path.startswith(f"{folder}/"):
            continue
        path = wiring.root / file.path
        if file.before is None:
            _write(path, file.text)
        else:
            replace_text(path, file.text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(text.encode())


def _require_free(home: Path, draft: Draft) -> None:
    if home.exists():
        raise UsageError(
            "product-exists", f"`{draft.address}` exists already", hint="give another name"
        )
