"""What goes wrong at a desk: odd folders, files that are gone, empty, unreadable or half written."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.shell import mesh
from tests.integration.shop import MORE_ORDERS, build, copied, rows, write_shop
from tests.meshes import home_of, set_silo

NOBODY = os.name == "posix" and os.geteuid() == 0
as_root = pytest.mark.skipif(NOBODY, reason="the superuser may write and read everything")


@pytest.mark.parametrize(
    "name", ["with space", "it's", 'a "b"', "ünïcödé 数据", "[x]", "a*b?", "$HOME;%20#", "-dash"]
)
def test_a_mesh_may_lie_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    folder = write_shop(tmp_path / name)
    assert mesh(folder, "run").code == 0
    set_silo(folder, "sales.orders.raw", MORE_ORDERS)
    assert mesh(folder, "run").code == 0
    assert rows(folder, "select count(*) from sales.orders.orders") == [(4,)]
    assert mesh(folder, "diff", "sales.orders.orders").code == 0
    assert mesh(folder, "ledger", "verify").code == 0
    assert mesh(folder, "vacuum").code == 0


def test_a_mesh_may_be_reached_by_a_link_and_moved(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(shop)
    assert mesh(tmp_path / "link", "run").out.startswith("up to date")
    moved = shop.rename(tmp_path / "moved")
    assert mesh(moved, "run").out.startswith("up to date")
    assert rows(moved, "select count(*) from sales.orders.orders") == [(3,)]


def test_served_files_that_somebody_removed_are_named_with_the_way_back(shop: Path) -> None:
    shutil.rmtree(shop / ".mesh" / "data")
    ended = mesh(shop, "query", "from sales.orders.orders")
    assert ended.code == 3
    assert "served-file-missing" in ended.err
    assert "mesh run sales.orders --force" in ended.err
    assert mesh(shop, "history", "sales.orders").code == 0
    assert mesh(shop, "run", "--force").code == 0
    assert rows(shop, "select count(*) from sales.orders.orders") == [(3,)]


def test_a_build_whose_input_lost_its_files_says_whose(shop: Path) -> None:
    """A foreign port whose files are gone stops its reader with the port's name."""
    shutil.rmtree(shop / ".mesh" / "data" / "sales")
    ended = mesh(shop, "run", "insight.report", "--force", "--json")
    assert ended.code == 3
    (one,) = ended.json["builds"]
    assert one["status"] == "failed"
    assert "sales" in one["error"]["message"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("\n\n\n", ""),
        ("id,customer\n1,1\n", "amount"),
        ('id,customer,amount\n1,1,"10\n2,2,5\n', ""),
        ("id,customer,amount\n1,1,ten\n2,1,5\n", ""),
        ("id;customer;amount\n1;1;10\n", ""),
        ("id,customer,amount\n", ""),
        ("\x00\x01\x02\x03", ""),
    ],
)
def test_a_source_that_is_not_what_it_was_stops_its_product_alone(
    shop: Path, text: str, told: str
) -> None:
    """With one clear error; what was served stays, or what came is published, whole."""
    (shop / "silos" / "sales.orders.raw.csv").write_bytes(text.encode("latin-1"))
    ended = mesh(shop, "run", "--json")
    builds = {one["product"]: one for one in ended.json["builds"]}
    orders = builds["sales.orders"]
    assert orders["status"] in ("failed", "rejected", "published"), orders
    if orders["status"] == "failed":
        assert orders["error"]["code"] != "internal", orders["error"]
        assert told in orders["error"]["message"]
        assert "\n" not in orders["error"]["message"]
    if orders["status"] != "published":
        assert rows(shop, "select count(*) from sales.orders.orders") == [(3,)]
    assert builds["insight.lonely"]["status"] == "up_to_date"


def test_a_state_that_is_no_database_is_named(shop: Path) -> None:
    for file in (shop / ".mesh").glob("state.db*"):
        file.unlink()
    (shop / ".mesh" / "state.db").write_text("this is no database, " * 200)
    for command in (["run"], ["show"], ["query", "select 1"], ["ledger", "verify"]):
        ended = mesh(shop, *command)
        assert ended.code in (1, 2, 3), ended.err
        assert "state.db" in ended.err
        assert "internal" not in ended.err


def test_a_cache_that_is_no_database_is_made_again(shop: Path) -> None:
    for file in (shop / ".mesh").glob("cache.db*"):
        file.unlink()
    (shop / ".mesh" / "cache.db").write_text("this is no database, " * 200)
    assert mesh(shop, "run").out.startswith("up to date")
    assert mesh(shop, "plan").code == 0


def test_a_state_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "mesh")
    (folder / ".mesh").write_text("a file")
    ended = mesh(folder, "run")
    assert ended.code in (2, 3)
    assert ".mesh" in ended.err
    assert "internal" not in ended.err


@pytest.fixture
def locked(shop: Path) -> Iterator[Path]:
    """The shop, where nothing may be written."""
    folders = [shop, *shop.rglob("*")]
    for path in reversed(folders):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield shop
    for path in folders:
        path.chmod(0o755 if path.is_dir() else 0o644)


@as_root
def test_a_mesh_that_may_not_be_written_says_so(locked: Path) -> None:
    """Its files are judged; what needs the state names the folder to make writable."""
    assert mesh(locked, "check").code == 0
    for command in (["plan"], ["show"], ["run", "--force"], ["query", "select 1"]):
        ended = mesh(locked, *command)
        assert ended.code == 3, (command, ended.err)
        assert ".mesh" in ended.err
        assert "writable" in ended.err


@as_root
def test_a_source_that_may_not_be_read_is_named(shop: Path) -> None:
    file = shop / "silos" / "sales.orders.raw.csv"
    file.write_text(MORE_ORDERS)
    file.chmod(0)
    ended = mesh(shop, "run", "--json")
    file.chmod(0o644)
    assert ended.code == 3
    orders = next(b for b in ended.json["builds"] if b["product"] == "sales.orders")
    assert file.name in orders["error"]["message"]


@pytest.mark.parametrize(
    "file", ["mesh.yaml", "domains/sales/domain.yaml", "domains/sales/orders/product.odps.yaml"]
)
@pytest.mark.parametrize("text", ["", "\t\t", "[]", "name: [", "\x00", "name: x\nname: y\n"])
def test_a_broken_descriptor_is_named_by_every_command(shop: Path, file: str, text: str) -> None:
    (shop / file).write_text(text)
    for command in (["check"], ["plan"], ["run"], ["show"], ["test"]):
        ended = mesh(shop, *command)
        assert "internal error" not in ended.err, (command, ended.err)
        if command[0] in ("check", "run"):
            assert ended.code == 2, (command, ended.out, ended.err)
    assert file in mesh(shop, "check").out + mesh(shop, "check").err


def test_a_deleted_product_or_domain_is_no_longer_built_and_can_still_be_read(shop: Path) -> None:
    shutil.rmtree(home_of(shop, "insight.lonely"))
    assert mesh(shop, "run").code == 0
    assert rows(shop, "from insight.lonely.lonely") == [(1,)]
    assert mesh(shop, "history", "insight.lonely").code == 0
    assert mesh(shop, "show").code == 0
    assert mesh(shop, "vacuum").code == 0
    assert mesh(shop, "ledger", "verify").code == 0
    shutil.rmtree(shop / "domains" / "insight")
    ended = mesh(shop, "check")
    assert ended.code == 2
    assert "insight" in ended.out


def test_files_that_are_no_part_of_a_mesh_do_not_matter(shop: Path) -> None:
    for name in (".DS_Store", "notes.txt", "orders.sql~", ".#lock", "Thumbs.db"):
        (home_of(shop, "sales.orders") / name).write_text("?")
        (home_of(shop, "sales.orders") / "models" / name).write_text("?")
        (shop / "domains" / "sales" / name).write_text("?")
    (shop / "domains" / "sales" / "drafts").mkdir()
    assert mesh(shop, "check").code == 0, mesh(shop, "check").out
    assert mesh(shop, "run").code == 0


def test_a_disk_that_is_full_of_odd_names_in_a_silo(tmp_path: Path) -> None:
    """Globs take files of any name, each once, in a stable order."""
    from tests.meshes import write_mesh

    folder = write_mesh(
        tmp_path / "mesh",
        {
            "d": {
                "p": {
                    "inputs": {"raw": {"files": "../../../silos/in put/*.csv"}},
                    "ports": {"a": "select id from raw"},
                }
            }
        },
    )
    silo = folder / "silos" / "in put"
    silo.mkdir()
    for number, name in enumerate(["a b", "it's", "ünï", "[x]", "*", "-n", "$x"]):
        (silo / f"{name}.csv").write_text(f"id\n{number}\n")
    assert build(folder)["d.p"].status == "published"
    assert rows(folder, "select count(distinct id) from d.p.a") == [(7,)]


def test_an_old_copy_put_back_is_noticed(shop: Path, tmp_path: Path) -> None:
    """A state that is older than the data still runs, and does not lose what it knows."""
    old = copied(shop, tmp_path / "old")
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    assert mesh(shop, "run").code == 0
    for file in (shop / ".mesh").glob("state.db*"):
        file.unlink()
    shutil.copy(old / ".mesh" / "state.db", shop / ".mesh" / "state.db")
    assert mesh(shop, "ledger", "verify").code == 1
    assert rows(shop, "select count(*) from sales.orders.orders") == [(3,)]
