"""Builds that a server has made, each run in a process of its own."""
