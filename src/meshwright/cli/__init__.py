"""The command line: speaks to people, decides nothing. Results on stdout, narration on stderr."""
