"""Models: what their SQL reads, fingerprints, statements to run, intervals, and model tests.

Import from its modules: a command that changes nothing must not pay for what only a build needs.
"""
