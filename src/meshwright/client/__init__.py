"""A mesh on a server, with the verbs of a local one: `meshwright.connect(url)`."""
