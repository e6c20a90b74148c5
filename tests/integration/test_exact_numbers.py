"""Numbers of a contract are read as they are written, digit by digit."""

from pathlib import Path

import pytest

import meshwright
from tests.integration.shop import build, column, statuses
from tests.meshes import home_of, set_model, write_mesh

LIMIT = "12345678901234567.89"
MODEL = "select x::DECIMAL(38,2) as x from raw"


def write_sums(folder: Path, promise: str, rows: str) -> Path:
    """Write a port of one decimal column with a promise, as YAML text."""
    write_mesh(
        folder,
        {
            "bank": {
                "sums": {
                    "inputs": {
                        "raw": {
                            "files": "../../../silos/bank.sums.raw.csv",
                            "columns": {"x": "DECIMAL(38,2)"},
                        }
                    },
                    "ports": {"sums": MODEL},
                    "contracts": {"sums": {"columns": [column("x", "number", description="HERE")]}},
                }
            }
        },
    )
    (folder / "silos" / "bank.sums.raw.csv").write_text(rows)
    promised(folder, "description: HERE", promise)
    return folder


def promised(folder: Path, old: str, new: str) -> None:
    """Replace a piece of the contract's text."""
    contract = home_of(folder, "bank.sums") / "contracts" / "sums.odcs.yaml"
    text = contract.read_text()
    assert old in text
    contract.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("promise", "good", "bad"),
    [
        (f"logicalTypeOptions: {{maximum: {LIMIT}}}", LIMIT, "12345678901234567.90"),
        (f"logicalTypeOptions: {{minimum: {LIMIT}}}", LIMIT, "12345678901234567.88"),
        (f"enum: [{{value: {LIMIT}}}]", LIMIT, "12345678901234567.90"),
        ("logicalTypeOptions: {multipleOf: 12345678901234567.89}", "24691357802469135.78", "1.00"),
    ],
)
def test_a_promise_of_many_digits_is_judged_by_all_of_them(
    tmp_path: Path, promise: str, good: str, bad: str
) -> None:
    """Read anew and out of the cache."""
    folder = write_sums(tmp_path / "mesh", promise, f"x\n{good}\n")
    assert statuses(build(folder)) == {"bank.sums": "published"}
    (folder / "silos" / "bank.sums.raw.csv").write_text(f"x\n{bad}\n")
    assert statuses(build(folder)) == {"bank.sums": "rejected"}


def test_another_last_digit_is_another_contract(tmp_path: Path) -> None:
    """It is compared, published and found in the ledger with all its digits."""
    folder = write_sums(tmp_path / "mesh", f"logicalTypeOptions: {{maximum: {LIMIT}}}", "x\n1.00\n")
    build(folder)
    promised(folder, LIMIT, "12345678901234567.88")
    with meshwright.open(folder) as mesh:
        (step,) = mesh.plan().steps
        assert f"from {LIMIT} to 12345678901234567.88" in str(step.changes[0].items)
    promised(folder, "12345678901234567.88", "12345678901234567.90")
    promised(folder, "version: 1.0.0", "version: 2.0.0")
    descriptor = home_of(folder, "bank.sums") / "product.odps.yaml"
    descriptor.write_text(
        descriptor.read_text().replace("1.0.0", "2.0.0").replace("v2.0.0", "v1.0.0")
    )

    assert statuses(build(folder)) == {"bank.sums": "published"}
    with meshwright.open(folder) as mesh:
        assert mesh.ledger_verify()["problems"] == []
        assert len(mesh.ledger_entries(["ContractPublished"])) == 2


def test_a_parameter_of_many_digits_reaches_the_model(tmp_path: Path) -> None:
    folder = write_sums(tmp_path / "mesh", "description: a sum", "x\n1.00\n")
    build_yaml = home_of(folder, "bank.sums") / "build.yaml"
    build_yaml.write_text(
        build_yaml.read_text() + f"params: {{limit: {{type: number, value: {LIMIT}}}}}\n"
    )
    set_model(folder, "bank.sums", "sums", "select $limit::DECIMAL(38,2) as x from raw")
    assert statuses(build(folder)) == {"bank.sums": "published"}
    with meshwright.open(folder) as mesh:
        assert [str(x) for (x,) in mesh.query("select x from bank.sums.sums").rows()] == [LIMIT]
