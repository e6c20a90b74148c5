"""What each output column of one SELECT is made of: a walk over sqlglot's tree, from the tables up."""
