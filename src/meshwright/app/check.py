"""Check: everything that can be known of a mesh, or of single files, without touching data."""

from collections.abc import Sequence
from pathlib import Path

from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError
from meshwright.model.problem import Problem


def check(wiring: Wiring) -> tuple[Problem, ...]:
    """Return what is wrong with a mesh, files and SQL alike; if mesh.yaml is broken, all of that."""
    try:
        wiring.look_again()
        return tuple(wiring.workspace.problems())
    except DescriptorError as error:
        problems = check_files([str(wiring.root / "mesh.yaml")])
        if not any(problem.is_error for problem in problems):
            raise error
        return problems


def check_files(files: Sequence[str]) -> tuple[Problem, ...]:
    """Judge single descriptor files with no mesh around them."""
    from meshwright.documents.files import judge_files

    return tuple(judge_files([Path(file) for file in files]))
