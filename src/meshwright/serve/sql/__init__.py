"""The SQL endpoint: PostgreSQL's wire protocol, version 3, over the governed query."""
