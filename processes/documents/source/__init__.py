"""Turns files of every kind into paragraphs and tables that know where in the original they stand."""
