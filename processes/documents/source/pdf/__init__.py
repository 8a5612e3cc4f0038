"""Reads PDFs with a text layer: characters become words, lines, paragraphs and tables by where they stand."""

from processes.documents.source.pdf.reader import read_pdf

__all__ = ["read_pdf"]
