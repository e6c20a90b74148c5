"""Changes of descriptors that people propose: a branch or a patch, until an owner acts."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import meshwright
from meshwright.app.identity.users import add_user
from meshwright.app.mesh import Mesh
from meshwright.app.proposals.ending import apply
from meshwright.app.proposals.kept import ProposedFile
from meshwright.app.proposals.proposing import propose_files
from meshwright.documents.yaml_text import parse
from meshwright.errors import DeniedError, MeshwrightError, RefusedError, UsageError
from meshwright.model.address import Address
from tests.e2e.shell import mesh as typed
from tests.integration.repository import begin, commit, git
from tests.meshes import home_of

OWNER, GUS = "person:sales@example.com", "person:gus"
ORDERS, AMOUNT = "sales.orders", "sales.orders.orders.amount"
HOSTILE = (
    "two\nlines",
    "a: b # c",
    "quotes ' and \"",
    "- a list\n- no, a text",
    "&anchor *alias !tag",
    "{flow: [a, b]}",
    "| block",
    "%YAML 1.2\n---\nname: taken",
    "true",
    "1e3",
    "2013-01-01",
    "ünïcödé \U0001f9ed 数",
    "trailing: ",
    "back\\slash \\n",
    "@at `tick`",
    "x" * 3000,
    "a\ttab",
    "null",
    "  indented\n    more",
    "#",
    "?",
    "<<: *all",
)


@pytest.fixture
def plain(shop: Path) -> Iterator[Mesh]:
    """The shop in no repository."""
    with meshwright.open(shop) as found:
        add_user(found.wiring, OWNER)
        add_user(found.wiring, GUS, title="Gus <gus> Grant")
        yield found


@pytest.fixture
def kept(plain: Mesh, shop: Path) -> Mesh:
    """The shop in a git repository."""
    begin(shop)
    return plain


def contract(folder: Path) -> Path:
    return home_of(folder, ORDERS) / "contracts" / "orders.odcs.yaml"


def test_a_proposal_is_a_commit_of_who_made_it_on_a_branch_of_its_own(
    kept: Mesh, shop: Path
) -> None:
    text, head = contract(shop).read_text(), git(shop, "rev-parse", "HEAD")
    made = kept.as_principal(GUS).catalog.propose(AMOUNT, "description", "Owed.", reason="asked")
    assert git(shop, "status", "--porcelain") == ""
    assert contract(shop).read_text() == text
    assert git(shop, "rev-parse", "HEAD") == head
    assert git(shop, "symbolic-ref", "--short", "HEAD") == "main"
    told = git(shop, "log", "-1", "--format=%an|%ae|%s|%b|%P", made.branch)
    assert told == f"Gus gus Grant|gus|Change the description of {AMOUNT}|asked\n|{head}"
    assert git(shop, "diff", "--stat", "HEAD", made.branch).endswith(
        "1 file changed, 1 insertion(+)"
    )
    assert [line for line in made.patch.splitlines() if line[:1] in "+-"][2:] == [
        "+    description: Owed."
    ]


def test_what_is_staged_or_changed_in_the_working_tree_is_left_alone(
    kept: Mesh, shop: Path
) -> None:
    other = home_of(shop, "sales.customers") / "product.odps.yaml"
    other.write_text(other.read_text() + "tags: [a]\n")
    git(shop, "add", "-A")
    contract(shop).write_text(contract(shop).read_text() + "tags: [mine]\n")
    kept.wiring.look_again()
    before = git(shop, "status", "--porcelain")
    made = kept.catalog.propose(AMOUNT, "description", "Owed.")
    assert git(shop, "status", "--porcelain") == before
    assert "mine" not in git(
        shop, "show", f"{made.branch}:domains/sales/orders/contracts/orders.odcs.yaml"
    )
    assert git(shop, "diff", "--name-only", "HEAD", made.branch).split() == [
        "domains/sales/orders/contracts/orders.odcs.yaml"
    ]
    with pytest.raises(RefusedError) as refused:
        kept.catalog.apply(made.proposal)
    assert refused.value.code == "files-changed"
    assert "mine" in contract(shop).read_text()
    assert "Owed" not in contract(shop).read_text()


@pytest.mark.parametrize("how", ["merge", "squash"])
def test_a_proposal_is_merged_once_what_is_checked_out_holds_it(
    kept: Mesh, shop: Path, how: str
) -> None:
    made = kept.catalog.propose(AMOUNT, "description", "Owed.")
    assert [one.state for one in kept.catalog.proposals()] == ["open"]
    commit(shop, "something else")
    git(shop, "merge", "-q", *(["--squash"] if how == "squash" else ["--no-edit"]), made.branch)
    if how == "squash":
        assert [one.state for one in kept.catalog.proposals()] == ["open"], "it is not committed"
        git(shop, "commit", "-q", "-m", "taken")
    assert kept.catalog.proposals() == ()
    assert [one.state for one in kept.catalog.proposals(ended=True)] == ["merged"]
    kept.wiring.look_again()
    assert kept.catalog.field(AMOUNT, "description").value == "Owed."
    with pytest.raises(RefusedError) as refused:
        kept.catalog.withdraw(made.proposal)
    assert refused.value.code == "proposal-ended"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_description_is_one_value_whatever_stands_in_it(
    plain: Mesh, shop: Path, text: str
) -> None:
    before = parse("c", contract(shop).read_bytes()).raw
    made = plain.catalog.propose(AMOUNT, "description", text)
    plain.catalog.apply(made.proposal)
    after = parse("c", contract(shop).read_bytes()).raw
    assert isinstance(after, dict)
    column = after["schema"][0]["properties"][2]  # type: ignore[index,call-overload]
    assert column.pop("description") == text.strip()  # type: ignore[union-attr]
    assert after == before, "nothing else changed"
    assert plain.catalog.field(AMOUNT, "description").value == text.strip()


def test_only_the_lines_change_that_must(plain: Mesh, shop: Path) -> None:
    file = home_of(shop, ORDERS) / "product.odps.yaml"
    text = (
        file.read_text()
        + "# kept: why\ntags: [a,   b]   # as it was\ndescription: {usage: 'Join.'}\n"
    )
    file.write_bytes(text.replace("\n", "\r\n").encode())
    plain.wiring.look_again()
    made = plain.catalog.propose(ORDERS, "description", "Every order.")
    plain.catalog.apply(made.proposal)
    assert file.read_bytes().decode() == text.replace("'Join.'", "'Every order.'").replace(
        "\n", "\r\n"
    )


def test_without_a_repository_a_proposal_is_a_patch_that_git_takes(plain: Mesh, shop: Path) -> None:
    made = plain.catalog.propose(ORDERS, "description", "Every order: once.")
    assert (made.branch, made.commit) == ("", "")
    done = subprocess.run(
        ["git", "apply", "--check", "-"], cwd=shop, input=made.patch.encode(), capture_output=True
    )
    assert done.returncode == 0, done.stderr
    (shop / "domains/sales/orders/product.odps.yaml").write_text(made.files[0].after)
    assert [one.state for one in plain.catalog.proposals(ended=True)] == ["merged"]


def test_an_owner_alone_applies_and_who_proposed_withdraws(plain: Mesh, shop: Path) -> None:
    gus, owner = plain.as_principal(GUS).catalog, plain.as_principal(OWNER).catalog
    made = gus.propose(AMOUNT, "tags", ["money"])
    with pytest.raises(DeniedError) as denied:
        gus.apply(made.proposal)
    assert denied.value.code == "not-an-owner"
    foreign = owner.propose("insight.report", "tags", ["x"])
    with pytest.raises(DeniedError):
        gus.withdraw(foreign.proposal)
    assert owner.apply(made.proposal).state == "applied"
    assert gus.field(AMOUNT, "tags").texts == ("money",)
    assert contract(shop).read_text().count("tags: [money]") == 1
    other = gus.propose(AMOUNT, "tags", [])
    assert gus.withdraw(other.proposal, note="no").state == "withdrawn"
    with pytest.raises(RefusedError):
        owner.apply(other.proposal)


def test_a_file_that_somebody_changed_meanwhile_is_not_written_over(
    plain: Mesh, shop: Path
) -> None:
    first = plain.catalog.propose(AMOUNT, "description", "One.")
    second = plain.catalog.propose(AMOUNT, "description", "Two.")
    plain.catalog.apply(first.proposal)
    with pytest.raises(RefusedError) as refused:
        plain.catalog.apply(second.proposal)
    assert refused.value.code == "files-changed"
    assert plain.catalog.field(AMOUNT, "description").value == "One."


def test_of_two_who_apply_at_once_one_writes(plain: Mesh, shop: Path) -> None:
    made = [plain.catalog.propose(AMOUNT, "description", f"Text {n}.").proposal for n in range(4)]

    def attempt(name: str) -> str:
        try:
            return apply(plain.wiring, name).state
        except MeshwrightError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        ended = sorted(pool.map(attempt, made))
    assert ended == ["applied", "files-changed", "files-changed", "files-changed"]


def test_a_proposal_says_what_it_would_change_in_promises_and_whom_it_hits(plain: Mesh) -> None:
    made = plain.catalog.propose(AMOUNT, "description", "Owed.")
    _, judged = plain.catalog.proposal(made.proposal)
    (change,) = judged.changes
    assert (change.port, change.level, change.refusal) == ("orders", "patch", "")
    assert not judged.is_broken


def test_files_that_would_have_errors_are_not_proposed(plain: Mesh, shop: Path) -> None:
    path = contract(shop).relative_to(shop).as_posix()
    before = contract(shop).read_text()
    wrong = ProposedFile(path, before.replace("kind: DataContract", "kind: Nothing"), before)
    with pytest.raises(RefusedError) as refused:
        propose_files(plain.wiring, Address.parse(ORDERS), "wrong", [wrong])
    assert refused.value.code == "change-wrong"
    assert plain.catalog.proposals() == ()
    folder = shop / ".mesh" / "proposals"
    assert not folder.exists() or not list(folder.iterdir()), "nothing of it is kept"


@pytest.mark.parametrize(
    "path", ["../outside.yaml", "/etc/passwd", "domains/../../x.yaml", ".git/config"]
)
def test_no_proposal_leaves_the_mesh(kept: Mesh, shop: Path, path: str) -> None:
    from meshwright.app.proposals.branches import repository_around

    repository = repository_around(shop, shop)
    assert repository is not None
    with pytest.raises(UsageError) as refused:
        propose_files(
            kept.wiring, Address.parse(ORDERS), "x", [ProposedFile(path, "x: 1\n")], repository=repository
        )  # fmt: skip
    assert refused.value.code == "path-outside"
    assert git(shop, "branch", "--format=%(refname:short)") == "main"


def test_a_descriptor_that_lies_elsewhere_is_not_edited_through_a_link(
    plain: Mesh, shop: Path
) -> None:
    elsewhere = shop.parent / "elsewhere.yaml"
    contract(shop).rename(elsewhere)
    contract(shop).symlink_to(elsewhere)
    plain.wiring.look_again()
    before = elsewhere.read_text()
    with pytest.raises(RefusedError) as refused:
        plain.catalog.propose(AMOUNT, "description", "x")
    assert refused.value.code == "path-outside"
    assert elsewhere.read_text() == before


def test_a_column_that_no_contract_describes_has_no_place_for_a_change(plain: Mesh) -> None:
    with pytest.raises(RefusedError) as refused:
        plain.catalog.propose("insight.report.names.name", "description", "x")
    assert refused.value.code == "field-unplaced"
    with pytest.raises(RefusedError) as same:
        plain.catalog.propose(AMOUNT, "tags", [])
    assert same.value.code == "field-same"


def test_a_file_that_is_not_committed_yet_is_proposed_as_a_patch(kept: Mesh, shop: Path) -> None:
    file = home_of(shop, "sales.customers") / "product.odps.yaml"
    git(shop, "rm", "-q", "--cached", str(file))
    git(shop, "commit", "-q", "-m", "not this one")
    made = kept.catalog.propose("sales.customers", "description", "Who bought.")
    assert made.branch == ""
    assert made.patch


def test_proposals_are_rebuilt_from_the_ledger(plain: Mesh) -> None:
    plain.catalog.withdraw(plain.catalog.propose(AMOUNT, "tags", ["a"]).proposal)
    plain.catalog.propose(AMOUNT, "tags", ["b"])
    before = plain.catalog.proposals(ended=True)
    plain.ledger_rebuild()
    assert plain.catalog.proposals(ended=True) == before


def test_the_commands_say_what_happens_and_speak_json(shop: Path) -> None:
    begin(shop)
    made = json.loads(typed(shop, "propose", AMOUNT, "--description", "Owed: a lot", "--json").out)
    assert made["state"] == "open"
    assert 'description: "Owed: a lot"' in made["patch"]
    listed = json.loads(typed(shop, "proposals", "--json").out)
    assert [one["proposal"] for one in listed["proposals"]] == ["proposal-1"]
    patch = typed(shop, "proposals", "show", "1", "--patch").out
    assert patch == made["patch"]
    shown = json.loads(typed(shop, "proposals", "show", "1", "--json").out)
    assert shown["changes"][0]["level"] == "patch"
    assert typed(shop, "proposals", "apply", "1").code == 0
    assert "Owed: a lot" in contract(shop).read_text()
    both = typed(shop, "propose", AMOUNT, "--description", "x", "--tags", "y")
    assert both.code == 2
    assert "one field" in both.err
    assert typed(shop, "proposals", "withdraw", "1").code == 1
    assert typed(shop, "proposals").out.startswith("nothing is proposed")
