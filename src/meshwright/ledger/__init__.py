"""The one append-only, hash-chained log of facts, and the tables that are projected from it."""
