"""Changes of files that somebody proposes: a branch of git, or a patch, until an owner takes it."""
