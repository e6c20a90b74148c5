"""The demo mesh: real flights of 2013 laid out as real silos, with the files of six domains over them."""

from meshwright.app.demo.replaying import Replay, run_replay
from meshwright.app.demo.telling import Story, run_demo

__all__ = ["Replay", "Story", "run_demo", "run_replay"]
