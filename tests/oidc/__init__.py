"""A real OpenID Connect provider for the tests: a certified one, run by Node from a wheel."""
