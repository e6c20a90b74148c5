"""A mesh in a git repository, as a pull request finds it."""

import os
import subprocess
from pathlib import Path

AROUND = {
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it says."""
    around = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | AROUND
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=around, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, message: str = "change") -> str:
    """Commit everything; return the commit."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def begin(folder: Path) -> Path:
    """Make a repository of a folder, its files committed on `main`."""
    git(folder, "init", "-q", "-b", "main")
    (folder / ".gitignore").write_text(".mesh/\n")
    commit(folder, "first")
    return folder
