"""The files of a mesh as they were at a git reference, read without touching the working tree.

git is asked by name with fixed arguments: no hook, pager, prompt, external diff or text filter of the
repository or of the user runs, and a reference can never be taken for an option.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from meshwright.errors import UnreachableError, UsageError

_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=off")
_OWN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF")
_MOST_BYTES = 5_000_000  # of one file: a descriptor is never that long
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of the repository that a mesh is in. `prefix` leads from the repository to the mesh."""

    repository: Path
    prefix: str
    ref: str
    commit: str

    def changed(self) -> set[str]:
        """Return the files that differ from the working tree, relative to the repository."""
        told = git(
            self.repository, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff",
            "--no-textconv", "--ignore-submodules", self.commit, "--",
        )  # fmt: skip
        new = git(self.repository, "ls-files", "-z", "--others", "--exclude-standard")
        return {name for name in _texts(told + new) if name}

    def files(self) -> "dict[str, Blob]":
        """Return the plain files of the commit, by their path; no link, no submodule."""
        told = git(self.repository, "ls-tree", "-r", "-z", "-l", "--full-tree", self.commit)
        return {blob.path: blob for blob in map(_blob, filter(None, _texts(told))) if blob}

    def write(self, blobs: "Iterable[Blob]", folder: Path) -> None:
        """Write files of the commit into a folder."""
        wanted = [blob for blob in blobs if blob.bytes <= _MOST_BYTES]
        asked = "".join(f"{blob.name}\n" for blob in wanted).encode()
        told = git(self.repository, "cat-file", "--batch", given=asked) if wanted else b""
        for blob, data in zip(wanted, _contents(told), strict=True):
            path = folder / blob.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a commit: its path in the repository, the name of its content, its size."""

    path: str
    name: str
    bytes: int


def open_revision(root: Path, ref: str) -> Revision:
    """Return the commit to compare with: where HEAD left `ref`, or `ref` itself where that isn't known.

    What went into `ref` since is no change of ours, and must not look like one.
    Raises `UsageError` (`not-a-repository`, `reference-unknown`).
    """
    from meshwright.app.places import repository_of

    repository = repository_of(root)
    if repository is None:
        raise UsageError(
            "not-a-repository",
            f"`{root}` is not inside a git repository, so there is nothing to compare with",
            hint="mesh plan compares with what is served",
        )
    commit = _commit(repository, ref)
    if commit is None:
        raise UsageError(
            "reference-unknown",
            f"git knows no commit `{ref}` here",
            hint="fetch it first, for example: git fetch origin main (in CI: fetch-depth: 0)",
        )
    prefix = root.absolute().relative_to(repository).as_posix()
    fork = _commit_where_left(repository, commit)
    return Revision(repository, "" if prefix == "." else prefix, ref, fork or commit)


def _commit(repository: Path, ref: str) -> str | None:
    if not ref or ref.startswith("-"):
        return None
    arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    done = run_git(repository, arguments)
    return done.stdout.decode().strip() or None if done.returncode == 0 else None


def _commit_where_left(repository: Path, commit: str) -> str | None:
    done = run_git(repository, ("merge-base", commit, "HEAD"))
    return done.stdout.decode().split("\n")[0].strip() or None if done.returncode == 0 else None


def git(
    repository: Path,
    *arguments: str,
    given: bytes = b"",
    also: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return what git says; raise `UnreachableError` (`git-failed`). `also` is added to its environment."""
    done = run_git(repository, arguments, given, also)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
        raise UnreachableError(
            "git-failed", f"git {arguments[0]} failed: {said[0]}", hint="git status"
        )
    return done.stdout


def run_git(
    repository: Path,
    arguments: Iterable[str],
    given: bytes = b"",
    also: Mapping[str, str] = MappingProxyType({}),
) -> "subprocess.CompletedProcess[bytes]":
    """Run git and return how it ended, whatever that is."""
    around = {name: value for name, value in os.environ.items() if name not in _OWN}
    around |= {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
        **also,
    }
    command = ["git", "--no-pager", *_SAFE, *arguments]
    try:
        return subprocess.run(
            command, cwd=repository, env=around, input=given, capture_output=True, timeout=_SECONDS
        )
    except FileNotFoundError as error:
        raise UnreachableError(
            "git-missing", "git is not installed", hint="install git, or leave out --against"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise UnreachableError("git-failed", "git did not answer", hint="git status") from error


def _texts(told: bytes) -> list[str]:
    return told.decode("utf-8", "surrogateescape").split("\0")


def _blob(line: str) -> Blob | None:
    """Read `<mode> blob <name> <size>\\t<path>`; None for what is no plain file."""
    said, _, path = line.partition("\t")
    mode, kind, name, size = said.split()
    is_inside = not PurePosixPath(path).is_absolute() and ".." not in PurePosixPath(path).parts
    if kind != "blob" or not mode.startswith("100") or not is_inside:
        return None
    return Blob(path, name, int(size))


def _contents(told: bytes) -> Iterator[bytes]:
    """Yield the contents of `cat-file --batch`: a line `<name> blob <size>`, the bytes, a line end."""
    at = 0
    while at < len(told):
        end = told.index(b"\n", at)
        size = int(told[at:end].rpartition(b" ")[2])
        yield told[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
