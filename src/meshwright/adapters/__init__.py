"""Built-in adapters, found by entry points like a stranger's."""
