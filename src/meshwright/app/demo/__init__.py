"""The demo mesh: real flights of 2013 laid out as real silos, with the files of six domains over them."""

from meshwright.app.demo.telling import Story, run_demo

__all__ = ["Story", "run_demo"]
