"""The acts by which a coordinator turns what was read into what is given to the units; one module per act."""
