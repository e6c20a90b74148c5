"""Every broken descriptor of the corpus gives clear problems with stable codes, at the right line.

`tests/corpus/broken` holds single files, and meshes that are laid over `base` (a file that ends in
`.removed` takes one away). `expected.txt` holds what is said of each; after a wanted change, write it anew
with `MESHWRIGHT_SNAPSHOTS=write pytest tests/unit/documents/test_broken.py`.
"""

import os
import shutil
from pathlib import Path

import pytest

from meshwright.documents.files import judge_files
from meshwright.documents.workspace import open_workspace
from meshwright.errors import DescriptorError
from meshwright.model.problem import Place, Problem

BROKEN = Path(__file__).parents[2] / "corpus" / "broken"
EXPECTED = BROKEN / "expected.txt"
FILES = sorted(path for path in (BROKEN / "files").iterdir())
MESHES = sorted(path for path in (BROKEN / "meshes").iterdir())


def of_file(path: Path) -> list[Problem]:
    problems = judge_files([path])
    return [
        Problem(p.code, p.message.replace(str(path), path.name), Place(path.name, p.place.line), p.hint,
                p.key, p.severity)
        for p in problems
    ]  # fmt: skip


def of_mesh(case: Path, root: Path) -> list[Problem]:
    shutil.copytree(BROKEN / "base", root)
    for path in sorted(case.rglob("*")):
        target = root / path.relative_to(case)
        if path.suffix == ".removed":
            target.with_suffix("").unlink()
        elif path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    try:
        return open_workspace(root, None).problems()
    except DescriptorError as error:
        file, _, line = error.place.rpartition(":")
        return [Problem(error.code, error.message, Place(file, int(line)), error.hint)]


def shown(name: str, problems: list[Problem]) -> str:
    lines = [f"== {name}"]
    for problem in problems:
        lines.append(str(problem))
        lines += [f"    key: {problem.key}"] if problem.key else []
        lines += [f"    hint: {problem.hint}"] if problem.hint else []
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Problem]]:
    found = {f"files/{path.name}": of_file(path) for path in FILES}
    for case in MESHES:
        found[f"meshes/{case.name}"] = of_mesh(case, tmp_path_factory.mktemp("mesh") / "m")
    return found


def test_each_case_says_what_is_expected(said: dict[str, list[Problem]]) -> None:
    text = "\n".join(shown(name, problems) for name, problems in said.items())
    if os.environ.get("MESHWRIGHT_SNAPSHOTS") == "write":
        EXPECTED.write_text(text, encoding="utf-8")
    expected = dict(_cases(EXPECTED.read_text(encoding="utf-8")))
    for name, case in _cases(text):
        assert case == expected.get(name, "not in expected.txt"), name
    assert dict(_cases(text)).keys() == expected.keys()


def _cases(text: str) -> list[tuple[str, str]]:
    parts = ("\n" + text).split("\n== ")[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2].strip()) for part in parts]


def test_each_case_has_a_problem_with_a_place_and_a_line(said: dict[str, list[Problem]]) -> None:
    for name, problems in said.items():
        assert problems, name
        for problem in problems:
            assert problem.place.file, name
            assert problem.message == problem.message.strip().rstrip("."), name
            assert "\n" not in problem.message + problem.hint, name
            assert not problem.message[0].isupper(), name


def test_the_corpus_is_wide(said: dict[str, list[Problem]]) -> None:
    codes = {problem.code for problems in said.values() for problem in problems}
    assert len(said) >= 60
    assert len(codes) >= 30


def test_the_base_of_the_meshes_is_sound(tmp_path: Path) -> None:
    assert of_mesh(BROKEN / "nothing", tmp_path / "m") == []
