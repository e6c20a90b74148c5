"""Give a file another text, and say what that changes."""

import difflib
import os
import secrets
import shutil
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Give a file another text, whole or not at all, with the rights that it had."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        beside.write_bytes(text.encode())
        shutil.copymode(path, beside)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def unified(path: str, before: str | None, after: str) -> str:
    """Return a unified diff, as git writes it."""
    old = before.splitlines(keepends=True) if before is not None else []
    lines = difflib.unified_diff(
        old,
        after.splitlines(keepends=True),
        "/dev/null" if before is None else f"a/{path}",
        f"b/{path}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
