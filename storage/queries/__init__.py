"""Every SQL statement, named by its intent. Each function works inside the caller's transaction."""
