"""Speak to a mesh that a server serves, with the verbs of a local one."""
