"""Pages of the API: by cursor, stable while rows arrive, at any depth."""

from rest_framework import pagination


class CursorPagination(pagination.CursorPagination):
    """Ordered by key, which is by creation; `?page_size=` up to 500."""

    ordering = "id"
    page_size_query_param = "page_size"
    max_page_size = 500
