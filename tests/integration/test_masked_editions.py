"""Masked editions of a port: made when first needed, used without the raw file, gone with it or its key."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa

import meshwright
from meshwright.adapters.duckdb.views import define
from meshwright.app.governed.editions import with_edition
from meshwright.app.governed.keys import Keys
from meshwright.app.governed.pinning import Readable, pin_name
from meshwright.app.wiring import Wiring
from meshwright.model.access import Mask
from meshwright.publish.places import MASKED, folder_of
from meshwright.publish.sweeping import Orphan, remove
from meshwright.spi.query_pool import Limits, View
from tests.integration.granted import granted, wired
from tests.integration.shop import build

PORT = "sales.customers.customers"
MASKS = {"name": Mask("token-domain")}


def test_an_edition_is_made_once_and_the_raw_file_is_not_read(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        port, view = edition(mesh.wiring)
        assert view.masked_columns == {"name"}
        assert {file.parent.parent.name for file in view.masked_files} == {".masked"}
        assert define(view, None).paths == tuple(map(str, view.masked_files))
        made = [file.stat().st_mtime_ns for file in view.masked_files]
        assert [f.stat().st_mtime_ns for f in edition(mesh.wiring)[1].masked_files] == made
        names = rows(mesh.wiring, view)
        assert len(names) == 2
        assert all(len(name) == 64 for name in names)
        assert names == rows(
            mesh.wiring, replace(view, masked_files=(), masked_columns=frozenset())
        )
        assert port.files


def test_a_column_that_is_not_keyed_needs_no_edition(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        _, view = edition(mesh.wiring, {"name": Mask("replace-with-null")})
        assert not view.masked_files
        assert not list(shop.rglob(".masked"))


def test_another_key_is_another_edition_and_the_old_one_goes(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        _, before = edition(mesh.wiring)
        old = rows(mesh.wiring, before)
        (mesh.wiring.mesh.state / "keys" / "masks" / "sales.key").unlink()
        _, after = edition(mesh.wiring)
        assert not any(file.exists() for file in before.masked_files)
        assert set(old).isdisjoint(rows(mesh.wiring, after))


def test_an_edition_goes_with_its_file(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        port, view = edition(mesh.wiring)
        remove([Orphan(file, 1) for file in port.files])
        assert not any(file.exists() for file in (*port.files, *view.masked_files))


def edition(wiring: Wiring, masks: dict[str, Mask] = MASKS) -> tuple[Readable, View]:
    with wiring.store.read() as reader:
        port = pin_name(wiring, reader, PORT, None, wiring.asker())
    keys = Keys(wiring, "")
    view = View(
        port.name, port.files, port.pinned.columns, masks, keys=keys.of("sales", masks.values())
    )
    folder = folder_of(wiring.mesh.data, port.pinned.location)
    return port, with_edition(wiring, view, folder, "sales", keys)


def rows(wiring: Wiring, view: View) -> list[str]:
    gated = wiring.pool.gate(f"SELECT name FROM {PORT}")
    running = wiring.pool.run("person:ada", gated, [view], Limits())
    names = pa.table(running).column("name").to_pylist()
    running.close()
    return names


def test_a_build_makes_what_a_grant_masks_with_a_key(crm: Path) -> None:
    """Whoever was granted a keyed mask finds it computed when the version is published."""
    with wired(crm, granted(masks={"email": "sha-256-global"})):
        pass
    port = crm / ".mesh" / "data" / "crm" / "people" / "people"
    assert not (port / MASKED).exists()
    build(crm, "crm.people", force=True)
    (edition,) = (port / MASKED).iterdir()
    assert {file.name for file in edition.iterdir()} <= {f.name for f in port.glob("*.parquet")}
    with duckdb.connect() as engine:
        emails = engine.execute("SELECT email FROM read_parquet(?)", [str(edition / "*")])
        assert all(len(email) == 64 for (email,) in emails.fetchall())
