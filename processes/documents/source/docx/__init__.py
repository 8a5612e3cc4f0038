"""Word documents: WordprocessingML as it stands in the archive, with what Word shows of it."""
