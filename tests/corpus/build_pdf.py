"""``python -m tests.corpus.build_pdf [NAME…]``: has LibreOffice make the PDFs of the corpus."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.corpus.build_docx import build_docx
from tests.corpus.corpus import PDFS, documents


def main(names: list[str]) -> None:
    """Make the PDFs of these documents, or all."""
    PDFS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for each in documents():
            if each.format == "pdf" and (not names or each.name in names):
                file = Path(folder) / f"{each.name}.docx"
                file.write_bytes(build_docx(each.description))
                files.append(file)
        if files:
            profile = f"-env:UserInstallation=file://{folder}/profile"
            command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(PDFS), *files]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
