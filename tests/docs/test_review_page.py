"""The workflow of the page about pull requests is one, and its commands are real."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshwright.app.demo.lay_out import lay_out
from tests.e2e.shell import mesh
from tests.integration.repository import begin

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "review-changes-in-a-pull-request.md"


def workflow() -> dict[str, Any]:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    said: dict[str, Any] = yaml.safe_load(block)
    return said


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review") / "demo"
    lay_out(folder)
    return begin(folder)


def test_every_command_of_the_workflow_runs(demo: Path) -> None:
    text = "\n".join(step.get("run", "") for step in workflow()["jobs"]["review"]["steps"])
    commands = re.findall(r"^\s*mesh (\S.*?)(?: >.*)?$", text, re.M)
    assert len(commands) == 4
    for command in commands:
        words = command.replace('"$BASE"', "main").split()
        assert mesh(demo, *words).code == 0, command


def test_it_may_write_no_more_than_it_says() -> None:
    said = workflow()
    assert said["permissions"] == {
        "contents": "read",
        "pull-requests": "write",
        "security-events": "write",
    }
    assert said[True] == "pull_request", "never pull_request_target, which runs a fork's files"


def test_the_formats_of_the_page_are_those_of_the_command(demo: Path) -> None:
    for form in re.findall(r"--format (\w+)", PAGE.read_text("utf-8")):
        assert mesh(demo, "plan", "--against", "main", "--format", form).code == 0
