"""Copy starter rules, and their tests, into the mesh's `policies/`: from then on they are the mesh's own."""

from collections.abc import Sequence
from pathlib import Path

from meshwright.app.policy.files import ENDING, FOLDER, TEST_ENDING
from meshwright.errors import UsageError, did_you_mean
from meshwright.govern.rules import starter


def starter_names() -> list[str]:
    """Return the names of the starter rules."""
    return sorted(path.name.removesuffix(ENDING) for path in _folder().glob(f"*{ENDING}"))


def add_rules(root: Path, names: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Write starter rules (all, or those named); return which were written, and which were there already."""
    known = starter_names()
    for name in names:
        if name not in known:
            text = f"there is no starter rule `{name}`"
            raise UsageError("rule-unknown", text, hint=did_you_mean(name, known))
    target = root / FOLDER
    target.mkdir(exist_ok=True)
    written, kept = [], []
    for name in names or known:
        if (target / f"{name}{ENDING}").exists():
            kept.append(name)
            continue
        for ending in (ENDING, TEST_ENDING):
            text = (_folder() / f"{name}{ending}").read_text("utf-8")
            (target / f"{name}{ending}").write_text(text, "utf-8")
        written.append(name)
    return written, kept


def _folder() -> Path:
    return Path(next(iter(starter.__path__)))
