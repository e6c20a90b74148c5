"""Identity: who there is, and how they prove it."""
