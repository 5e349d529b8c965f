"""A monitoring server reads /metrics with its token; nobody else learns anything from it."""

from typing import Any

import pytest
from django.test import Client


@pytest.mark.django_db
def test_metrics_answer_to_the_token_alone(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404, "not there unless a token is set"
    settings.METRICS_TOKEN = "un-jeton-tire-au-hasard"
    for wrong in ({}, {"Authorization": "Bearer faux"}, {"Authorization": "un-jeton-tire-au-hasard"}):
        refused = client.get("/metrics", headers=wrong)
        assert refused.status_code == 401
        assert refused.content == b""
    answer = client.get("/metrics", headers={"Authorization": "Bearer un-jeton-tire-au-hasard"})
    assert answer.status_code == 200
    assert 'tech4value_queue_length{queue="pdf"} 0.0' in answer.content.decode()
    assert "tech4value_tenants_to_seal 0.0" in answer.content.decode()
