"""What is meant to run, and running it: selection expressions and a parallel graph runner."""

from meshwright.orchestrate.dag import cycle, levels, reachable, turned
from meshwright.orchestrate.running import Event, Outcome, Stop, run_graph
from meshwright.orchestrate.selection import select

__all__ = [
    "Event",
    "Outcome",
    "Stop",
    "cycle",
    "levels",
    "reachable",
    "run_graph",
    "select",
    "turned",
]
