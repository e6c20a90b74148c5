"""The links to every part of a mesh, as each page has them."""

import pytest

from meshwright.serve.web.rendering import navigation


@pytest.mark.parametrize(
    ("here", "marked"), [("/", "/"), ("/products", "/products"), ("/products/a.b", "/products")]
)
def test_the_part_that_a_page_is_of_is_marked(here: str, marked: str):
    assert f'<a href="{marked}" aria-current="page">' in navigation(here, "m")
    assert navigation(here, "m").count("aria-current") == 1


def test_a_page_of_no_part_marks_none():
    for here in ("/you", "/productsx"):
        assert "aria-current" not in navigation(here, "m")


def test_a_program_that_asks_for_no_path_is_answered():
    assert "/products" in navigation("", "m")


def test_the_name_of_a_mesh_is_text():
    assert "<b>" not in navigation("/", "<b>")
    assert "&lt;b&gt;" in navigation("/", "<b>")
