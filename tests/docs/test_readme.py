"""The product that the README shows is a product."""

import re
from pathlib import Path

import meshwright
from tests.meshes import dump

README = Path(__file__).parents[2] / "README.md"
FILE = re.compile(r"```(?:yaml|sql)\n(?:#|--) (domains/\S+).*?\n(.*?)```", re.DOTALL)


def test_the_product_in_twenty_lines_is_published(tmp_path: Path) -> None:
    """Four files and a folder of drops are enough."""
    files = FILE.findall(README.read_text("utf-8"))
    assert len(files) == 4
    for name, text in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    dump(tmp_path / "mesh.yaml", {"name": "shop", "domains": ["domains/sales"]})
    owners = {"owners": ["ana@example.com"]}
    dump(tmp_path / "domains" / "sales" / "domain.yaml", {"name": "sales", "team": owners})
    (tmp_path / "drops").mkdir()
    (tmp_path / "drops" / "monday.csv").write_text("order_id,amount\n1,5\n2,7\n1,3\n")
    with meshwright.open(tmp_path) as mesh:
        assert [result.status for result in mesh.run()] == ["published"]
        found = mesh.query("select * from sales.orders.orders order by 1").rows()
    assert found == [(1, 8), (2, 7)]
