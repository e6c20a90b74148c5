"""Arrow Flight SQL: published ports for DataFrame libraries and ADBC, by the governed query."""
