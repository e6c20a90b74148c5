"""Access: policies become decisions, requests become grants. Reads no data and no file."""
