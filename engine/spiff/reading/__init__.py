"""Reads what Camunda Modeler writes beside the shape of a process, and collects what is wrong with it."""

from engine.spiff.reading.reader import DetailsReader

__all__ = ["DetailsReader"]
