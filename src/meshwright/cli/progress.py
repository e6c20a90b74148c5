"""Live progress on a terminal, a line for each finished product elsewhere, nothing with `--json`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Lock
from time import monotonic

import click

from meshwright.app.events import RunEvent
from meshwright.cli import console

OnEvent = Callable[[RunEvent], None]


@contextmanager
def watch(*, quiet: bool) -> Iterator[OnEvent]:
    """Give a callback for the events of a run."""
    if quiet:
        yield _warn
    elif console.is_terminal():
        with _live() as on_event:
            yield on_event
    else:
        yield _line


@contextmanager
def days(total: int, *, quiet: bool) -> Iterator[Callable[[date], None]]:
    """Give a callback for each day of a replay: a bar on a terminal, a line a month elsewhere."""
    if quiet:
        yield lambda day: None
    elif console.is_terminal():
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Remaining

        from meshwright.cli import tables

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Remaining())
        with Progress(*columns, console=tables.err(), transient=True) as progress:
            task = progress.add_task("2013", total=total)
            yield lambda day: progress.update(task, advance=1, description=day.isoformat())
    else:
        yield _month_line


def _month_line(day: date) -> None:
    if (day + timedelta(days=1)).day == 1:
        click.echo(f"lived through {day:%B}", err=True)


def _warn(event: RunEvent) -> None:
    if event.kind == "warning":
        click.echo(
            f"{console.paint('warning:', 'yellow')} {event.product}: {event.detail}", err=True
        )


def _line(event: RunEvent) -> None:
    _warn(event)
    if event.kind == "finished" and event.status != "up_to_date":
        click.echo(f"{event.status:<10} {event.product}", err=True)


@contextmanager
def _live() -> Iterator[OnEvent]:
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text
    from rich.tree import Tree

    from meshwright.cli import tables

    running: dict[str, tuple[float, str]] = {}
    done: dict[str, int] = {}
    spinner = Spinner("dots")
    lock = Lock()

    class Progress:
        def __rich__(self) -> Tree:
            counts = ", ".join(f"{n} {s.replace('_', ' ')}" for s, n in sorted(done.items()))
            tree = Tree(
                Text(f"building {counts and '· ' + counts}", style="bold"), guide_style="dim"
            )
            with lock:
                for product, (since, detail) in sorted(running.items()):
                    spent = tables.seconds(monotonic() - since)
                    label = Text.assemble(
                        spinner.render(monotonic()),  # type: ignore[arg-type]
                        f" {product} ",
                        (f"{detail} {spent}", "bright_black"),
                    )
                    tree.add(label)
            return tree

    def on_event(event: RunEvent) -> None:
        if event.kind == "warning":
            _warn(event)
            return
        with lock:
            if event.kind == "planned":
                return
            if event.kind == "finished":
                running.pop(event.product, None)
                done[event.status] = done.get(event.status, 0) + 1
            else:
                since = running.get(event.product, (monotonic(), ""))[0]
                running[event.product] = (since, event.detail)

    with Live(Progress(), console=tables.err(), refresh_per_second=8, transient=True):
        yield on_event
