"""What people may not know of is taken out of trees, words and pictures."""

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import SOMETHING
from meshwright.app.incident_pages import ImpactNode
from meshwright.model.principal import PERSON, Principal
from meshwright.serve.web.hiding import seen_text, seen_tree
from meshwright.serve.web.incident_drawing import Cause, incident_picture
from meshwright.serve.web.lineage_steps import steps_of

GUS = Knowing(Principal(PERSON, "gus"), frozenset({"hr.pay", "hr.pay_plan"}))


def test_a_hidden_product_is_nameless_and_what_rests_on_it_stays() -> None:
    tree = (ImpactNode("hr.pay", ("salaries",), (ImpactNode("top.cost", ("cost",)),)),)
    (seen,) = seen_tree(tree, GUS)
    assert (seen.product, seen.ports) == ("", ())
    assert seen.below == tree[0].below


def test_words_lose_hidden_names_with_their_ports_and_nothing_else() -> None:
    said = "`hr.pay.salaries` is late; hr.pay_plan too; hr.payroll and xhr.pay are well"
    assert seen_text(said, GUS) == (
        f"`{SOMETHING}` is late; {SOMETHING} too; hr.payroll and xhr.pay are well"
    )


def test_a_picture_escapes_names_and_shows_hidden_ones_as_something() -> None:
    tree = (ImpactNode("", (), (ImpactNode("top.cost", ("cost",)),)),)
    drawn = incident_picture("<b>&", [Cause('"><script>', "a source", is_suspect=True)], tree)
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert drawn.count("<rect") == 4
    assert SOMETHING[:20] in drawn
    assert incident_picture("a.b", [], ()) == ""


def test_a_list_goes_step_by_step_from_the_start() -> None:
    def node(name: str, depth: int) -> dict[str, object]:
        return {"id": name, "depth": depth}

    def edge(source: str, target: str) -> dict[str, object]:
        return {"source": source, "target": target}

    shape = {
        "nodes": [node("mid", 0), node("far", -2), node("near", -1), node("below", 1)],
        "edges": [
            edge("near", "mid"),
            edge("far", "near"),
            edge("far", "mid"),
            edge("mid", "below"),
        ],
    }
    up = steps_of(shape, is_up=True)
    assert [(one["node"]["id"], one["step"]) for one in up] == [("near", 1), ("far", 2)]
    assert [tie["to"]["id"] for tie in up[1]["ties"]] == ["near", "mid"]
    assert [one["node"]["id"] for one in steps_of(shape, is_up=False)] == ["below"]
