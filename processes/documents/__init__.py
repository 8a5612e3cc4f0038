"""Official letters: read from a file, kept with their directives."""
