"""Whatever stands in the files of a product: problems, never an exception; and what is sound is read."""

import copy
import tempfile
from pathlib import Path
from typing import Any

import yaml
from document_meshes import FLIGHTS, small_mesh
from document_standards import EXAMPLES, needs_standards
from hypothesis import given, settings
from hypothesis import strategies as st

from meshwright.documents.contract_reader import read_contract
from meshwright.documents.judge import read_document
from meshwright.documents.workspace import open_workspace
from meshwright.documents.yaml_text import parse

_KEYS = ["newKey", "name", "version", "tags", "schema", "port", "contractId", "enum", "properties"]
_VALUES = [
    "text",
    "a.b.c",
    "departures",
    1,
    -1,
    1.5,
    True,
    [],
    ["x"],
    [{}],
    {},
    {"x": 1},
    None,
    "${HOME_X}",
]


def containers(raw: Any) -> list[Any]:
    if not isinstance(raw, dict | list):
        return []
    inner = raw.values() if isinstance(raw, dict) else raw
    return [raw, *(found for value in inner for found in containers(value))]


def mutate(draw: Any, raw: Any) -> Any:
    place = draw(st.sampled_from(containers(raw)))
    if isinstance(place, dict):
        key = draw(st.sampled_from([*place, *_KEYS]))
        if draw(st.booleans()):
            place.pop(key, None)
        else:
            place[key] = copy.deepcopy(draw(st.sampled_from(_VALUES)))
    elif place:
        place[draw(st.integers(0, len(place) - 1))] = copy.deepcopy(draw(st.sampled_from(_VALUES)))
    return raw


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_any_change_gives_problems_or_a_product(data: st.DataObject) -> None:
    files = dict(FLIGHTS)
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from([name for name in files if name.endswith(".yaml")]))
        raw = mutate(data.draw, parse("f", files[name].encode()).raw)
        files[name] = yaml.safe_dump(raw, sort_keys=False)
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_workspace(small_mesh(Path(folder), **files), None)
        assert all(problem.message and problem.place.file for problem in workspace.problems())
        for address, card in workspace.cards.items():
            assert card.outputs is not None
            if not card.is_broken:
                assert workspace.product(address).address == address


@needs_standards
@settings(deadline=None, max_examples=100)
@given(st.data())
def test_any_change_of_an_official_contract_gives_problems_or_a_contract(
    data: st.DataObject,
) -> None:
    files = [file for file in EXAMPLES if "odcs" in file.name and "adventure" not in file.name]
    raw = parse("f", data.draw(st.sampled_from(files)).read_bytes()).raw
    for _ in range(data.draw(st.integers(1, 4))):
        raw = mutate(data.draw, raw)
    document = read_document("f", yaml.safe_dump(raw, sort_keys=False).encode(), "contract")
    if not document.is_broken:
        assert read_contract(document).digest
