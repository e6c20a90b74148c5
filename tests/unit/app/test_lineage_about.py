"""The line of SQL that makes a column."""

import pytest

from meshwright.app.lineage_about import excerpt, line_of
from meshwright.model.product import Model

SQL = """\
-- amount as it was
select
  o.id,
  sum(amount) AS "amount",
  case when amount > 3 then 1 end as is_large -- as amount
from orders o
where amount > 0"""


@pytest.mark.parametrize(
    ("column", "line"),
    [("amount", 4), ("is_large", 5), ("id", 3), ("nothing", 0), ("mount", 0), ("a.b", 0)],
)
def test_the_line_that_names_a_column_is_found_and_comments_are_no_sql(
    column: str, line: int
) -> None:
    assert line_of(SQL, column) == line


def test_an_excerpt_is_a_few_lines_around_and_all_of_it_without_a_column() -> None:
    model = Model("m", "models/m.sql", SQL)
    around = excerpt(model, "is_large")
    assert (around.first, around.line, len(around.lines)) == (2, 5, 6)
    assert excerpt(model, "").lines == tuple(SQL.splitlines())
    assert excerpt(model, "nothing").line == 0
