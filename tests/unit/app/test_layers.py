"""Where things stand in a drawing: right of what they read, and in the same place each time."""

from meshwright.app.catalog.layers import layers_of, tightened, wrapped


def test_what_is_read_stands_left_of_what_reads_it() -> None:
    reads = {"c": ["b", "a"], "b": ["a"], "a": [], "d": []}
    assert layers_of(reads) == [["a", "d"], ["b"], ["c"]]


def test_domains_that_read_each_other_in_a_circle_have_places_too() -> None:
    columns = layers_of({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["c"]})
    assert sorted(name for names in columns for name in names) == ["a", "b", "c", "d"]


def test_a_long_chain_takes_no_recursion() -> None:
    reads = {f"d{n}": [f"d{n + 1}"] for n in range(5000)} | {"d5000": []}
    assert len(layers_of(reads)) == 5001


def test_what_is_read_stands_next_to_its_nearest_reader() -> None:
    reads = {"a": [], "b": ["a"], "c": ["b"], "late": [], "d": ["c", "late"], "alone": []}
    columns = tightened(layers_of(reads), reads)
    assert [sorted(names) for names in columns] == [["a", "alone"], ["b"], ["c", "late"], ["d"]]


def test_what_reads_in_a_circle_stays_where_it_is() -> None:
    reads = {"a": ["c"], "b": ["a"], "c": ["b"], "d": ["a"]}
    columns = tightened(layers_of(reads), reads)
    assert sorted(name for names in columns for name in names) == ["a", "b", "c", "d"]


def test_a_column_that_is_too_high_is_broken_into_several() -> None:
    assert wrapped([["a", "b", "c"], ["d"]], 2) == [["a", "b"], ["c"], ["d"]]
