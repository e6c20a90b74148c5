"""Proposals as they are kept: what happened to them in the state, the texts of their files beside it."""

import dataclasses
import json
import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

import msgspec

from meshwright.app.rewriting import unified
from meshwright.app.wiring import Wiring
from meshwright.spi.state_store import Reader, Row

_NAME = re.compile(r"proposal-[0-9]{1,9}\Z")
OPEN, MERGED, APPLIED, WITHDRAWN = STATES = ("open", "merged", "applied", "withdrawn")
_FILES, _DATA = "files.json", "data"
MOST_OF_REASON = 2000  # characters
LOCK = Lock()  # one is proposed or applied at a time


@dataclass(frozen=True, slots=True)
class ProposedFile:
    """A file as it would be. `before`: None for a new one; `data`: its bytes are kept beside."""

    path: str
    after: str = ""
    before: str | None = None
    data: str = ""

    @property
    def diff(self) -> str:
        """Return what changes, as a unified diff; '' for what is no text."""
        return "" if self.data else unified(self.path, self.before, self.after)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal. `state`: open, merged, applied or withdrawn; no `files` where their texts are gone."""

    proposal: str
    product: str
    address: str
    field: str
    title: str
    reason: str
    branch: str
    commit: str
    by: str
    at: str
    state: str
    note: str = ""
    ended_by: str = ""
    changed_at: str = ""
    paths: tuple[str, ...] = ()
    files: tuple[ProposedFile, ...] = dataclasses.field(default=(), repr=False)

    @property
    def patch(self) -> str:
        """Return the whole change, as `git apply` and `patch -p1` take it."""
        return "".join(file.diff for file in self.files)


_SELECT = (
    "SELECT proposal, product, address, field, title, reason, branch, commit_id, proposed_by, at, state,"
    " note, ended_by, changed_at, files FROM proposals"
)


def proposal_shape(one: Proposal) -> dict[str, object]:
    """Return a proposal without the texts of its files."""
    return {
        "proposal": one.proposal, "product": one.product, "address": one.address, "field": one.field,
        "title": one.title, "reason": one.reason, "state": one.state, "by": one.by, "at": one.at,
        "branch": one.branch, "commit": one.commit, "files": list(one.paths), "note": one.note,
        "ended_by": one.ended_by,
    }  # fmt: skip


def read_all(reader: Reader, where: str = "1", values: Sequence[str] = ()) -> list[Proposal]:
    """Return proposals, the newest first, without the texts of their files."""
    return [_of(row) for row in reader.rows(f"{_SELECT} WHERE {where} ORDER BY at DESC", values)]


def find(reader: Reader, text: str) -> Proposal | None:
    """Return a proposal, named whole or by its number."""
    name = text.strip().removeprefix("#")
    whole = f"proposal-{name}" if name.isdigit() else name
    found = read_all(reader, "proposal = ?", (whole,))
    return found[0] if found else None


def keep_files(wiring: Wiring, files: Sequence[ProposedFile], data: Path | None) -> str:
    """Keep the texts of a proposal that has no name yet; return where."""
    token = secrets.token_hex(8)
    folder = _home(wiring) / token
    folder.mkdir(parents=True)
    (folder / _FILES).write_bytes(msgspec.json.encode(tuple(files)))
    if data is not None:
        shutil.copyfile(data, folder / _DATA)
    return token


def name_files(wiring: Wiring, token: str, proposal: str) -> None:
    """Give what is kept the name of its proposal."""
    home = _home(wiring)
    shutil.rmtree(home / proposal, ignore_errors=True)
    os.replace(home / token, home / proposal)


def forget_files(wiring: Wiring, token: str) -> None:
    """Forget the texts of what was not proposed after all."""
    shutil.rmtree(_home(wiring) / token, ignore_errors=True)


def files_of(wiring: Wiring, proposal: str) -> tuple[ProposedFile, ...]:
    """Return the files of a proposal; none where their texts are gone."""
    if not _NAME.match(proposal):
        return ()
    try:
        read = (_home(wiring) / proposal / _FILES).read_bytes()
        return msgspec.json.decode(read, type=tuple[ProposedFile, ...])
    except (OSError, msgspec.MsgspecError):
        return ()


def data_of(wiring: Wiring, proposal: str) -> Path:
    """Return where the bytes of a proposal's source are kept."""
    return _home(wiring) / proposal / _DATA


def digest(text: str | None) -> str:
    """Return a digest of a file's text; '' where there is none."""
    return "" if text is None else sha256(text.encode()).hexdigest()


def _of(row: Row) -> Proposal:
    words = [str(value) for value in row[:-1]]
    paths = tuple(str(one["path"]) for one in json.loads(str(row[-1])))
    (
        name,
        product,
        address,
        fld,
        title,
        reason,
        branch,
        commit,
        by,
        at,
        state,
        note,
        end,
        changed,
    ) = words
    return Proposal(
        name, product, address, fld, title, reason, branch, commit, by, at, state, note, end, changed, paths
    )  # fmt: skip


def _home(wiring: Wiring) -> Path:
    return wiring.mesh.state / "proposals"
