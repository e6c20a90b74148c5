"""One incident for one cause, and who is told of it."""
