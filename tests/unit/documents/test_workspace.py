"""A mesh is opened by stat; only what changed is read; the cache holds nothing that counts."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from document_meshes import (
    BUILD,
    CONTRACT,
    DOMAIN,
    FLIGHTS,
    MESH,
    PRODUCT,
    large_mesh,
    small_mesh,
    write,
)

from meshwright.documents.workspace import Workspace, find_root, open_workspace
from meshwright.errors import DescriptorError, UsageError
from meshwright.model.address import Address
from meshwright.model.product import Product
from meshwright.testing.memory import MemoryCache

FLIGHTS_ADDRESS = Address("ops", "flights")
HOME = "domains/ops/flights"


def settle(root: Path) -> Path:
    """Make every file as old as files are that nobody is writing now."""
    old = time.time() - 60
    for path in [*root.rglob("*"), root]:
        os.utime(path, (old, old))
    return root


def touch(path: Path, text: str) -> None:
    """Write a file a moment that is surely another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    now = time.time() - 30
    os.utime(path, (now, now))
    os.utime(path.parent, (now, now))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return settle(small_mesh(tmp_path / "mesh"))


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache()


def codes(workspace: Workspace) -> set[str]:
    return {problem.code for problem in workspace.problems()}


def test_a_product_is_read_with_all_its_parts(root: Path) -> None:
    product = open_workspace(root, None).product(FLIGHTS_ADDRESS)
    assert product.folder == HOME
    assert product.owners == ("maria@example.com",)
    assert [port.name for port in product.inputs] == ["raw"]
    source = product.inputs[0].source
    assert source is not None
    assert (source.kind, source.base, source.paths) == (
        "files",
        root / HOME,
        ("../../../silos/*.csv",),
    )
    assert product.inputs[0].tolerance.share == 0.001
    contract = product.outputs[0].contract
    assert contract is not None
    assert contract.objects[0].key == ("id",)
    assert [model.name for model in product.models] == ["departures"]
    assert product.tests[0].given == {"raw": ({"id": 1},)}
    assert product.parameters[0].value == 15


def test_the_mesh_and_its_domain_have_their_paths_and_defaults(root: Path) -> None:
    workspace = open_workspace(root, None)
    assert workspace.mesh.state == root / ".mesh"
    assert workspace.domains["ops"].storage == root / ".mesh" / "data" / "ops"
    assert workspace.mesh.timezone == "UTC"


def test_an_environment_moves_state_and_data(root: Path) -> None:
    write(root, {"mesh.yaml": MESH + "environments:\n  dev: {state: .mesh-dev, data: dev-data}\n"})
    mesh = open_workspace(root, None, environment="dev").mesh
    assert (mesh.state, mesh.data) == (root / ".mesh-dev", root / "dev-data")
    with pytest.raises(UsageError, match="no environment `prod`"):
        open_workspace(root, None, environment="prod")


def test_nothing_is_read_again_while_nothing_changed(root: Path, cache: MemoryCache) -> None:
    assert open_workspace(root, cache).reread == (HOME,)
    writes = cache.writes
    again = open_workspace(root, cache)
    assert again.reread == ()
    again.problems()
    assert again.cards[FLIGHTS_ADDRESS].outputs[0].contract_id == "departures-contract"
    assert cache.writes <= writes + 1  # the problems between products, once


def test_the_cache_gives_what_the_files_give(root: Path, cache: MemoryCache) -> None:
    fresh = open_workspace(root, cache)
    kept = open_workspace(root, cache)
    assert kept.product(FLIGHTS_ADDRESS) == fresh.product(FLIGHTS_ADDRESS)
    assert kept.product(FLIGHTS_ADDRESS) == open_workspace(root, None).product(FLIGHTS_ADDRESS)
    assert kept.problems() == fresh.problems()
    assert kept.raw_contracts(FLIGHTS_ADDRESS)["departures"]["id"] == "departures-contract"


def test_a_changed_file_is_read_and_its_neighbours_are_not(
    root: Path, cache: MemoryCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        root / "domains/ops/planes",
        FLIGHTS | {"product.odps.yaml": PRODUCT.replace("flights", "planes")},
    )
    settle(root)
    open_workspace(root, cache)
    touch(root / HOME / "contracts/departures.odcs.yaml", CONTRACT.replace("rowCount", "rowCont"))
    from meshwright.documents import judge

    parsed: list[str] = []
    parse = judge.parse
    monkeypatch.setattr(
        judge, "parse", lambda file, *rest: parsed.append(file) or parse(file, *rest)
    )
    workspace = open_workspace(root, cache)
    assert workspace.reread == (HOME,)
    assert parsed == [f"{HOME}/contracts/departures.odcs.yaml"]
    assert "quality-metric-unknown" in codes(workspace)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("contracts/other.odcs.yaml", "contract-orphan"),
        ("models/other.sql", "model-orphan"),
        ("tests/other.yaml", "file-empty"),
    ],
)
def test_a_new_file_is_seen(root: Path, cache: MemoryCache, file: str, code: str) -> None:
    assert codes(open_workspace(root, cache)) == set()
    touch(root / HOME / file, CONTRACT.replace("departures", "other") if "odcs" in file else "")
    assert codes(open_workspace(root, cache)) == {code}


def test_a_removed_file_is_seen(root: Path, cache: MemoryCache) -> None:
    open_workspace(root, cache)
    (root / HOME / "models/departures.sql").unlink()
    assert codes(open_workspace(root, cache)) == {"model-missing"}


def test_a_new_and_a_removed_product_are_seen(root: Path, cache: MemoryCache) -> None:
    open_workspace(root, cache)
    planes = {
        "product.odps.yaml": PRODUCT.replace("flights", "planes").replace("departures-c", "c")
    }
    contract = {"contracts/departures.odcs.yaml": CONTRACT.replace("departures-c", "c")}
    write(root / "domains/ops/planes", FLIGHTS | planes | contract)
    workspace = open_workspace(root, cache)
    assert [str(address) for address in workspace.cards] == ["ops.flights", "ops.planes"]
    assert workspace.problems() == []
    for path in sorted((root / "domains/ops/planes").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (root / "domains/ops/planes").rmdir()
    assert [str(address) for address in open_workspace(root, cache).cards] == ["ops.flights"]


def test_a_folder_becomes_a_product_when_it_gets_a_product_file(
    root: Path, cache: MemoryCache
) -> None:
    (root / "domains/ops/planes").mkdir()
    settle(root)
    open_workspace(root, cache)
    touch(root / "domains/ops/planes/product.odps.yaml", PRODUCT.replace("flights", "planes"))
    assert Address("ops", "planes") in open_workspace(root, cache).cards


def test_problems_between_products_follow_a_change_of_one(root: Path, cache: MemoryCache) -> None:
    reader = PRODUCT.replace("flights", "reader").replace("departures-c", "reader-c")
    write(
        root / "domains/ops/reader",
        FLIGHTS
        | {
            "product.odps.yaml": reader.replace(
                "contractId: none", "contractId: departures-contract"
            ),
            "contracts/departures.odcs.yaml": CONTRACT.replace("departures-c", "reader-c"),
            "build.yaml": "inputs:\n  raw: {port: ops.flights.departures}\n",
        },
    )
    settle(root)
    assert open_workspace(root, cache).problems() == []
    touch(root / HOME / "product.odps.yaml", PRODUCT.replace("name: departures", "name: starts"))
    workspace = open_workspace(root, cache)
    assert workspace.reread == (HOME,)
    assert "input-port-unknown" in codes(workspace)
    assert "input-port-unknown" in codes(open_workspace(root, cache))


def test_a_broken_product_has_a_card_and_cannot_be_read(root: Path, cache: MemoryCache) -> None:
    touch(root / HOME / "build.yaml", BUILD + "inputs: {}\n")
    workspace = open_workspace(root, cache)
    assert workspace.cards[FLIGHTS_ADDRESS].is_broken
    with pytest.raises(DescriptorError) as caught:
        workspace.product(FLIGHTS_ADDRESS)
    assert caught.value.code == "yaml-duplicate-key"
    assert caught.value.place == f"{HOME}/build.yaml:5"


def test_an_unknown_product_is_refused_with_the_nearest(root: Path) -> None:
    with pytest.raises(UsageError) as caught:
        open_workspace(root, None).product(Address("ops", "flihgts"))
    assert caught.value.hint == "did you mean `ops.flights`?"


def test_what_enrich_says_is_kept_on_the_card(root: Path, cache: MemoryCache) -> None:
    asked: list[str] = []

    def enrich(product: Product) -> dict[str, object]:
        asked.append(str(product.address))
        row = ["sql-invalid", "no", f"{HOME}/models/departures.sql", 1, "", "", "warning"]
        return {"code": "abc", "problems": [row]}

    for _ in range(2):
        workspace = open_workspace(root, cache, enrich=enrich)  # type: ignore[arg-type]
        assert workspace.cards[FLIGHTS_ADDRESS].extra == {"code": "abc"}
        assert codes(workspace) == {"sql-invalid"}
    assert asked == ["ops.flights"]
    open_workspace(root, cache, enrich=enrich, edition="2")  # type: ignore[arg-type]
    assert asked == ["ops.flights"] * 2


def test_a_product_is_read_once_until_the_next_look(root: Path, cache: MemoryCache) -> None:
    workspace = open_workspace(root, cache)
    product = workspace.product(FLIGHTS_ADDRESS)
    assert workspace.product(FLIGHTS_ADDRESS) is product
    model = next((root / HOME / "models").iterdir())
    touch(model, model.read_text() + "\n-- a word\n")
    workspace.refresh()
    again = workspace.product(FLIGHTS_ADDRESS)
    assert [m.sql for m in again.models] != [m.sql for m in product.models]


def test_briefs_are_kept_apart_from_cards(root: Path, cache: MemoryCache) -> None:
    def enrich(product: Product) -> dict[str, object]:
        return {"brief": [str(product.address), 1], "code": "abc"}

    for _ in range(2):
        workspace = open_workspace(root, cache, enrich=enrich)  # type: ignore[arg-type]
        assert workspace.briefs() == {"ops.flights": ["ops.flights", 1]}
        assert workspace.cards[FLIGHTS_ADDRESS].extra == {"code": "abc"}
    cache.drop("workspace", [key for key in cache.load("workspace") if key.startswith("briefs")])
    workspace = open_workspace(root, cache, enrich=enrich)  # type: ignore[arg-type]
    assert workspace.briefs() == {"ops.flights": ["ops.flights", 1]}
    touch(root / HOME / "build.yaml", BUILD + "inputs: {}\n")
    broken = open_workspace(root, cache, enrich=enrich)  # type: ignore[arg-type]
    assert broken.briefs() == {"ops.flights": None}


def test_a_broken_domain_leaves_its_products_known_and_unsound(
    root: Path, cache: MemoryCache
) -> None:
    touch(root / "domains/ops/domain.yaml", "name: ops\nteam: nobody\n")
    for _ in range(2):
        workspace = open_workspace(root, cache)
        assert list(workspace.broken_domains) == ["ops"]
        assert workspace.cards[FLIGHTS_ADDRESS].is_broken
        assert workspace.briefs() == {"ops.flights": None}
    touch(root / "domains/ops/domain.yaml", DOMAIN)
    assert not open_workspace(root, cache).cards[FLIGHTS_ADDRESS].is_broken


def test_mesh_wide_problems_are_kept_while_products_say_the_same_of_each_other(
    root: Path, cache: MemoryCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_workspace(root, cache).problems()
    model = next((root / HOME / "models").iterdir())
    touch(model, model.read_text() + "\n-- a word\n")
    judged: list[int] = []
    monkeypatch.setattr(
        "meshwright.documents.mesh_rules.mesh_wide_problems",
        lambda products: judged.append(len(products)) or [],
    )
    workspace = open_workspace(root, cache)
    assert workspace.reread == (HOME,)
    workspace.problems()
    assert judged == []


def test_a_lost_cache_costs_time_only(root: Path, cache: MemoryCache) -> None:
    first = open_workspace(root, cache)
    for section in ("cards", "descriptors"):
        cache.drop(section, list(cache.load(section)))
    again = open_workspace(root, cache)
    assert again.cards[FLIGHTS_ADDRESS].outputs == first.cards[FLIGHTS_ADDRESS].outputs
    cache.drop("workspace", list(cache.load("workspace")))
    assert open_workspace(root, cache).reread == (HOME,)


def test_a_mesh_is_found_from_inside(root: Path) -> None:
    assert find_root(root / HOME / "models") == root
    with pytest.raises(UsageError, match=r"no mesh\.yaml here or above"):
        find_root(root.parent)


def test_many_products_open_again_without_a_parser(tmp_path: Path) -> None:
    root = settle(large_mesh(tmp_path / "mesh", 60, per_domain=20))
    script = """
import sys
from pathlib import Path
from meshwright.adapters.sqlite import SQLiteCache
from meshwright.documents.workspace import open_workspace
root = Path(sys.argv[1])
workspace = open_workspace(root, SQLiteCache(root / ".mesh"))
assert workspace.problems() == [], workspace.problems()
heavy = {"yaml", "jsonschema_rs", "duckdb", "sqlglot"} & set(sys.modules)
print(len(workspace.cards), len(workspace.reread), sorted(heavy))
"""

    def run() -> str:
        done = subprocess.run(
            [sys.executable, "-c", script, str(root)], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert run() == "60 60 ['jsonschema_rs', 'yaml']"
    assert run() == "60 0 []"
