"""`mesh observe`: the loop that runs what is due, notices what is late and tells people."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

import click

from meshwright.app.events import RunEvent
from meshwright.cli import console
from meshwright.errors import UsageError
from meshwright.model.counted import counted

if TYPE_CHECKING:
    from meshwright.app.observe import Cycle

EXIT_PROBLEMS = 3
UNITS = {"s": 1, "m": 60, "h": 3600}


@click.command(
    epilog="""\b
Examples:
  mesh observe                 every minute, until it is stopped
  mesh observe --once --json   one round, for cron or CI
  mesh observe --every 15m"""
)
@click.option("--once", is_flag=True, help="One round, then end.")
@click.option(
    "--every", default="60s", show_default=True, metavar="TIME", help="Between rounds: 30s, 5m, 1h."
)
@click.option("--json", "as_json", is_flag=True, help="JSON: a line for each round with news.")
@click.pass_context
@console.exits
def command(ctx: click.Context, once: bool, every: str, as_json: bool) -> int:
    """Run products whose schedule is due, notice what is late, tell whoever is to be told.

    One loop runs a mesh; a second one says who holds it. Ctrl-C and SIGTERM stop it cleanly.
    """
    from meshwright.app.observe import observe, observe_once

    pause = _pause(every)
    wiring = console.open_mesh(ctx).wiring
    if once:
        cycle = observe_once(wiring, _narrate)
        _show(cycle, as_json, is_alone=True)
        return _exit_code(cycle)
    stop = Event()
    with _stopped_by_signals(stop):
        if not as_json:
            console.say(f"observing every {every}; Ctrl-C stops")
        with suppress(KeyboardInterrupt):  # what ran is recorded; the next run cleans up after it
            observe(wiring, pause, stop, lambda cycle: _show(cycle, as_json), _narrate)
    if not as_json:
        console.say("stopped")
    return 0


def _pause(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if unit in UNITS and number.isdecimal() and 0 < int(number) * UNITS[unit] <= 7 * 86400:
        return timedelta(seconds=int(number) * UNITS[unit])
    raise UsageError(
        "duration-invalid",
        f"`{text}` is no time between rounds",
        hint="for example --every 60s or 5m",
    )


@contextmanager
def _stopped_by_signals(stop: Event) -> Iterator[None]:
    """Let both signals end the pause, and interrupt what runs."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _narrate(event: RunEvent) -> None:
    if event.kind == "warning":
        console.say(f"{console.paint('warning:', 'yellow')} {console.clean(event.product)}: "
                    f"{console.clean(event.detail)}")  # fmt: skip
    elif event.kind == "due":
        console.say(f"due        {event.product} {event.detail}")


def _exit_code(cycle: "Cycle") -> int:
    from meshwright.cli.commands.run import exit_code

    if cycle.problems:
        return max(problem.exit_code for problem in cycle.problems)
    code = exit_code(cycle.builds)
    has_failed = any(told.status == "failed" for told in cycle.told)
    return code or (EXIT_PROBLEMS if has_failed else 0)


def _show(cycle: "Cycle", as_json: bool, *, is_alone: bool = False) -> None:
    from meshwright.app.observe_shapes import cycle_shape

    for problem in cycle.problems:
        console.say(
            f"{console.paint('error:', 'red', bold=True)} {console.clean(str(problem))} [{problem.code}]"
        )
        if problem.hint:
            console.say(f"  {console.paint('next:', 'cyan')} {console.clean(problem.hint)}")
    if as_json:
        shape = cycle_shape(cycle)
        if is_alone:
            console.put_json(shape)
        elif cycle.is_eventful:
            click.echo(json.dumps(shape, default=str, ensure_ascii=False))
        return
    for line in _lines(cycle):
        click.echo(console.clean(line))
    if is_alone and not cycle.is_eventful:
        click.echo("nothing was due, nothing is new")


def _lines(cycle: "Cycle") -> Iterator[str]:
    from meshwright.app.observe_shapes import access_line, fact_line

    at = f"{cycle.at:%H:%M:%S}"
    for build in cycle.builds:
        yield f"{at} {build.status:<9} {build.product}"
    for fact in cycle.facts:
        yield f"{at} {fact_line(fact)}"
    for judged in cycle.rules:
        about = judged.product or "the mesh"
        yield f"{at} rules     {about}: {counted(len(judged.violations), 'violation')}"
    for fact in cycle.access:
        yield f"{at} {access_line(fact)}"
    for told in cycle.told:
        if told.status == "sent":
            yield f"{at} told      {told.notifier}: {told.title}"
        else:
            end = "given up" if told.is_given_up else f"attempt {told.attempts}, tried again"
            yield f"{at} not told  {told.notifier}: {told.message} ({end})"
