"""Leads over HTTP: create, get, change, delete."""

from tests.cast import Desk


def test_a_lead_that_is_created_can_be_read(desk: Desk) -> None:
    lead = desk.lead(company="Startup IO", leadScore=5)
    answer = desk.team.get(f"/api/leads/{lead['id']}/")
    assert answer.status_code == 200
    assert answer.json() == lead
