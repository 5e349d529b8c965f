"""Requests that are too large are refused unread."""

import io
from typing import Any

from django.test import Client, RequestFactory

from tech4value.web.uploads import UploadSizeMiddleware
from tests.world import World


class Unread(io.RawIOBase):
    """A body that must not be read."""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


def test_a_gigabyte_is_refused_before_it_is_read(world: World, client_of: Any) -> None:
    client: Client = client_of(world.pmo)
    huge = {"CONTENT_LENGTH": "1073741824", "wsgi.input": Unread()}
    kind = "multipart/form-data; boundary=x"
    page = client.generic("POST", world.url("/imports/table/"), b"", content_type=kind, **huge)
    assert page.status_code == 413
    assert "1 073,7 Mo, et 25 Mo" in page.content.decode().replace("\u202f", " ").replace("\u00a0", " ")
    api = client.generic("POST", world.url("/api/v1/imports/"), b"", content_type=kind, **huge)
    assert api.status_code == 413 and api.headers["Content-Type"] == "application/problem+json"
    assert "Mo sont acceptés au plus" in api.json()["detail"].replace("\u202f", " ").replace("\u00a0", " ")


def test_an_unannounced_size_is_refused() -> None:
    request = RequestFactory().post("/api/v1/imports/", headers={"transfer-encoding": "chunked"})
    request.META["CONTENT_LENGTH"] = ""
    answer = UploadSizeMiddleware(lambda _request: None)(request)  # type: ignore[arg-type,return-value]  # not reached
    assert answer.status_code == 411 and b"Content-Length" in answer.content
