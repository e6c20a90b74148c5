"""Scores of a real mesh: counted from its files and its ledger, and kept where they changed."""

from pathlib import Path

import pytest

import meshwright
from tests.integration.shop import state, write_shop


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_shop(tmp_path)


def test_scores_count_what_the_mesh_says(root: Path) -> None:
    with meshwright.open(root) as mesh:
        mesh.run()
        mesh.query("select * from sales.orders.orders")
        orders, report = mesh.score("sales.orders", "insight.report")[::-1][:2]
    assert (orders.product, report.product) == ("sales.orders", "insight.report")
    assert orders.scores["used"] == 1  # a product and a person read it
    assert report.scores["used"] == 0
    assert not orders.is_certified
    told = [todo for aspect in orders.aspects for todo in aspect.todo]
    assert "describe 3 columns of orders" in told
    assert "declare the primary key of orders" not in told


def test_a_score_is_recorded_where_it_changed_and_survives_a_rebuild(root: Path) -> None:
    with meshwright.open(root) as mesh:
        mesh.score("sales.orders")
        mesh.run("sales.orders")
        mesh.score("sales.orders")
        mesh.score("sales.orders")
        past = mesh.score_history("sales.orders")
        mesh.ledger_rebuild()
        assert mesh.score_history("sales.orders") == past
        assert not mesh.ledger_verify()["problems"]
    assert len(past) == 2
    assert past[0].scores["observed"] < past[1].scores["observed"]
    with state(root, "SELECT count(*) FROM facts WHERE kind = 'ScoreChanged'") as rows:
        assert rows == [(2,)]


def test_every_product_is_scored_and_its_domain(root: Path) -> None:
    with meshwright.open(root) as mesh:
        scores = mesh.score()
        assert [score.product for score in scores] == sorted(score.product for score in scores)
        assert set(mesh.domain_scores(scores)) == {"sales", "insight"}
