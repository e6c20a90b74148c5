"""The mesh in a real shell of IPython, and in one executed notebook."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import meshwright
from meshwright.app.mesh import Mesh
from meshwright.app.result import Result
from meshwright.notebook.completing import addresses
from tests.integration.granted import ANALYST, PORT, granted, known
from tests.integration.shop import build, column
from tests.meshes import write_mesh
from tests.serving import serving

ORDERS = "sales.orders.orders"
SLY = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    found = InteractiveShell.instance(config=config)
    yield found
    InteractiveShell.clear_instance()


def shown(shell: InteractiveShell, value: Any, kind: str = "text/html") -> str:
    data, _ = shell.display_formatter.format(value)
    return str(data.get(kind, ""))


def ran(shell: InteractiveShell, text: str) -> Any:
    found = shell.run_cell(text, store_history=False)
    found.raise_error()
    return found.result


_VOID = ("br", "rect", "path")


class Wellformed(HTMLParser):
    """Reads HTML; no element is left open, and none of those that could run something is there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "img", "iframe", "link", "style", "a", "object")
        assert not any(name.startswith("on") or name in ("href", "src") for name, _ in attrs)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def sly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """A mesh whose every text would like to be HTML."""
    folder = write_mesh(
        tmp_path_factory.mktemp("sly") / "mesh",
        {
            "lab": {
                "sly": {
                    "inputs": {"raw": "x\n1\n"},
                    "ports": {
                        "sly": f"select x, '{SLY.replace(chr(39), chr(39) * 2)}' as t from raw"
                    },
                    "contracts": {
                        "sly": {
                            "columns": [
                                column("x", description=SLY),
                                column("t", "string", description=SLY),
                            ]
                        }
                    },
                    "product": {"name": "sly", "description": {"purpose": SLY}},
                }
            }
        },
    )
    assert build(folder)["lab.sly"].status == "published"
    with meshwright.open(folder) as mesh:
        yield mesh


def test_everything_is_shown_as_html_that_holds_no_script(
    shell: InteractiveShell, sly: Mesh
) -> None:
    """Texts of the mesh are escaped, whichever value they stand in."""
    shell.extension_manager.load_extension("meshwright")
    values = (
        sly,
        sly.products(),
        sly.show("lab.sly"),
        sly.history("lab.sly"),
        sly.lineage("lab.sly.sly"),
        sly.query("select * from lab.sly.sly"),
        sly.plan(),
        sly.health(),
        sly.access.explain("lab.sly.sly", principal="person:nobody"),
    )
    for value in values:
        html = shown(shell, value)
        assert html, value
        assert "<script" not in html
        assert "<img" not in html
        assert len(html) < 20_000
        Wellformed(html)
    assert "&lt;script&gt;" in shown(shell, sly.show("lab.sly"))
    assert "&lt;script&gt;" in shown(shell, sly.query("select * from lab.sly.sly"))


def test_colours_are_the_notebooks_own(shell: InteractiveShell, sly: Mesh) -> None:
    """No background and no text colour that one theme alone can read."""
    shell.extension_manager.load_extension("meshwright")
    for value in (sly, sly.show("lab.sly"), sly.lineage("lab.sly.sly")):
        html = shown(shell, value)
        assert "background" not in html
        assert set(re.findall(r"(?<![-\w])color:([^;\"]+)", html)) <= {
            "inherit", "#2e9e5b", "#d1453b", "#b7791f", "#808080",
        }  # fmt: skip
        assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', html)) <= {"currentColor", "none"}


def test_what_is_not_ours_is_shown_as_before(shell: InteractiveShell) -> None:
    shell.extension_manager.load_extension("meshwright")
    for value in ((1, 2), [], [object()], {}, {"principal": 1}, "text", Path("x")):
        assert shown(shell, value) == ""


def test_another_renderer_of_tuples_stays(shell: InteractiveShell) -> None:
    shell.display_formatter.formatters["text/html"].for_type(tuple, lambda value: "theirs")
    shell.extension_manager.load_extension("meshwright")
    assert shown(shell, (1,)) == "theirs"


def test_rows_are_the_first_ones_with_what_is_masked(shell: InteractiveShell, crm: Path) -> None:
    """As an analyst has them: masked columns say so, and whole values are nowhere."""
    with meshwright.open(crm) as owner:
        owner.wiring.ledger.record([known(ANALYST), granted()])
    shell.extension_manager.load_extension("meshwright")
    with meshwright.open(crm, as_=ANALYST) as mesh:
        found = mesh.query(f"select * from {PORT}", purpose="churn")
    html = shown(shell, found)
    assert f"masked: {found.masked[f'{PORT}.email']}" in html
    assert "masked for you" in html
    assert "ada@example.com" not in html
    assert "crm.people.people@1" in html
    assert "2 rows" in html


def test_a_server_says_what_is_masked_too(crm: Path) -> None:
    from meshwright.app.identity.tokens import issue_token

    with serving(crm) as server:
        server.service.wiring.ledger.record([known(ANALYST), granted()])
        token = issue_token(server.service.wiring, ANALYST).text
        with meshwright.connect(server.url, token, "churn") as mesh:
            there = mesh.query(f"select * from {PORT} order by id")
        with meshwright.open(crm, as_=ANALYST) as mesh:
            here = mesh.query(f"select * from {PORT} order by id", purpose="churn")
    assert dict(there.masked) == dict(here.masked)
    assert f"{PORT}.email" in there.masked


def test_long_rows_say_how_many_there_are(shell: InteractiveShell) -> None:
    import pyarrow

    shell.extension_manager.load_extension("meshwright")
    table = pyarrow.table({f"c{number}": list(range(5000)) for number in range(40)})
    html = shown(shell, Result(table))
    assert "first 10 of 5,000 rows, first 30 of 40 columns" in html
    assert html.count("<tr") == 11
    text = shown(shell, Result(table.select(["c0"])), "text/plain")
    assert text.splitlines()[0] == "c0"
    assert text.splitlines()[-1] == "first 10 of 5,000 rows"


def test_lineage_is_drawn_from_left_to_right(shell: InteractiveShell, shop: Path) -> None:
    """What something is made of stands to its left, whichever way was walked."""
    shell.extension_manager.load_extension("meshwright")
    with meshwright.open(shop) as mesh:
        up = shown(shell, mesh.lineage("insight.report.spending"))
        down = shown(shell, mesh.lineage(ORDERS, up=False))
    for picture in (up, down):
        at = {
            name: int(re.search(rf'<title>{re.escape(name)} .*?<rect x="(\d+)"', picture)[1])  # type: ignore[index]
            for name in (ORDERS, "insight.report.spending")
        }
        assert at[ORDERS] < at["insight.report.spending"]
        assert "<path" in picture


def test_a_cell_of_sql_gives_rows_a_frame_or_a_variable(
    shell: InteractiveShell, shop: Path
) -> None:
    import pandas
    import polars
    import pyarrow

    ran(shell, "%load_ext meshwright")
    ran(shell, f"%mesh {shop}")
    sql = f"select sum(amount)::int as total from {ORDERS}"
    found = ran(shell, f"%%mesh --purpose billing\n{sql}")
    assert found.to_pylist() == [{"total": 35}]
    assert isinstance(ran(shell, f"%%mesh --to pandas\n{sql}"), pandas.DataFrame)
    assert isinstance(ran(shell, f"%%mesh --to polars\n{sql}"), polars.DataFrame)
    assert isinstance(ran(shell, f"%%mesh --to arrow\n{sql}"), pyarrow.Table)
    assert ran(shell, f"%%mesh --to pandas total <<\n{sql}") is None
    assert shell.user_ns["total"]["total"][0] == 35
    assert ran(shell, "mesh.products()[0].product") == "insight.lonely"
    shell.user_ns["mesh"].close()


def test_mistakes_are_one_line_and_no_traceback(shell: InteractiveShell, shop: Path) -> None:
    ran(shell, "%load_ext meshwright")
    ran(shell, f"%mesh {shop}")
    for cell, said in (
        ("%%mesh\nselect 1 from sales.orders.order", "table-unknown: `sales.orders.order`"),
        ("%%mesh\ndrop table x", "query-not-select"),
        ("%%mesh --to excel\nselect 1", "invalid choice"),
        ("%%mesh 1x <<\nselect 1", "`1x` is no name"),
        ("%%mesh --nothing\nselect 1", "unrecognized arguments"),
        ("%mesh 'open", "open quote"),
        ("%mesh /nowhere/at/all", "mesh-not-found"),
    ):
        with capture_output() as captured:
            assert not shell.run_cell(cell, store_history=False).success
        told = captured.stdout + captured.stderr
        assert said in told, cell
        assert "Traceback" not in told
        assert len(told.splitlines()) < 6, told
    shell.user_ns["mesh"].close()


def test_addresses_are_completed_in_a_cell_of_sql(shell: InteractiveShell, shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        assert list(addresses(mesh, "sales.o")) == [ORDERS, "sales.orders.totals"]
        assert list(addresses(mesh, f"{ORDERS}.a")) == [f"{ORDERS}.amount"]
        shell.extension_manager.load_extension("meshwright")
        shell.user_ns["mesh"] = mesh
        cell = "%%mesh\nselect * from sales.orders.o"
        with provisionalcompleter():
            found = {one.text for one in shell.Completer.completions(cell, len(cell))}
        assert any(ORDERS.endswith(text) for text in found), found


def test_opening_a_mesh_in_a_notebook_is_enough(shell: InteractiveShell, shop: Path) -> None:
    """Nobody has to load an extension to be shown a product."""
    with meshwright.open(shop) as mesh:
        assert "<table" in shown(shell, mesh.products())


def test_without_ipython_nothing_of_it_is_imported() -> None:
    code = (
        "import sys; sys.modules['IPython.core'] = None; import meshwright\n"
        "try: meshwright.open('/')\n"
        "except Exception: pass\n"
        "assert 'IPython' not in sys.modules and 'meshwright.notebook' not in sys.modules\n"
        "import meshwright.notebook.showing, meshwright.notebook.magic, meshwright.notebook.pages\n"
        "assert 'IPython' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_notebook_runs_from_its_first_cell_to_its_last(shop: Path) -> None:
    """A kernel of its own executes it; its outputs are what a reader sees."""
    cells = [
        "%load_ext meshwright",
        f"%mesh {shop}",
        'mesh.show("sales.orders")',
        f"%%mesh --to pandas orders <<\nselect * from {ORDERS}",
        "int(orders.amount.sum())",
        'mesh.lineage("insight.report.spending")',
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
    outputs = [cell.outputs[0].data if cell.outputs else {} for cell in book.cells]
    assert "sales.orders" in outputs[1]["text/html"]
    assert "<table" in outputs[2]["text/html"]
    assert outputs[4]["text/plain"] == "35"
    assert "<svg" in outputs[5]["text/html"]
