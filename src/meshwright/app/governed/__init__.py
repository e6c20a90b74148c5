"""The governed query: the one path by which anybody reads published data, at whichever door."""
