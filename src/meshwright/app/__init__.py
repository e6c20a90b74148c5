"""One module a verb: the only floor where rooms meet and adapters are chosen."""
