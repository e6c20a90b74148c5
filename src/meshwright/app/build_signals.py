"""What a build that was not published says of its product: never a value of the data."""

from collections.abc import Mapping
from dataclasses import replace

from meshwright.app.judge import Judged
from meshwright.model.address import Address
from meshwright.model.check import CheckOutcome
from meshwright.model.counted import counted
from meshwright.model.signal import BUILD, CHECK, Signal


def failure(product: Address, code: str, as_of: str, build: str) -> Signal:
    """Return the signal of an error, told by its code alone: its message may quote data."""
    return Signal(
        BUILD,
        product,
        f"the build of `{product}` was stopped by an error: {code}",
        severity="high",
        metric=code,
        business_date=as_of[:10],
        build=build,
    )


def refusals(
    product: Address, judged: Mapping[str, Judged], as_of: str, build: str
) -> list[Signal]:
    """Return a signal for each check that keeps a build from being published."""
    return [
        Signal(
            CHECK,
            replace(product, port=name, column=outcome.column),
            _refusal(name, outcome),
            severity="high",
            metric=outcome.id,
            business_date=as_of[:10],
            build=build,
        )
        for name, one in judged.items()
        for outcome in one.verdict.outcomes
        if outcome.rejects
    ]


def _refusal(port: str, outcome: CheckOutcome) -> str:
    """Say what a check found, in numbers alone."""
    said = f"`{port}` fails `{outcome.id}`"
    if outcome.status == "errored":
        return f"{said}: the check could not run"
    if outcome.failed_rows is None:
        return f"{said} ({outcome.expectation})" if outcome.expectation else said
    failed, total = outcome.failed_rows, outcome.total_rows
    if total is None:
        return f"{said} in {counted(failed, 'row')}"
    return f"{said} in {failed:,} of {counted(total, 'row')}"
