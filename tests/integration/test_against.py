"""Planning against a git reference: the gate of a pull request, where there is no state."""

from pathlib import Path
from typing import Any

import pytest

import meshwright
from meshwright.errors import UnreachableError, UsageError
from meshwright.model.plan import Plan, Step
from tests.integration.repository import begin, commit, git
from tests.integration.shop import column, write_shop
from tests.meshes import change_contract, change_yaml, home_of, set_model, write_product


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The shop below the root of a repository, never built."""
    write_shop(tmp_path / "data" / "shop")
    begin(tmp_path)
    return tmp_path / "data" / "shop"


def plan(folder: Path, ref: str = "main", *select: str) -> Plan:
    with meshwright.open(folder) as mesh:
        return mesh.plan(*select, against=ref)


def step(found: Plan, product: str) -> Step:
    return next(step for step in found.steps if str(step.product) == product)


def drop_amount(contract: Any) -> None:
    contract["schema"][0]["properties"].pop()


def test_a_dropped_column_is_refused_with_its_line_and_whom_it_hits(repository: Path) -> None:
    """All of it without a build, without state, and without a trace in the working tree."""
    change_contract(repository, "sales.orders.orders", drop_amount)
    found = plan(repository)
    (change,) = step(found, "sales.orders").changes
    assert change.refusal == "a breaking change of 1.0.0 needs 2.0.0, not 1.0.0"
    (item,) = change.details
    assert item.what == "column `amount` was removed"
    contract = (repository / item.place.file).read_text().splitlines()
    assert "name: customer" in contract[item.place.line - 1]
    assert contract[change.place.line - 1] == "version: 1.0.0"
    (hit,) = change.affected
    assert (hit.product, hit.people) == ("insight.report", ("insight@example.com",))
    assert step(found, "sales.customers").action == "up_to_date"
    assert not (repository / ".mesh" / "state.db").exists()
    assert git(repository, "status", "--porcelain", "--untracked-files=all").count("\n") == 0


def test_a_new_major_version_admits_it_and_readers_come_after(repository: Path) -> None:
    def breaking(contract: Any) -> None:
        drop_amount(contract)
        contract["version"] = "2.0.0"

    change_contract(repository, "sales.orders.orders", breaking)
    found = plan(repository)
    assert step(found, "sales.orders").action == "build"
    assert step(found, "sales.orders").changes[0].level == "major"
    assert step(found, "insight.report").reasons == ("after sales.orders",)
    assert [str(s.product) for s in plan(repository, "main", "insight.lonely").steps] == [
        "insight.lonely"
    ]


def test_what_came_into_the_base_meanwhile_is_no_change_of_ours(repository: Path) -> None:
    """The base gains a column after we branched off: we didn't remove it."""
    git(repository, "checkout", "-q", "-b", "ours")
    git(repository, "checkout", "-q", "main")
    change_contract(
        repository,
        "sales.customers.customers",
        lambda c: c["schema"][0]["properties"].append(column("town", "string")),
    )
    commit(repository)
    git(repository, "checkout", "-q", "ours")
    set_model(repository, "insight.lonely", "lonely", "select x, 1 as y from raw")
    commit(repository)
    found = plan(repository)
    assert [str(s.product) for s in found.work] == ["insight.lonely"]
    assert step(found, "insight.lonely").reasons == ("models/lonely.sql changed",)


def test_new_renamed_moved_and_removed_products_are_told_apart(repository: Path) -> None:
    write_product(
        repository, "sales", "fresh", {"inputs": {"a": "x\n1\n"}, "ports": {"p": "select x from a"}}
    )
    home_of(repository, "sales.customers").rename(home_of(repository, "sales.clients"))
    change_yaml(
        home_of(repository, "sales.clients") / "product.odps.yaml",
        lambda product: product.update(
            name="clients", customProperties=[{"property": "formerly", "value": "sales.customers"}]
        ),
    )
    home_of(repository, "insight.lonely").rename(repository / "away")
    found = plan(repository)
    assert step(found, "sales.fresh").reasons == ("new",)
    assert step(found, "sales.clients").action == "build"
    assert not step(found, "sales.clients").changes
    gone = step(found, "insight.lonely")
    assert gone.action == "refused"
    assert gone.changes[0].refusal == "port lonely is removed, but its contract announced no end"


def test_a_removed_port_needs_a_new_major_of_its_product(repository: Path) -> None:
    def without(product: Any) -> None:
        product["outputPorts"] = product["outputPorts"][:1]

    file = home_of(repository, "insight.report") / "product.odps.yaml"
    change_yaml(file, without)
    refused = step(plan(repository), "insight.report")
    assert refused.changes[0].refusal == "port names is removed, but 1.0.0 is no new major version"
    change_yaml(file, lambda product: product.update(version="2.0.0"))
    assert step(plan(repository), "insight.report").action == "build"


def test_a_removed_product_whose_end_has_come_may_go(repository: Path) -> None:
    ended = [{"property": "endOfLife", "value": "2020-01-31"}]
    change_contract(repository, "insight.lonely.lonely", lambda c: c.update(customProperties=ended))
    base = commit(repository)
    home_of(repository, "insight.lonely").rename(repository / "away")
    assert step(plan(repository, base), "insight.lonely").action == "retired"


def test_products_of_another_mesh_in_the_repository_do_not_count(repository: Path) -> None:
    write_shop(repository.parent / "other")
    base = commit(repository.parent)
    change_contract(repository.parent / "other", "sales.orders.orders", drop_amount)
    assert not plan(repository, base).work


@pytest.mark.parametrize(
    ("file", "key", "value"),
    [
        ("domains/insight/domain.yaml", "products", ["lonely"]),
        ("mesh.yaml", "domains", ["domains/sales"]),
    ],
)
def test_what_is_no_longer_listed_is_gone_though_its_files_are_there(
    repository: Path, file: str, key: str, value: list[str]
) -> None:
    """A product leaves the mesh by a line of its domain, a domain by a line of mesh.yaml."""
    change_yaml(repository / file, lambda said: said.update({key: value}))
    gone = step(plan(repository), "insight.report")
    assert gone.action == "refused"
    assert gone.reasons == ("port spending is removed, but its contract announced no end",)


def test_what_was_broken_before_is_not_compared(repository: Path) -> None:
    contract = home_of(repository, "insight.lonely") / "contracts" / "lonely.odcs.yaml"
    good = contract.read_text()
    contract.write_text("nonsense: [")
    base = commit(repository)
    contract.write_text(good)
    assert step(plan(repository, base), "insight.lonely").reasons == (
        "its files had errors before",
    )


@pytest.mark.parametrize("ref", ["nowhere", "--output=x", "-x", "", "main:data"])
def test_a_reference_that_is_none_is_one_clear_error(repository: Path, ref: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(repository, ref)
    assert caught.value.code == "reference-unknown"


def test_outside_a_repository_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "mesh")
    with pytest.raises(UsageError) as caught:
        plan(folder)
    assert caught.value.code == "not-a-repository"


def test_links_and_names_of_the_repository_lead_nowhere(repository: Path) -> None:
    """A link in the commit is not followed, a file with a strange name is read as it is."""
    home = home_of(repository, "insight.lonely")
    (home / "contracts" / "evil.odcs.yaml").symlink_to("/etc/passwd")
    (home / "models" / "a\nb.sql").write_text("select 1")
    base = commit(repository)
    (home / "models" / "a\nb.sql").unlink()
    (home / "contracts" / "evil.odcs.yaml").unlink()
    assert step(plan(repository, base), "insight.lonely").action == "build"


def test_hooks_and_filters_of_the_repository_do_not_run(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither does an external diff that the environment names."""
    mark = repository / "mark"
    tool = repository / "tool.sh"
    tool.write_text(f"#!/bin/sh\ntouch {mark}\n")
    tool.chmod(0o755)
    git(repository, "config", "diff.external", str(tool))
    git(repository, "config", "core.fsmonitor", str(tool))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(tool))
    change_contract(repository, "sales.orders.orders", drop_amount)
    assert step(plan(repository), "sales.orders").action == "refused"
    assert not mark.exists()


def test_without_git_the_error_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreachableError) as caught:
        plan(repository)
    assert caught.value.code == "git-missing"
