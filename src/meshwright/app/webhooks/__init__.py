"""Webhooks: facts, told to other programs as they happen, signed."""
