"""The library itself, with all of its services loaded; it imports modules that Python will remove."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import apprise

    apprise.Apprise.instantiate("json://localhost")  # loads the services, once in a process

__all__ = ["apprise"]
