"""The tutorial is executed block by block, as a reader would paste it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "in-the-terminal.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
INSTALLING = re.compile(r"^.*pip install.*\n", re.MULTILINE)
REJECTED = 1


@pytest.mark.slow
def test_every_block_of_the_tutorial_runs(tmp_path: Path) -> None:
    """No command of the tutorial fails, but for the one run whose rejection it shows."""
    blocks = [INSTALLING.sub("", block) for block in BLOCK.findall(TUTORIAL.read_text("utf-8"))]
    assert len(blocks) > 8
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    folder = tmp_path
    rejections = 0
    for block in blocks:
        script = f"set -o pipefail\n{block}\nstatus=$?\npwd > {tmp_path}/.where\nexit $status"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )
        told = f"{block}\n{done.stdout}\n{done.stderr}"
        assert "internal error" not in told, told
        assert "Traceback" not in told, told
        assert done.returncode in (0, REJECTED), told
        rejections += done.returncode == REJECTED
        folder = Path((tmp_path / ".where").read_text().strip())
    assert rejections <= 1
