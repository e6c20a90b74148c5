"""Governance rules of an opened mesh: files, metadata, judging, telling."""
