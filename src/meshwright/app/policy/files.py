"""Find and read the files of rules: the federation's, the mesh's, each domain's."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from meshwright.app.policy.federation import federation_folder
from meshwright.app.wiring import Wiring
from meshwright.documents.names import is_access_test
from meshwright.errors import MeshwrightError
from meshwright.govern.rules.book import RuleBook, bind_book
from meshwright.govern.rules.header import read_rule
from meshwright.govern.rules.rule import FEDERATION, Rule
from meshwright.model.problem import Place, Problem

FOLDER = "policies"
ENDING, TEST_ENDING = ".sql", ".test.yaml"


def has_rules(wiring: Wiring) -> bool:
    """Say whether the mesh has any rule; nothing but folders is looked at."""
    if wiring.mesh.federation is not None:
        return True
    folders = (wiring.root, *(domain.path for domain in wiring.workspace.domains.values()))
    return any(_named(f"{folder}/{FOLDER}", ENDING) for folder in folders)


def load_book(wiring: Wiring, today: date | None = None) -> RuleBook:
    """Read all rules of the mesh and put them together."""
    day = today or today_of(wiring)
    problems: list[Problem] = []
    broken: dict[str, Problem] = {}
    layers = []
    for folder in _global_folders(wiring, problems):
        layers.append(_read_folder(wiring, folder, FEDERATION, day, problems))
    own: list[Rule] = []
    for name, domain in sorted(wiring.workspace.domains.items()):
        own += _read_folder(wiring, domain.path / FOLDER, f"domain:{name}", day, problems)
    book = bind_book(layers, own, problems)
    for problem in book.problems:
        if problem.is_error:
            broken.setdefault(_domain_of(wiring, problem.place.file), problem)
    return replace(book, broken=broken)


def today_of(wiring: Wiring) -> date:
    """Return the day (UTC) for which rules are judged."""
    return wiring.now().date()


def test_files(wiring: Wiring) -> Iterator[tuple[Path, str]]:
    """Yield the files of rules' tests, each with the origin of the rules beside it."""
    for folder in _global_folders(wiring, []):
        yield from ((folder / name, FEDERATION) for name in _tests(folder))
    for name, domain in sorted(wiring.workspace.domains.items()):
        folder = domain.path / FOLDER
        yield from ((folder / file, f"domain:{name}") for file in _tests(folder))


def relative(wiring: Wiring, path: Path) -> str:
    """Return a path as problems name it: relative to the mesh."""
    return os.path.relpath(path, wiring.root).replace(os.sep, "/")


def _global_folders(wiring: Wiring, problems: list[Problem]) -> list[Path]:
    """Return the folders of global rules, the federation's first: what is there cannot be shadowed."""
    folders = []
    if wiring.mesh.federation is not None:
        place = Place("mesh.yaml")
        try:
            folders.append(federation_folder(wiring) / FOLDER)
        except MeshwrightError as error:
            problems.append(Problem(error.code, error.message, place, error.hint, "federation"))
        else:
            if not _named(folders[0], ENDING):
                what = f"the federation has no rule: `{FOLDER}/*{ENDING}` is nowhere in it"
                hint = "check its path or ref, or leave `federation` out"
                problems.append(Problem("federation-empty", what, place, hint, "federation"))
    return [*folders, wiring.root / FOLDER]


def _read_folder(
    wiring: Wiring, folder: Path, origin: str, today: date, problems: list[Problem]
) -> list[Rule]:
    found = []
    for name in _named(folder, ENDING):
        file = relative(wiring, folder / name)
        try:
            text = (folder / name).read_text("utf-8-sig")
        except UnicodeDecodeError:
            what = f"the rule `{name}` is not UTF-8"
            problems.append(Problem("file-encoding", what, Place(file), "save the file as UTF-8"))
            continue
        except OSError as error:
            what = f"`{file}` cannot be read: {(error.strerror or str(error)).lower()}"
            problems.append(Problem("file-unreadable", what, Place(file)))
            continue
        rule, wrong = read_rule(file, name.removesuffix(ENDING), text, origin, today)
        problems += wrong
        if rule is not None:
            found.append(rule)
    return found


def _tests(folder: Path) -> list[str]:
    return [name for name in _named(folder, TEST_ENDING) if not is_access_test(name)]


def _named(folder: Path | str, ending: str) -> list[str]:
    try:
        return sorted(n for n in os.listdir(folder) if n.endswith(ending) and n[:1] != ".")
    except (FileNotFoundError, NotADirectoryError):
        return []


def _domain_of(wiring: Wiring, file: str) -> str:
    """Return the domain whose file it is, or '' for one of all."""
    path = os.path.normpath(wiring.root / file)
    for name, domain in wiring.workspace.domains.items():
        if path.startswith(f"{domain.path}{os.sep}"):
            return name
    return ""
