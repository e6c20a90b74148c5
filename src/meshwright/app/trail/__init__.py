"""The trail: who asked, was granted, read what, and why; told from the facts, to whom it concerns."""
