"""The federation that several meshes share: a folder, or a pinned commit or tag of a git repository.

What must stay true: nothing of the repository is run, checked out or followed: its rules are read as blobs of
one commit. A name that moves is no pin. What was fetched is kept, and no network is needed after.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

from meshwright.app.wiring import CACHE_FOLDER, Wiring
from meshwright.errors import DescriptorError, MeshwrightError, UnreachableError
from meshwright.model.mesh import Federation

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]*\Z")
_REMOTE = re.compile(r"(?:https|ssh|file)://[^\s-]|[A-Za-z0-9_.]+@[A-Za-z0-9][\w.-]*:[^-\s]")
_ENDINGS = (".sql", ".test.yaml")
_SECONDS = 60
_MOST_BYTES = 1 << 20  # of one file
_SAFE = (
    "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never",
    "-c", "protocol.allow=never", "-c", "protocol.https.allow=always", "-c", "protocol.ssh.allow=always",
    "-c", "protocol.file.allow=always", "-c", "core.symlinks=false", "-c", "submodule.recurse=false",
    "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "http.followRedirects=initial",
)  # fmt: skip


def federation_folder(wiring: Wiring) -> Path:
    """Return the folder that holds the federation's `policies/`; fetch it where it never was.

    Raises `DescriptorError` (`federation-…`) for what is no pin or no address, `UnreachableError`
    (`federation-unreachable`) where it cannot be fetched.
    """
    federation = wiring.mesh.federation
    assert federation is not None
    if federation.path is not None:
        if not federation.path.is_dir():
            text = f"there is no folder `{federation.path}` of a federation"
            raise DescriptorError(
                "federation-missing", text, hint="federation: {path: ../federation}"
            )
        return federation.path
    return _fetched(federation, wiring.root, wiring.root / CACHE_FOLDER / "federation")


def _fetched(federation: Federation, root: Path, cache: Path) -> Path:
    url = _address(federation.git, root)
    ref = federation.ref
    if not _TAG.match(ref) or ".." in ref or ref.endswith((".lock", "/", ".")):
        text = f"`{ref}` is no tag and no full commit"
        raise DescriptorError("federation-ref", text, hint=_PIN)
    key = hashlib.blake2b(f"{url}\n{ref}".encode(), digest_size=8).hexdigest()
    folder = cache / key
    if (folder / "commit").is_file():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    staged = cache / f".{key}-{uuid4().hex}"
    try:
        _take(url, ref, staged)
        try:
            (staged / "made").rename(folder)
        except OSError:  # another process was first
            if not (folder / "commit").is_file():
                raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return folder


_PIN = "federation: {git: https://…, ref: v1.2.0}, or the full commit"


def _address(git: str, root: Path) -> str:
    """Return what git is given: a remote of an allowed kind, or a folder."""
    if "::" in git or git.startswith("-") or any(ord(c) < 32 for c in git):
        text = f"`{git}` is no address of a repository that may be fetched"
        raise DescriptorError("federation-address", text, hint="https://, ssh://, or a folder")
    if _REMOTE.match(git):
        return git
    folder = Path(os.path.normpath(root / os.path.expanduser(git)))
    if "://" in git or not folder.is_dir():
        text = f"`{git}` is no https or ssh address, and no folder"
        raise DescriptorError("federation-address", text, hint=_PIN)
    return str(folder)


def _take(url: str, ref: str, staged: Path) -> None:
    """Fetch one commit into a bare repository, and write its rules beside it."""
    bare = staged / "bare"
    bare.mkdir(parents=True)
    _git(bare, "init", "--quiet", "--bare", "--template=", ".")
    is_commit = _COMMIT.match(ref) is not None
    wanted = ref if is_commit else f"refs/tags/{ref}"
    fetch = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules")
    try:
        _git(bare, *fetch, "--depth=1", "--", url, f"+{wanted}:refs/pin/one")
    except MeshwrightError as error:
        if not is_commit:
            raise _explained(bare, url, ref, error) from error
        _take_all(bare, fetch, url, ref)
    commit = (
        _git(bare, "rev-parse", "--verify", "--end-of-options", "refs/pin/one^{commit}")
        .decode()
        .strip()
    )
    if is_commit and commit != ref:
        text = f"`{url}` gave another commit than `{ref}`"
        raise DescriptorError("federation-ref", text, hint=_PIN)
    made = staged / "made"
    (made / "policies").mkdir(parents=True)
    for name, blob in _blobs(bare, commit):
        data = _git(bare, "cat-file", "blob", blob)
        (made / "policies" / name).write_bytes(data)
    (made / "commit").write_text(f"{commit}\n")


def _take_all(bare: Path, fetch: tuple[str, ...], url: str, commit: str) -> None:
    """Fetch everything, from a server that gives no single commit."""
    _git(bare, *fetch, "--", url, "+refs/heads/*:refs/all/heads/*", "+refs/tags/*:refs/all/tags/*")
    try:
        _git(bare, "cat-file", "-e", f"{commit}^{{commit}}")
        _git(bare, "update-ref", "refs/pin/one", commit)
    except MeshwrightError as error:
        text = f"`{url}` has no commit `{commit}`"
        raise DescriptorError("federation-ref", text, hint=_PIN) from error


def _blobs(bare: Path, commit: str) -> Iterator[tuple[str, str]]:
    """Yield the plain files of `policies/` that matter: name and object. No link is followed."""
    listed = _git(bare, "ls-tree", "-z", "-l", commit, "--", "policies/")
    for entry in listed.decode("utf-8", "replace").split("\0"):
        said, _, path = entry.partition("\t")
        name = path.removeprefix("policies/")
        if not said or "/" in name or name.startswith(".") or not name.endswith(_ENDINGS):
            continue
        mode, kind, blob, size = said.split()
        if kind == "blob" and mode in ("100644", "100755") and int(size) <= _MOST_BYTES:
            yield name, blob


def _explained(bare: Path, url: str, ref: str, error: MeshwrightError) -> MeshwrightError:
    """Say of a name that is no tag whether it is a branch."""
    try:
        heads = _git(bare, "ls-remote", "--heads", "--", url, f"refs/heads/{ref}")
    except MeshwrightError:
        return error
    if heads.strip():
        text = f"`{ref}` is a branch of `{url}`, which moves; rules must be pinned"
        commit = heads.decode().split()[0]
        return DescriptorError("federation-ref-moves", text, hint=f"pin a tag, or `ref: {commit}`")
    text = f"`{url}` has no tag or commit `{ref}`"
    return DescriptorError("federation-ref", text, hint=_PIN)


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", *_SAFE, *arguments],
            cwd=folder,
            env=_environment(os.environ, folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        text = "the federation is in a git repository, and git is not installed"
        raise UnreachableError("federation-unreachable", text, hint="install git") from error
    except subprocess.TimeoutExpired as error:
        text = f"git did not answer within {_SECONDS} s"
        raise UnreachableError("federation-unreachable", text, hint="try again") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1].removeprefix("fatal: ") if said else f"git ended with {done.returncode}"
        raise UnreachableError(
            "federation-unreachable",
            f"the federation cannot be fetched: {why}",
            hint="git ls-remote",
        )
    return done.stdout


def _environment(now: Mapping[str, str], bare: Path) -> dict[str, str]:
    """Return what git is told: nothing of a repository around us, no prompt, few protocols."""
    kept = {
        name: value
        for name, value in now.items()
        if not name.startswith("GIT_") or name in ("GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND")
    }
    return {
        **kept,
        "GIT_DIR": str(bare),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:ssh:file",
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
