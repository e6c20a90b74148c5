"""A walk reaches all that it should, ends, and follows the versions that things were made of."""

from collections.abc import Iterable, Mapping

from meshwright.lineage.mermaid import flowchart
from meshwright.lineage.reading import Link, product_of
from meshwright.lineage.walking import Arrow, Place, Way, walk
from meshwright.model.lineage import AGGREGATION, DIRECT, FILTER, IDENTITY, INDIRECT, UNKNOWN


class MemoryGround:
    """Links by product and version, and those of tools outside."""

    def __init__(
        self,
        products: Mapping[tuple[str, int], Iterable[Link]],
        outside: Iterable[Link] = (),
        read: Mapping[tuple[str, int], Mapping[str, int]] | None = None,
    ) -> None:
        self.products = {key: tuple(links) for key, links in products.items()}
        self.jobs = tuple(outside)
        self.read = read or {}

    def version(self, product: str) -> int | None:
        return max((v for name, v in self.products if name == product), default=None)

    def links(self, product: str, version: int | None) -> tuple[Link, ...]:
        return self.products.get((product, version or 0), ())

    def ports(self, product: str, version: int | None) -> set[str]:
        found = {link.dataset for link in self.links(product, version)}
        return {name for name in found if not name.endswith(".model")}

    def versions_read(self, product: str, version: int | None) -> Mapping[str, int]:
        return self.read.get((product, version or 0), {})

    def readers(self, dataset: str) -> set[str]:
        return {
            product
            for (product, _), links in self.products.items()
            if any(link.source == dataset for link in links)
        }

    def outside(self, dataset: str, *, up: bool) -> list[Link]:
        return [x for x in self.jobs if (x.dataset if up else x.source) == dataset]


def link(target: str, source: str, kind: str = DIRECT, how: str = IDENTITY) -> Link:
    """Return a link; what stands after the last dot (or `#`) is the column."""
    (dataset, column), (origin, origin_column) = _split(target), _split(source)
    return Link(dataset, column, origin, origin_column, kind, how, by=product_of(dataset))


def _split(text: str) -> tuple[str, str]:
    dataset, _, column = text.rpartition("#")
    return dataset, column


def ends(arrows: Iterable[Arrow]) -> set[str]:
    return {f"{a.source.dataset}#{a.link.source_column}" for a in arrows}


CHAIN = {
    ("a.p", 1): [link("a.p.out#x", "files:raw.csv#x"), link("a.p.out#y", "files:raw.csv#y")],
    ("b.p", 1): [
        link("b.p.model#m", "a.p.out#x", DIRECT, AGGREGATION),
        link("b.p.model#*", "a.p.out#y", INDIRECT, FILTER),
        link("b.p.out#z", "b.p.model#m"),
    ],
    ("c.p", 1): [link("c.p.out#z", "b.p.out#z")],
}


def test_up_reaches_the_source_through_products() -> None:
    found = walk(MemoryGround(CHAIN), Place("c.p.out", 1), "z", Way())
    assert ends(found.arrows) == {
        "b.p.out#z", "a.p.out#x", "a.p.out#y", "files:raw.csv#x", "files:raw.csv#y",
    }  # fmt: skip
    direct = {a.link.source_column for a in found.arrows if a.is_direct}
    assert direct == {"z", "x"}, "what only a filter leads to is not direct, nor anything behind it"


def test_down_reaches_every_reader() -> None:
    found = walk(MemoryGround(CHAIN), Place("files:raw.csv"), "", Way(up=False))
    assert {a.link.dataset for a in found.arrows} == {"a.p.out", "b.p.out", "c.p.out"}
    found = walk(MemoryGround(CHAIN), Place("a.p.out", 1), "y", Way(up=False))
    assert [(a.link.dataset, a.link.column) for a in found.arrows] == [
        ("b.p.out", "*"),
        ("c.p.out", "z"),
    ], "a filter decides on the whole port, so on all that is made of it"


def test_depth_ends_a_walk() -> None:
    found = walk(MemoryGround(CHAIN), Place("c.p.out", 1), "z", Way(depth=2))
    assert {a.depth for a in found.arrows} == {1, 2}
    assert not any(a.source.dataset.startswith("files:") for a in found.arrows)


def test_models_are_shown_where_asked_for() -> None:
    ground, start = MemoryGround(CHAIN), Place("b.p.out", 1)
    assert "b.p.model#m" in ends(walk(ground, start, "z", Way(models=True)).arrows)
    assert "b.p.model#m" not in ends(walk(ground, start, "z", Way()).arrows)


def test_direct_leaves_out_what_only_decides_on_rows() -> None:
    found = walk(MemoryGround(CHAIN), Place("c.p.out", 1), "z", Way(direct=True))
    assert ends(found.arrows) == {"b.p.out#z", "a.p.out#x", "files:raw.csv#x"}


def test_a_circle_that_tools_outside_make_ends() -> None:
    outside = [
        link("spark/t#u", "a.p.out#x"),
        link("files:raw.csv#x", "spark/t#u"),
    ]
    ground = MemoryGround(CHAIN, outside)
    up = walk(ground, Place("a.p.out", 1), "x", Way())
    assert ends(up.arrows) == {"files:raw.csv#x", "spark/t#u", "a.p.out#x"}
    assert len(up.arrows) == 3
    down = walk(ground, Place("a.p.out", 1), "x", Way(up=False))
    assert {a.link.dataset for a in down.arrows} >= {"spark/t", "files:raw.csv", "a.p.out"}


def test_an_outside_tool_that_names_no_column_may_have_used_any() -> None:
    ground = MemoryGround(CHAIN, [link("files:raw.csv#", "kafka/topic#")])
    found = walk(ground, Place("a.p.out", 1), "x", Way())
    assert "kafka/topic#" in ends(found.arrows)


def test_a_version_is_followed_to_the_versions_that_it_was_made_of() -> None:
    ground = MemoryGround(
        {
            ("a.p", 1): [link("a.p.out#x", "files:old.csv#x")],
            ("a.p", 2): [link("a.p.out#x", "files:new.csv#x")],
            ("b.p", 1): [link("b.p.out#z", "a.p.out#x")],
        },
        read={("b.p", 1): {"a.p.out": 1}},
    )
    found = walk(ground, Place("b.p.out", 1), "z", Way())
    assert "files:old.csv#x" in ends(found.arrows)
    assert "files:new.csv#x" not in ends(found.arrows)


def test_what_is_unknown_may_be_made_of_every_column() -> None:
    ground = MemoryGround({**CHAIN, ("c.p", 1): [link("c.p.out#z", "a.p.out#", UNKNOWN, "")]})
    found = walk(ground, Place("c.p.out", 1), "z", Way())
    assert ends(found.arrows) == {"a.p.out#", "files:raw.csv#x", "files:raw.csv#y"}


def test_how_many_rows_there_are_is_asked_of_rows_only() -> None:
    ground = MemoryGround({**CHAIN, ("c.p", 1): [link("c.p.out#n", "a.p.out#", INDIRECT, FILTER)]})
    found = walk(ground, Place("c.p.out", 1), "n", Way())
    assert ends(found.arrows) == {"a.p.out#", "files:raw.csv#"}


def test_a_flowchart_names_columns_and_is_safe_to_draw() -> None:
    strange = link('a.p.out#say "hi"', "files:<raw>.csv#x", DIRECT, AGGREGATION)
    found = walk(MemoryGround({("a.p", 1): [strange]}), Place("a.p.out", 1), "", Way())
    text = flowchart(found, {"a.p.out": "port", "files:<raw>.csv": "source"})
    assert text.startswith("flowchart LR\n")
    assert '"say #quot;hi#quot;"' in text
    assert "#lt;raw#gt;" in text
    assert "-->|aggregation|" in text


def test_a_flowchart_of_very_many_columns_shows_data_sets() -> None:
    links = [link(f"a.p.out#c{n}", f"files:raw.csv#c{n}") for n in range(600)]
    found = walk(MemoryGround({("a.p", 1): links}), Place("a.p.out", 1), "", Way())
    text = flowchart(found, {"a.p.out": "port", "files:raw.csv": "source"})
    assert text.count("-->") == 1
    assert '[("files:raw.csv")]' in text
