"""One module a command: arguments in, one call to `app`, rendering out."""
