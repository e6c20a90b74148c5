"""Frozen, pure values that every floor above shares. Standard library only."""
