"""Draw lineage of a mesh of 2,000 products: what the server takes for a graph, and a browser to place it.

What is measured, on a mesh of `scale_mesh.py` whose versions and lineage are in its ledger without any rows:
- the server's CPU time for the graph of one port, at one step, two steps and to the end, both ways, and the
  size of the answer; for the port that most products read, and for one in the middle;
- in headless Chromium, how long ELK takes to place what the explorer shows: the first time, when its
  worker begins, and again; and from the request of the page to the picture.
Why it is fair: the same code that serves a page, on the ports where it is hardest. No peer is compared. On a
machine that others use, a browser's times are wall times and so the upper end.

    python bench/lineage_explorer.py FOLDER --products 2000
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import lineage_record
import scale_mesh

import meshwright
from meshwright.app.catalog.board_making import make_board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.identity import links
from meshwright.app.lineage_graph import Around, described, find_graph, without_hidden
from meshwright.app.lineage_graph_shapes import graph_shape
from meshwright.app.mesh import Mesh
from meshwright.app.product_graph import graph_of
from meshwright.model.address import Address
from meshwright.serve.api.listening import ApiServer
from meshwright.serve.opening import open_service
from meshwright.serve.proving import MeshProving

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.browser import launched

STEPS: tuple[tuple[str, int | None], ...] = (("1", 1), ("2", 2), ("all", None))


def starts(mesh: Mesh) -> dict[str, str]:
    """Return the port that most read, and one in the middle with readers of its own."""
    graph = graph_of(mesh.wiring)

    def readers(product: Address) -> int:
        return len(graph.readers(product))

    busiest = max(sorted(graph.cards), key=readers)
    middle = max((one for one in sorted(graph.cards) if graph.reads(one)), key=readers)
    return {
        name: f"{product}.{graph.outputs(product)[0]}"
        for name, product in (("most read", busiest), ("in the middle", middle))
    }


def ask(mesh: Mesh, port: str) -> dict[str, Any]:
    """Return the server's CPU time, and the size of the graph, at each number of steps."""
    board = make_board(mesh.wiring)
    knowing = Knowing(mesh.wiring.asker().principal)
    found = {}
    for name, steps in STEPS:
        began = time.process_time()
        graph = find_graph(mesh.wiring, port, Around(steps, steps))
        shape = graph_shape(described(without_hidden(graph, knowing), board))
        taken = time.process_time() - began
        found[name] = {
            "data_sets": len(shape["nodes"]),
            "edges": len(shape["edges"]),
            "cpu_ms": round(taken * 1000, 1),
            "kilobytes": round(len(json.dumps(shape)) / 1024, 1),
        }
    return found


def draw(folder: Path, ports: dict[str, str]) -> dict[str, Any]:
    """Return what a browser takes to show each port."""
    found: dict[str, Any] = {}
    with meshwright.open(folder) as mesh, meshwright.open(folder) as metadata:
        server = ApiServer(open_service(mesh, metadata, MeshProving(mesh.wiring)), "127.0.0.1", 0)
        server.start()
        try:
            with launched() as browser:
                page = browser.new_page()
                page.goto(f"{server.place.url}/enter/{links.make(mesh.wiring)}")
                for name, port in ports.items():
                    for steps in ("", "1", "2", "all"):
                        words = f"?up={steps}&down={steps}" if steps else ""
                        began = time.perf_counter()
                        page.goto(f"{server.place.url}/lineage/{port}{words}")
                        page.wait_for_selector("#lineage[data-state=drawn]", timeout=180_000)
                        taken = time.perf_counter() - began
                        root = page.locator("#lineage")
                        first = int(root.get_attribute("data-took") or 0)
                        page.evaluate("document.getElementById('lineage').dataset.state = ''")
                        page.uncheck("[data-do=indirect]")
                        page.check("[data-do=indirect]")
                        page.wait_for_selector("#lineage[data-state=drawn]", timeout=180_000)
                        page.wait_for_selector("#lineage:not([aria-busy])")
                        found[f"{name}, {steps or 'as it fits'}"] = {
                            "data_sets": int(root.get_attribute("data-nodes") or 0),
                            "layout_ms": int(root.get_attribute("data-took") or 0),
                            "first_layout_ms": first,
                            "until_drawn_s": round(taken, 2),
                        }
        finally:
            server.stop()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--products", type=int, default=2000)
    arguments = parser.parse_args()
    folder = arguments.folder / "mesh"
    if not folder.exists():
        scale_mesh.write_mesh(folder, scale_mesh.make_products(arguments.products, 7), 7)
    if not (folder / ".mesh" / "traced").exists():
        lineage_record.record(folder)
        (folder / ".mesh" / "traced").touch()
    with meshwright.open(folder) as mesh:
        ports = starts(mesh)
        asked = {name: ask(mesh, port) for name, port in ports.items()}
    json.dump({"graph": asked, "picture": draw(folder, ports)}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
