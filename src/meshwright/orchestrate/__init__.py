"""What is meant to run, and running it: selection expressions and a parallel graph runner.

Import from its modules: a command that runs nothing must not pay for threads.
"""
