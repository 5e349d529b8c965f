"""The page that the dashboard is measured against: the product's routes, and one that lists a flat table."""

from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.urls import urlpatterns as product_patterns
from tech4value.web.views import MemberView

TEMPLATE = """{% extends "base.html" %}
{% load ui %}
{% block content %}<table class="table"><tbody>{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>
{% endfor %}</tr>{% endfor %}</tbody></table>{% endblock %}"""


class FlatView(MemberView):
    """As many rows as the dashboard counts, from one table."""

    permission = Permission.DASHBOARD_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM bench_flat")
            rows = cursor.fetchall()
        return HttpResponse(engines["django"].from_string(TEMPLATE).render({"rows": rows}, request))


urlpatterns = [path("bench/flat/", FlatView.as_view(), name="bench_flat"), *product_patterns]
