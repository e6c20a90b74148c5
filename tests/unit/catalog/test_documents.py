"""What is found of a product: what its files say, and what people say where these are silent."""

from collections.abc import Mapping

from meshwright.catalog.documents import COLUMN, PORT, PRODUCT, Document, Place, product_places
from meshwright.catalog.provenance import Value
from meshwright.catalog.spoken import Spoken
from meshwright.model.address import Address
from meshwright.model.contract import Contract, ContractColumn, ContractObject
from meshwright.model.product import OutputPort, Product

AMOUNT = ContractColumn("amount", description="Owed.", tags=("money",))
CONTRACT = Contract(
    "orders", "1.0.0", "active", "v3", (ContractObject("all", (AMOUNT, ContractColumn("id"))),)
)
ORDERS = Product(
    Address.parse("sales.orders"), "orders", "1.0.0", "sales/orders",
    tags=("core",), outputs=(OutputPort("all", CONTRACT),),
)  # fmt: skip
SERVED = {"all": ["id", "amount", "extra"]}


def places(said: Mapping[tuple[str, str], Value]) -> list[Place]:
    return product_places(ORDERS, ("person:ada",), SERVED, Spoken(said))


def documents(said: Mapping[tuple[str, str], Value]) -> dict[str, Document]:
    return {one.address: one for place in places(said) for one in place.documents}


def test_what_a_person_says_is_among_the_words_of_what_they_say_it_of() -> None:
    found = documents({
        ("sales.orders", "description"): "Every Purchase.\nSince 2020.",
        ("sales.orders", "terms"): ("order_to_cash",),
        ("sales.orders.all", "terms"): ("revenue",),
        ("sales.orders.all.id", "description"): "The number.",
        ("sales.orders.all.extra", "tags"): ("odd",),
        ("sales.orders.all.extra", "terms"): ("surplus",),
    })  # fmt: skip
    product, port = found["sales.orders"], found["sales.orders.all"]
    assert product.text == "Every Purchase. Since 2020."
    assert product.description == "every purchase since 2020"
    assert {"order", "cash", "ordertocash"} <= set(product.more.split())
    assert {"revenue", "odd", "surplus"} <= set(port.more.split())
    assert found["sales.orders.all.id"].description == "the number"
    assert found["sales.orders.all.extra"].more == "odd surplus"  # served, and never promised


def test_a_tag_that_a_person_says_is_counted_where_one_of_a_file_would_be() -> None:
    found = places({
        ("sales.orders", "tags"): ("gold",),
        ("sales.orders.all", "tags"): ("silver",),
        ("sales.orders.all.id", "tags"): ("key",),
    })  # fmt: skip
    tags = {
        (place.kind, place.documents[0].address.rpartition(".")[2]): place.tags for place in found
    }
    assert tags == {
        (PRODUCT, "orders"): ("core", "gold"),
        (PORT, "all"): ("core", "gold", "silver"),
        (COLUMN, "amount"): ("core", "gold", "silver", "money"),
        (COLUMN, "id"): ("core", "gold", "silver", "key"),
        (COLUMN, "extra"): ("core", "gold", "silver"),
    }  # fmt: skip


def test_what_files_say_beside_it_stays() -> None:
    found = documents({("sales.orders.all.amount", "description"): "In euros."})
    assert found["sales.orders.all.amount"].description == "in euros owed"
    assert documents({})["sales.orders.all.amount"].description == "owed"
