"""What scripts rely on: one JSON document on stdout, narration on stderr, documented exit codes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from meshwright.cli.main import COMMANDS, cli
from tests.e2e.shell import mesh, process
from tests.integration.shop import MORE_ORDERS, PRODUCTS
from tests.meshes import change_contract, home_of, set_model, set_silo

BUILD = {
    "product",
    "status",
    "version",
    "served",
    "build",
    "as_of",
    "seconds",
    "reasons",
    "ports",
    "failed_checks",
    "waiver",
    "error",
}
PORT = {"status", "rows", "quarantined", "checks", "warnings", "not_enforced"}
CHECK = {
    "port",
    "check",
    "status",
    "severity",
    "expectation",
    "failed_rows",
    "total_rows",
    "reason",
    "value",
    "examples",
}
READING: list[tuple[list[str], set[str]]] = [
    (["check"], {"errors", "warnings", "problems"}),
    (["plan"], {"as_of", "steps", "problems"}),
    (["test"], {"tests", "passed", "failed"}),
    (["show"], {"products"}),
    (["show", "sales"], {"products"}),
    (["show", "sales.orders"], {"product", "served", "ports", "consumers", "incidents"}),
    (["show", "sales.orders.totals"], {"product", "ports"}),
    (["history", "sales.orders"], {"history"}),
    (["incidents"], {"incidents"}),
    (["query", "select 1 as one"], {"columns", "rows", "versions"}),
    (["ledger", "verify"], {"entries", "head", "checkpoints", "problems"}),
    (["ledger", "list"], {"entries"}),
    (["schema"], {"schemas"}),
    (["vacuum", "--dry-run"], {"dry_run", "versions", "files", "bytes"}),
]


@pytest.mark.parametrize(
    ("arguments", "keys"),
    READING,
    ids=lambda x: " ".join(sorted(x) if isinstance(x, set) else x)[:30],
)
def test_what_is_asked_is_answered_in_one_json_document(
    built_by_command: Path, arguments: list[str], keys: set[str]
) -> None:
    ended = mesh(built_by_command, *arguments, "--json")
    assert ended.code == 0, ended.err
    assert keys <= set(ended.json)
    assert ended.err == ""


def test_a_run_as_json_says_how_each_product_ended(broken: Path) -> None:
    ended = mesh(broken, "run", "--json")
    assert ended.code == 1
    assert ended.err == ""
    assert set(ended.json) == {"builds"}
    builds = {one["product"]: one for one in ended.json["builds"]}
    assert set(builds) == set(PRODUCTS)
    for one in builds.values():
        assert set(one) == BUILD
        for port in one["ports"].values():
            assert set(port) == PORT
        for check in one["failed_checks"]:
            assert set(check) == CHECK
    orders = builds["sales.orders"]
    assert (orders["status"], orders["version"], orders["served"]) == ("rejected", None, 1)
    (minimum,) = [c for c in orders["failed_checks"] if c["check"] == "amount.minimum"]
    assert minimum["examples"] == [{"id": 3, "amount": -1}]
    assert builds["insight.lonely"]["status"] == "up_to_date"


def test_acts_answer_in_json_too(broken: Path) -> None:
    done: dict[str, Any] = mesh(
        broken, "accept", "sales.orders", "--reason", "ok", "--owner", "sales@example.com", "--json"
    ).json
    assert {"product", "version", "build", "owner", "expires", "checks"} <= set(done)
    assert mesh(broken, "rollback", "sales.orders", "--json").json == {
        "product": "sales.orders",
        "was": 2,
        "served": 1,
    }
    assert {"added", "removed", "changed", "columns"} <= set(
        mesh(broken, "diff", "sales.orders.orders@1", "sales.orders.orders@2", "--json").json
    )
    retired = mesh(broken, "retire", "sales.customers", "--until", "2999-01-01", "--json").json
    assert retired["consumers"] == ["insight.report"]
    assert set(mesh(broken, "ledger", "checkpoint", "--json").json) >= {"seq", "hash"}
    assert mesh(broken, "ledger", "rebuild", "--json").json["entries"] > 10
    assert "dry_run" in mesh(broken, "vacuum", "--json").json


def test_results_are_on_stdout_and_narration_on_stderr(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    ended = process(shop, "run")
    assert ended.code == 0
    assert "sales.orders" in ended.out
    assert "published" in ended.err
    assert "\x1b[" not in ended.out + ended.err
    quiet = process(shop, "run")
    assert (quiet.out, quiet.err) == ("up to date: 4 products, nothing changed\n", "")


ENDINGS: list[tuple[list[str], int, str]] = [
    (["run"], 0, ""),
    (["frobnicate"], 2, "usage"),
    (["querry", "select 1"], 2, "did you mean `query`?"),
    (["run", "--frobnicate"], 2, "usage"),
    (["query"], 2, "usage"),
    (["run", "sales.order"], 2, "selection-unknown"),
    (["run", "sales"], 2, "sales.*"),
    (["plan", "nowhere.*"], 2, "selection-unknown"),
    (["history", "sales.orderz"], 2, "did you mean `sales.orders`?"),
    (["show", "sale"], 2, "did you mean `sales`?"),
    (["show", "sales.orders.order"], 2, "did you mean"),
    (["query", "select * from sales.orders.order"], 2, "did you mean `sales.orders.orders`?"),
    (["query", "select * from nowhere"], 2, "table-unknown"),
    (["query", 'select * from sales.orders."orders@9"'], 2, "version-unknown"),
    (["query", "selec 1"], 2, "error:"),
    (["query", "select 1", "--format", "xml"], 2, "xml"),
    (["query", "select 1", "--as-of", "once"], 2, "as-of-invalid"),
    (["query", "select 1", "-o", "no/such/folder/x.csv"], 2, "output-not-writable"),
    (["run", "--as-of", "2024-02-30"], 2, "as-of-invalid"),
    (["run", "--as-of", "2024-02-03..2024-02-01"], 2, "as-of-invalid"),
    (["rollback", "sales.orders"], 1, "nothing-to-roll-back"),
    (["rollback", "sales.orders", "--to", "x"], 2, "usage"),
    (["accept", "sales.orders", "--reason", "x"], 1, "nothing-to-accept"),
    (["accept", "sales.orders"], 2, "--reason"),
    (["retire", "sales.orders", "--until", "never"], 2, "date-invalid"),
    (["diff", "sales.orders"], 2, "address-not-a-port"),
    (["diff", "sales.orders.orders"], 2, "nothing-before"),
    (["run", "--workers", "0"], 2, "--workers"),
    (["run", "--workers", "-3"], 2, "--workers"),
    (["run", "--wait", "-1"], 2, "--wait"),
    (["run", "--wait", "nan"], 2, "nan"),
    (["query", "select 1", "--limit", "-1"], 2, "--limit"),
    (["ledger", "list", "--limit", "-5"], 2, "--limit"),
    (["history", "sales.orders", "--limit", "-5"], 2, "--limit"),
    (["run", "--as-of", "2999-01-01"], 2, "as-of-future"),
    (["schema", "bild"], 2, "did you mean `build`?"),
    (["--env", "prod", "run"], 2, "environment-unknown"),
    (["ledger"], 2, ""),
    (["new", "domain", "Sales", "--owner", "a@b.c"], 2, "name-invalid"),
    (["new", "domain", "sales", "--owner", "a@b.c"], 2, "domain-exists"),
    (["new", "product", "sale.x", "--from", "x.csv"], 2, "domain-unknown"),
    (["new", "product", "sales.orders", "--from", "x.csv"], 2, "product-exists"),
    (["check", "no-such-file.yaml"], 2, "no-such-file.yaml"),
]


@pytest.mark.parametrize(("arguments", "code", "told"), ENDINGS, ids=lambda x: str(x)[:40])
def test_exit_codes_and_one_clear_error(
    built_by_command: Path, arguments: list[str], code: int, told: str
) -> None:
    """The error names its code or the nearest name that exists; stdout stays empty."""
    ended = mesh(built_by_command, *arguments)
    assert ended.code == code, ended.err
    if told not in ("", "usage"):
        assert told in ended.err + (ended.out if arguments[0] == "check" else "")
    if code and arguments[0] not in ("check", "ledger"):
        assert ended.out == ""
        assert ended.err.startswith("error: ")
        assert "next:" in ended.err or "hint" not in ended.err


@pytest.mark.parametrize("arguments", [["run", "sales.order"], ["nonsense"], ["query", "selec 1"]])
def test_an_error_as_json_is_one_document_too(built_by_command: Path, arguments: list[str]) -> None:
    error = mesh(built_by_command, *arguments, "--json").json["error"]
    assert error["message"]
    assert error["code"]
    assert error["kind"] == "user"


def test_rules_and_failures_end_with_one(shop: Path) -> None:
    set_model(shop, "sales.customers", "customers", "select id, error('no') as name from people")
    ended = mesh(shop, "run", "--json")
    assert ended.code == 1
    failed = next(b for b in ended.json["builds"] if b["product"] == "sales.customers")
    assert failed["status"] == "failed"
    assert set(failed["error"]) >= {"code", "message"}


def test_an_invalid_descriptor_ends_with_two(shop: Path) -> None:
    path = home_of(shop, "sales.customers") / "build.yaml"
    path.write_text(path.read_text().replace("inputs:", "input:"))
    checked = mesh(shop, "check")
    assert checked.code == 2
    assert "did you mean `inputs`?" in checked.out
    assert "domains/sales/customers/build.yaml:1" in checked.out
    assert mesh(shop, "run").code == 2
    assert mesh(shop, "plan").code == 2
    assert mesh(shop, "run", "sales.orders").code == 0


def test_a_breaking_contract_ends_plan_and_run_with_one(shop: Path) -> None:
    change_contract(
        shop,
        "sales.customers.customers",
        lambda contract: contract["schema"][0]["properties"].pop(),
    )
    set_model(shop, "sales.customers", "customers", "select id from people")
    for command in ("plan", "run"):
        ended = mesh(shop, command, "sales.customers")
        assert ended.code == 1, ended.err
        assert "2.0.0" in ended.out + ended.err
        assert "name" in ended.out


def test_outside_any_mesh_the_next_step_is_named(tmp_path: Path) -> None:
    for arguments in (["run"], ["plan"], ["show"], ["query", "select 1"], ["ledger", "verify"]):
        ended = mesh(tmp_path, *arguments)
        assert ended.code == 2
        assert "mesh-not-found" in ended.err
        assert "mesh init" in ended.err


def test_a_source_that_is_not_there_ends_its_product_and_says_which(shop: Path) -> None:
    (shop / "silos" / "sales.orders.raw.csv").unlink()
    ended = mesh(shop, "run", "--json")
    assert ended.code == 3
    orders = next(b for b in ended.json["builds"] if b["product"] == "sales.orders")
    assert orders["status"] == "failed"
    assert "sales.orders.raw.csv" in orders["error"]["message"]


def test_our_own_fault_is_one_products_and_ends_with_seventy(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback on the terminal; it is kept beside the build, and the other products are built."""
    from meshwright.app import build

    real = build._make_and_judge

    def broken(wiring: Any, order: Any, *rest: Any) -> Any:
        if str(order.product.address) == "sales.orders":
            raise ZeroDivisionError("a slip of ours")
        return real(wiring, order, *rest)

    monkeypatch.setattr(build, "_make_and_judge", broken)
    ended = mesh(shop, "run", "--force", "--json")
    assert ended.code == 70
    builds = {one["product"]: one for one in ended.json["builds"]}
    assert builds["sales.orders"]["error"]["code"] == "internal"
    assert builds["sales.customers"]["status"] == "published"
    (trace,) = (shop / ".mesh/data/sales/orders/.builds").glob("*/traceback.txt")
    assert "a slip of ours" in trace.read_text()
    assert str(trace.parent.name) in builds["sales.orders"]["error"]["hint"]
    monkeypatch.undo()
    assert mesh(shop, "run").code == 0


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
    return found


@pytest.mark.parametrize("command", commands(cli), ids=" ".join)
def test_every_command_has_help_with_an_example(tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = mesh(tmp_path, *command, "--help")
    assert ended.code == 0
    assert "Example" in ended.out
    assert f"mesh {' '.join(command)}" in ended.out


def test_the_help_page_lists_every_command_and_the_exit_codes(tmp_path: Path) -> None:
    ended = mesh(tmp_path, "--help")
    assert ended.code == 0
    for name in COMMANDS:
        assert f"  {name} " in ended.out
    for code in ("0 done", "1 checks", "2 usage", "3 not reachable", "4 denied", "70"):
        assert code in ended.out
    assert mesh(tmp_path, "--version").out.startswith("mesh 0.")


def test_help_of_a_command_loads_nothing_heavy() -> None:
    """Also of a command that needs everything when it runs."""
    code = (
        "import sys; from click.testing import CliRunner; from meshwright.cli.main import cli\n"
        "assert CliRunner().invoke(cli, ['run', '--help']).exit_code == 0\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"duckdb", "sqlglot", "deltalake", "pyarrow", "pandas", "numpy", "yaml", "yoyo"}
    assert not heavy & set(done.stdout.split())


def test_a_run_with_nothing_to_do_loads_no_engine(shop: Path) -> None:
    code = (
        "import sys, meshwright\n"
        "with meshwright.open('.') as mesh:\n"
        "    assert {r.status for r in mesh.run()} == {'up_to_date'}\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    run = [sys.executable, "-c", code]
    subprocess.run(run, cwd=shop, capture_output=True, text=True, check=True)
    done = subprocess.run(run, cwd=shop, capture_output=True, text=True, check=True)
    heavy = {"duckdb", "sqlglot", "deltalake", "pyarrow", "pandas", "numpy", "yaml", "yoyo", "rich"}
    assert not heavy & set(done.stdout.split())


def test_shell_completion_is_given(tmp_path: Path) -> None:
    """By click, for the installed command."""
    import os

    done = subprocess.run(
        [sys.executable, "-c", "from meshwright.cli.main import cli; cli(prog_name='mesh')"],
        env={**os.environ, "_MESH_COMPLETE": "bash_source"},
        capture_output=True,
        text=True,
    )
    assert "complete" in done.stdout


def test_a_page_says_what_is_waived_and_until_when(broken: Path) -> None:
    """By whom and why, and the end of a product that was retired; for programs too."""
    owner = ("--reason", "it is [known]", "--owner", "sales@example.com")
    done = mesh(broken, "accept", "sales.orders", *owner, "--json").json
    assert mesh(broken, "retire", "sales.orders", "--until", "2999-01-01").code == 0
    page = mesh(broken, "show", "sales.orders")
    assert f"waived until {done['expires']}" in page.out
    assert "it is [known]" in " ".join(page.out.split())
    assert "served until 2999-01-01" in page.out
    found = mesh(broken, "show", "sales.orders", "--json").json
    (waiver,) = found["waivers"]
    assert (waiver["owner"], waiver["expires"]) == ("sales@example.com", done["expires"])
    assert waiver["checks"] == done["checks"]
    assert found["retired_until"] == "2999-01-01"


def test_who_is_no_owner_is_denied(broken: Path) -> None:
    ended = mesh(broken, "accept", "sales.orders", "--reason", "x", "--owner", "eve@example.com")
    assert ended.code == 4
    assert "not-an-owner" in ended.err


def test_a_model_that_is_no_select_is_told_once(shop: Path) -> None:
    """The parser's own warnings are not for people."""
    set_model(
        shop, "sales.orders", "clean", "with c as (copy raw to 'x.csv') select 1 as id from c"
    )
    ended = process(shop, "check")
    assert ended.code == 2
    assert "unsupported syntax" not in ended.out + ended.err
