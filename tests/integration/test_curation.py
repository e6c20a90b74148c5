"""What people say of products: questions, announcements, fields; and what stays hidden from whom."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import meshwright
from meshwright.app.catalog import known
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.identity.users import add_user
from meshwright.app.mesh import Mesh
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, RefusedError, UsageError
from meshwright.model.principal import Principal
from tests.integration.shop import build
from tests.meshes import home_of

OWNER, ADA, GUS = "person:sales@example.com", "person:ada", "person:gus"
ORDERS, AMOUNT = "sales.orders", "sales.orders.orders.amount"
HIDDEN = "insight.lonely"
GLOSSARY = "terms:\n  - name: amount\n    definition: What is owed.\n"


@pytest.fixture
def mesh(shop: Path) -> Iterator[Mesh]:
    """The shop, with an owner of sales and two others whom it knows."""
    (shop / "glossary.yaml").write_text(GLOSSARY)
    with meshwright.open(shop) as found:
        for name in (OWNER, ADA, GUS):
            add_user(found.wiring, name)
        yield found


def hide(monkeypatch: pytest.MonkeyPatch, product: str, *, sees: str) -> None:
    """Let nobody but one know of a product."""

    def knowing(wiring: Wiring, principal: Principal) -> Knowing:
        is_seen = principal.name == sees or principal.owns_mesh
        return Knowing(principal, frozenset() if is_seen else frozenset((product,)))

    monkeypatch.setattr(known, "knowing_of", knowing)


def test_a_question_is_asked_answered_settled_and_closed_each_by_whom_it_is_for(mesh: Mesh) -> None:
    ada, gus, owner = (mesh.as_principal(name).catalog for name in (ADA, GUS, OWNER))
    asked = ada.ask(AMOUNT, "  In which currency?\r\nAnd with tax?  ")
    assert (asked.state, asked.by, asked.address) == ("open", ADA, AMOUNT)
    assert asked.text == "In which currency?\nAnd with tax?"
    answered = gus.answer(asked.question, "In euros.")
    assert (answered.state, [one.by for one in answered.answers]) == ("answered", [GUS])
    second = owner.answer("1", "In euros, with tax.").answers[-1]
    with pytest.raises(DeniedError) as denied:
        gus.accept(asked.question, second.answer)
    assert denied.value.code == "not-an-owner"
    settled = ada.accept(asked.question, second.answer)
    assert settled.state == "settled"
    assert [one.is_accepted for one in settled.answers] == [True, False]
    with pytest.raises(DeniedError):
        ada.close(asked.question)
    assert owner.close(asked.question, "it is in the contract").state == "closed"
    with pytest.raises(RefusedError) as refused:
        gus.answer(asked.question, "too late")
    assert refused.value.code == "question-closed"
    assert ada.questions(ORDERS) == ()
    assert [one.note for one in ada.questions(ORDERS, closed=True)] == ["it is in the contract"]


def test_questions_on_a_column_are_among_those_on_its_product_and_not_on_another(
    mesh: Mesh,
) -> None:
    mesh.catalog.ask(AMOUNT, "one")
    mesh.catalog.ask("sales.orders", "two")
    mesh.catalog.ask("sales.customers", "three")
    assert [one.text for one in mesh.catalog.questions("sales.orders")] == ["two", "one"]
    assert [one.text for one in mesh.catalog.questions("sales.orders.orders")] == ["one"]
    assert len(mesh.catalog.questions()) == 3


@pytest.mark.parametrize(
    ("address", "text", "code"),
    [
        ("sales.nothing", "why?", "product-unknown"),
        ("sales.orders.nothing", "why?", "port-unknown"),
        ("sales.orders.orders.nothing", "why?", "column-unknown"),
        ("sales", "why?", "address-invalid"),
        (ORDERS, "  \n ", "text-missing"),
        (ORDERS, "x" * 4001, "text-too-long"),
        (ORDERS, "a\x00b", "text-invalid"),
        (ORDERS, "turned \u202e round", "text-invalid"),
    ],
)
def test_a_question_that_makes_no_sense_is_not_kept(
    mesh: Mesh, address: str, text: str, code: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        mesh.as_principal(GUS).catalog.ask(address, text)
    assert wrong.value.code == code
    assert mesh.catalog.questions() == ()


def test_owners_announce_until_the_end_of_a_day(mesh: Mesh) -> None:
    owner = mesh.as_principal(OWNER).catalog
    with pytest.raises(DeniedError):
        mesh.as_principal(GUS).catalog.announce(ORDERS, "hello")
    today = datetime.now(UTC).date()
    told = owner.announce(ORDERS, "It moves.", until=today.isoformat())
    owner.announce(ORDERS, "It stays.")
    assert [one.text for one in mesh.catalog.announcements(ORDERS)] == ["It stays.", "It moves."]
    for until in ("soon", (today - timedelta(days=2)).isoformat()):
        with pytest.raises(UsageError) as wrong:
            owner.announce(ORDERS, "x", until=until)
        assert wrong.value.code == "day-invalid"
    mesh.wiring.now = lambda: datetime.now(UTC) + timedelta(days=2)
    assert [one.text for one in mesh.catalog.announcements(ORDERS)] == ["It stays."]
    assert owner.recall(told.announcement).is_over
    with pytest.raises(DeniedError):
        mesh.as_principal(GUS).catalog.recall("announcement-2")
    assert owner.recall("announcement-2").is_over
    assert mesh.catalog.announcements() == ()
    assert len(mesh.catalog.announcements(over=True)) == 2


def test_what_a_person_says_outlives_runs_and_gives_way_to_the_descriptor(
    mesh: Mesh, shop: Path
) -> None:
    owner = mesh.as_principal(OWNER).catalog
    assert owner.field(AMOUNT, "terms").source == "inferred"
    said = owner.say(AMOUNT, "description", "What is owed, in euros.")
    assert (said.source, said.value, said.shown and said.shown.by) == (
        "person",
        "What is owed, in euros.",
        OWNER,
    )
    owner.say(AMOUNT, "tags", "money, euro, money")
    mesh.run("sales.orders", force=True)
    mesh.classify("sales.orders")
    assert mesh.catalog.field(AMOUNT, "description").value == "What is owed, in euros."
    assert mesh.catalog.field(AMOUNT, "tags").texts == ("money", "euro")
    file = home_of(shop, ORDERS) / "contracts" / "orders.odcs.yaml"
    before = file.read_text()
    file.write_text(before.replace("name: amount\n", "name: amount\n    description: Owed.\n", 1))
    mesh.wiring.look_again()
    held = mesh.catalog.field(AMOUNT, "description")
    assert (held.source, held.value) == ("descriptor", "Owed.")
    assert held.superseded is not None
    assert held.superseded.value == "What is owed, in euros."
    assert held.shown is not None
    assert f"{held.shown.file}:{held.shown.line}".startswith(
        "domains/sales/orders/contracts/orders"
    )
    assert file.read_text().splitlines()[held.shown.line - 1].strip() == "description: Owed."
    with pytest.raises(RefusedError) as refused:
        owner.say(AMOUNT, "description", "mine")
    assert refused.value.code == "field-held"
    file.write_text(before)
    mesh.wiring.look_again()
    assert mesh.catalog.field(AMOUNT, "description").source == "person"


def test_who_does_not_own_a_product_says_nothing_of_its_fields(mesh: Mesh) -> None:
    with pytest.raises(DeniedError):
        mesh.as_principal(GUS).catalog.say(AMOUNT, "description", "mine")
    assert mesh.catalog.field(AMOUNT, "description").source == ""


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "x", "field-unknown"),
        ("terms", "nothing", "term-unknown"),
        ("tags", ",".join(f"t{n}" for n in range(41)), "text-too-long"),
        ("tags", "x" * 81, "text-too-long"),
        ("description", "a\x07", "text-invalid"),
    ],
)
def test_a_field_takes_what_it_can_hold(mesh: Mesh, field: str, value: str, code: str) -> None:
    with pytest.raises(UsageError) as wrong:
        mesh.catalog.say(AMOUNT, field, value)
    assert wrong.value.code == code


def test_what_was_said_is_taken_back_by_saying_nothing(mesh: Mesh) -> None:
    mesh.catalog.say(AMOUNT, "tags", ["money"])
    assert mesh.catalog.say(AMOUNT, "tags", []).source == ""


def test_a_description_is_inferred_from_the_column_whose_values_it_holds(
    mesh: Mesh, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home_of(shop, "sales.customers") / "contracts" / "customers.odcs.yaml"
    file.write_text(
        file.read_text().replace("name: name\n", "name: name\n    description: Called so.\n")
    )
    mesh.wiring.look_again()
    names = "insight.report.names.name"
    found = mesh.catalog.field(names, "description")
    assert (found.source, found.value) == ("inferred", "Called so.")
    hide(monkeypatch, "sales.customers", sees=ADA)
    assert mesh.as_principal(ADA).catalog.field(names, "description").source == "inferred"
    assert mesh.as_principal(GUS).catalog.field(names, "description").source == ""


def test_a_hidden_product_is_told_like_one_that_there_is_not(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = mesh.catalog.ask(HIDDEN, "why?")
    told = mesh.catalog.announce(HIDDEN, "It moves.")
    made = mesh.catalog.propose(HIDDEN, "description", "Lonely.")
    hide(monkeypatch, HIDDEN, sees=ADA)
    gus = mesh.as_principal(GUS).catalog
    for do, code in (
        (lambda: gus.ask(HIDDEN, "why?"), "product-unknown"),
        (lambda: gus.announce(HIDDEN, "x"), "product-unknown"),
        (lambda: gus.say(HIDDEN, "tags", "x"), "product-unknown"),
        (lambda: gus.fields(HIDDEN), "product-unknown"),
        (lambda: gus.propose(HIDDEN, "tags", "x"), "product-unknown"),
        (lambda: gus.questions(HIDDEN), "product-unknown"),
        (lambda: gus.announcements(HIDDEN), "product-unknown"),
        (lambda: gus.answer(asked.question, "x"), "question-unknown"),
        (lambda: gus.close(asked.question), "question-unknown"),
        (lambda: gus.recall(told.announcement), "announcement-unknown"),
        (lambda: gus.proposal(made.proposal), "proposal-unknown"),
        (lambda: gus.withdraw(made.proposal), "proposal-unknown"),
        (lambda: gus.apply(made.proposal), "proposal-unknown"),
    ):
        with pytest.raises(UsageError) as wrong:
            do()
        assert wrong.value.code == code
        assert "lonely" not in wrong.value.hint
    assert (gus.questions(), gus.announcements(), gus.proposals()) == ((), (), ())
    assert len(mesh.as_principal(ADA).catalog.questions()) == 1


def test_what_was_said_follows_a_rename(mesh: Mesh, shop: Path) -> None:
    mesh.catalog.ask(AMOUNT, "why?")
    mesh.catalog.say(AMOUNT, "tags", ["money"])
    mesh.catalog.announce(ORDERS, "It moves.")
    old, new = home_of(shop, ORDERS), home_of(shop, "sales.purchases")
    old.rename(new)
    file = new / "product.odps.yaml"
    text = file.read_text().replace("name: orders\ndomain", "name: purchases\ndomain", 1)
    file.write_text(f"{text}customProperties:\n- property: formerly\n  value: {ORDERS}\n")
    mesh.close()
    assert build(shop, "sales.purchases")["sales.purchases"].status in ("published", "up_to_date")
    with meshwright.open(shop) as renamed:
        desk = renamed.catalog
        assert [one.address for one in desk.questions("sales.purchases")] == [
            "sales.purchases.orders.amount"
        ]
        assert desk.field("sales.purchases.orders.amount", "tags").texts == ("money",)
        assert len(desk.announcements("sales.purchases")) == 1
        renamed.ledger_rebuild()
        assert desk.field("sales.purchases.orders.amount", "tags").texts == ("money",)
