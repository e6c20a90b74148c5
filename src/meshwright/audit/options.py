"""`logicalTypeOptions`: each option of a column, field or item as a check.

NULL meets every option: `required` is what forbids it.
"""

from collections.abc import Callable, Iterator, Mapping

from meshwright.audit.option import Compiled, Option, Unfit
from meshwright.audit.plan import Check, Settled
from meshwright.audit.ranges import RANGE_RULES
from meshwright.audit.shapes import SHAPE_RULES
from meshwright.audit.text_options import TEXT_RULES
from meshwright.audit.values import Value
from meshwright.model.contract import ContractColumn

_RULES: Mapping[str, Callable[[Option], Compiled]] = {**TEXT_RULES, **RANGE_RULES, **SHAPE_RULES}
_SAYS_HOW_ONLY = frozenset(("distanceMetric", "embeddingModel", "embeddingModelVersion"))


def option_checks(column: ContractColumn, value: Value) -> Iterator[Check]:
    """Compile every option of one column, field or item."""
    for name, setting in column.options.items():
        if name in _SAYS_HOW_ONLY or (setting is None and name in _RULES):
            continue
        words, probe = _compiled(Option(column, value, name, setting))
        path = f"{value.path}.{name}"
        yield Check(path, name, probe, value.path, expectation=words, columns=(value.column,))


def _compiled(option: Option) -> Compiled:
    words = f"{option.name} {option.setting}"
    rule = _RULES.get(option.name)
    if rule is None:
        return words, Settled("errored", f"`{option.name}` is no option of ODCS 3.2.0")
    try:
        return rule(option)
    except Unfit as error:
        return words, Settled("errored", str(error))
