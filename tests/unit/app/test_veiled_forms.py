"""Hidden products are named by paths and by relations too; a text takes no longer for what stands in it."""

from time import process_time

import pytest

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import SOMETHING, Veil
from meshwright.app.catalog.veiled_forms import without_forms
from meshwright.model.principal import Principal

HIDDEN = frozenset({"web.visits", "a__b.c", "x.y_"})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("'/m/.mesh/data/web/visits/visits/b_1.parquet' is bad", "'?' is bad"),
        ("in web//visits, line 3", "in ?, line 3"),
        ("file:///m/domains/web/visits/product.yaml:3", "file:?:3"),
        ("web/visits.yaml", "?"),
        ("reference.web__visits__visits", "reference.?"),
        ("web__visits", "?"),
        ("a__b__c a__b__c__d x__y_ x__y___z", "? ? ? ?"),
        ("a__b__c__d__e__f__g__h__i__j", "?"),
        ("web/visits_2 xweb/visits web/x/visits", "web/visits_2 xweb/visits web/x/visits"),
        ("web__visitsx xweb__visits web_visits", "web__visitsx xweb__visits web_visits"),
        ("1/2 rows of web, __init__", "1/2 rows of web, __init__"),
    ],
)
def test_other_forms_of_a_hidden_name_are_taken_out(said: str, told: str) -> None:
    assert without_forms(said, HIDDEN, "?") == told


def test_a_veil_takes_out_all_forms_and_nothing_where_nothing_is_hidden() -> None:
    said = "web.visits.visits of /data/web/visits/x as web__visits"
    who = Principal("person:gus")
    assert Veil(Knowing(who, HIDDEN)).text(said) == f"{SOMETHING} of {SOMETHING} as {SOMETHING}"
    assert Veil(Knowing(who)).text(said) == said


@pytest.mark.parametrize(
    "part", ["a/", "a/c ", "x", "_", "x__y ", "x_y__", "/", '"a/', "a.", "web/visits/"]
)
def test_the_time_grows_with_the_length_alone(part: str) -> None:
    """A quarter of what is read at once, then all of it: what grows faster takes 16 times as long, not 4."""
    veil = Veil(Knowing(Principal("person:gus"), HIDDEN))

    def taken(length: int) -> float:
        text = (part * length)[:length]
        began = process_time()
        veil.text(text)
        return process_time() - began

    short = min(taken(1 << 17) for _ in range(2))
    assert taken(1 << 19) < 10 * short + 0.05
