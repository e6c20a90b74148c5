"""Identity: what proves who somebody is, and what a principal is made of. Knows no policy."""
