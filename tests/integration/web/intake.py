"""A clerk's and a leader's hands on the pages of intake."""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.documents.store import directives_of
from processes.documents.tables import Directive, Document
from tests.integration.web.site import Site, Visitor

#: Two directives, number and day, all of it clear.
CLEAR = """Số: 31/UBND-TH

Sông Vàng, ngày {day} tháng {month} năm {year}

V/v rà soát hồ sơ tồn đọng

Kính gửi: Sở Tài chính; Sở Y tế.

1. Giao Sở Tài chính chủ trì, phối hợp Sở Nội vụ rà soát hồ sơ, gửi báo cáo kết quả trong 10 ngày làm việc.

2. Giao Sở Y tế rà soát hồ sơ của ngành; khẩn trương giải quyết.

Nơi nhận:
- Như trên;
- Lưu: VT.

CHỦ TỊCH
Nguyễn Văn An
"""


@dataclass
class Desk:
    """Somebody who works on one document."""

    visitor: Visitor
    address: str

    @property
    def document_id(self) -> UUID:
        return UUID(self.address.rpartition("/")[2])

    def page(self, path: str = "") -> TestResponse:
        return self.visitor.get(self.address + path)

    def version(self) -> str:
        found = re.search(r'name="version" value="(\d+)"', self.page().text)
        assert found is not None, "the page offers no form"
        return found[1]

    def post(self, path: str, values: dict | None = None, *, version: str | None = None) -> TestResponse:
        """Send a form with the token and the version that the draft's page has now."""
        page = self.page().text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        seen = re.search(r'name="version" value="(\d+)"', page)
        form = {"csrf_token": token[1], "version": version or (seen[1] if seen else "1"), **(values or {})}
        return self.visitor.client.post(self.address + path, data=form)


def send_file(visitor: Visitor, content: bytes, name: str, **headers: str) -> TestResponse:
    """Send a file as the form of the list does."""
    page = visitor.get("/intake").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    boundary = "----between-the-parts"
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token[1]}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    )
    return visitor.client.post(
        "/intake",
        data=parts.encode() + content + f"\r\n--{boundary}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={key.replace("_", "-"): value for key, value in headers.items()},
    )


def take_in(visitor: Visitor, text: str | bytes, name: str = "cong-van.txt") -> Desk:
    """Take a letter in and return the desk it lies on."""
    content = text if isinstance(text, bytes) else text.encode()
    answer = send_file(visitor, content, name)
    assert answer.status_code == 303, answer.text
    return Desk(visitor, answer.location.partition("?")[0])


def document(site: Site, document_id: UUID) -> Document:
    with Session(site.database, expire_on_commit=False) as session:
        return session.get_one(Document, document_id)


def directives(site: Site, document_id: UUID) -> dict[str, Directive]:
    with Session(site.database, expire_on_commit=False) as session:
        return {each.ordinal: each for each in directives_of(session, document_id)}
