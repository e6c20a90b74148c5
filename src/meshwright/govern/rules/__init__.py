"""Governance rules: SQL over the mesh's metadata, each row returned being a violation."""
