"""A commit on a branch of its own, made without touching the working tree or the index of the repository.

What must stay true: no file, no index and no other branch changes; a branch that is there is never moved.
"""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from meshwright.app.places import repository_of
from meshwright.app.revision import git, run_git
from meshwright.errors import UsageError

_UNFIT = re.compile(r"[^A-Za-z0-9 ._@+-]")
_NEW = "0" * 40


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository, and the way from it to the mesh (`prefix`); `head` is the commit checked out."""

    path: Path
    prefix: str
    head: str

    def inside(self, file: str) -> str:
        """Return a file of the mesh as the repository names it."""
        return f"{self.prefix}/{file}" if self.prefix else file

    def text(self, file: str) -> bytes | None:
        """Return a file as it is committed; None where it is not."""
        done = run_git(self.path, ("cat-file", "blob", f"{self.head}:{self.inside(file)}"))
        return done.stdout if done.returncode == 0 else None

    def is_clean(self, files: list[str]) -> bool:
        """Say whether files are as they are committed, in the working tree and in the index."""
        named = [f":(top,literal){self.inside(file)}" for file in files]
        told = git(self.path, "status", "--porcelain", "--untracked-files=all", "--", *named)
        return not told.strip()

    def has_taken(self, commit: str, files: list[str]) -> bool:
        """Say whether what is checked out holds a commit, or the same files."""
        if not re.fullmatch(r"[0-9a-f]{40,64}", commit):
            return False
        if run_git(self.path, ("merge-base", "--is-ancestor", commit, "HEAD")).returncode == 0:
            return True
        named = [f":(top,literal){self.inside(file)}" for file in files]
        done = run_git(
            self.path, ("diff", "--quiet", "--no-ext-diff", commit, "HEAD", "--", *named)
        )
        return done.returncode == 0


@dataclass(frozen=True, slots=True)
class Author:
    """Who proposes."""

    name: str
    email: str


def repository_around(root: Path, folder: Path) -> Repository | None:
    """Return the repository that the mesh and a folder of it lie in; None where nothing is committed."""
    found = repository_of(root)
    if found is None or repository_of(folder) != found:
        return None
    done = run_git(found, ("rev-parse", "--verify", "--quiet", "HEAD^{commit}"))
    head = done.stdout.decode().strip()
    if done.returncode or not head:
        return None
    prefix = root.absolute().relative_to(found).as_posix()
    return Repository(found, "" if prefix == "." else prefix, head)


def author_of(name: str, title: str) -> Author:
    """Return a principal as git names people."""
    plain = name.partition(":")[2] or name
    fit = _UNFIT.sub("", title or plain).strip() or "somebody"
    return Author(fit, _UNFIT.sub("", plain).replace(" ", "") or "somebody")


def commit_files(
    repository: Repository,
    branch: str,
    files: Mapping[str, bytes],
    message: str,
    author: Author,
) -> str:
    """Commit files on a new branch that begins where HEAD is; return the commit."""
    lines = []
    for file, data in files.items():
        _require_inside(file)
        blob = git(repository.path, "hash-object", "-w", "--stdin", given=data).decode().strip()
        lines.append(f"100644 {blob}\t{repository.inside(file)}")
    with tempfile.TemporaryDirectory(prefix="mesh-index-") as folder:
        also = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git(repository.path, "read-tree", repository.head, also=also)
        given = "".join(f"{line}\0" for line in lines).encode()
        git(repository.path, "update-index", "-z", "--index-info", given=given, also=also)
        tree = git(repository.path, "write-tree", also=also).decode().strip()
    who = {
        "GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.email,
        "GIT_COMMITTER_NAME": author.name, "GIT_COMMITTER_EMAIL": author.email,
    }  # fmt: skip
    told = git(
        repository.path, "commit-tree", tree, "-p", repository.head, "-F", "-",
        given=message.encode(), also=who,
    )  # fmt: skip
    commit = told.decode().strip()
    zero = _NEW if len(commit) == 40 else "0" * len(commit)
    git(repository.path, "update-ref", f"refs/heads/{branch}", commit, zero)
    return commit


def _require_inside(file: str) -> None:
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or "\0" in file or ".git" in path.parts:
        raise UsageError("path-outside", "a change stays in the mesh's folder")
