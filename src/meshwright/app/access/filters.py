"""Whether a row filter may be part of a grant.

A grant is a fact, and no fact holds a value of personal data: a filter may compare a classified column with
another one, and not with a literal.
"""

import re

from meshwright.app.access.ground import marks_of
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.publish.reading import PinnedPort
from meshwright.spi.state_store import Reader

LONGEST = 2000
_TEXT = re.compile(r"'(?:[^']|'')*'")
_LITERAL = re.compile(r"'|\$|(?<![\w\"])\d")
_NAME = re.compile(r'"((?:[^"]|"")+)"|([^\W\d]\w*)')


def require_filter(wiring: Wiring, reader: Reader, port: PinnedPort, condition: str) -> None:
    """Raise `ModelError` where it is not one condition over the port's columns.

    `UsageError`: `filter-too-long`, `filter-names-values`.
    """
    if not condition:
        return
    if len(condition) > LONGEST:
        raise UsageError(
            "filter-too-long",
            f"the filter has {len(condition)} characters",
            hint=f"at most {LONGEST}",
        )
    wiring.pool.check_filter(condition, port.columns)
    if not _LITERAL.search(condition):
        return
    named = {(quoted or plain).lower() for quoted, plain in _NAME.findall(_TEXT.sub("", condition))}
    classified = marks_of(wiring, reader, port).classified
    hit = sorted(name for name in classified if name.lower() in named)
    if hit:
        raise UsageError(
            "filter-names-values",
            f"a grant is kept for ever, and its filter would keep values of `{hit[0]}`",
            hint="filter by a column that is not classified, or in policies/access.yaml",
        )
