"""Numbers that start again in each tenant, shop or document: keys, and who refers to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from dbt_cartridge.documents.schema import Schema
from tests.unit.infer.rows import Rows, World, edges, key

NOON = datetime(2024, 5, 1, 12)
ORGS = ("acme", "globex", "initech", "umbrella")


def tenants() -> dict[str, Rows]:
    members = [(org, m) for org in ORGS for m in range(1, 21)]
    tickets = [(org, t) for org in ORGS for t in range(1, 41)]
    comments = [(org, t, c) for org, t in tickets for c in range(1, 4)]
    return {
        "org_members": {
            "org": [org for org, _ in members],
            "member_no": [m for _, m in members],
            "nick": [f"n{m}" for _, m in members],
        },
        "org_tickets": {
            "org": [org for org, _ in tickets],
            "ticket_no": [t for _, t in tickets],
            "opened_by": [1 + t % 20 for _, t in tickets],
            "assigned_to": [1 + t % 19 if t % 3 else None for _, t in tickets],
        },
        "org_comments": {
            "org": [org for org, _, _ in comments],
            "ticket_no": [t for _, t, _ in comments],
            "comment_no": [c for _, _, c in comments],
            "member_no": [1 + (t + c) % 20 for _, t, c in comments],
            "posted_at": [NOON + timedelta(minutes=7 * n) for n in range(len(comments))],
        },
    }


def inferred() -> Schema:
    return World(tenants()).infer()


def test_what_counts_within_a_document_of_a_tenant_is_known_by_all_three() -> None:
    assert key(inferred(), "org_comments") == ("org", "ticket_no", "comment_no")


def test_roles_within_a_tenant_lead_to_its_own_members() -> None:
    found = edges(inferred())
    to = "org_members(org, member_no)"
    assert found["org_tickets(org, opened_by)"] == to
    assert found["org_tickets(org, assigned_to)"] == to
    assert found["org_comments(org, member_no)"] == to


def test_a_number_that_bears_the_documents_name_leads_there_with_what_it_starts_again_in() -> None:
    notes = [(depot, n) for depot in ("MAD", "BCN", "SEV") for n in range(1, 41)]
    lines = [(depot, n, k) for depot, n in notes for k in range(1, 3)]
    world = World(
        {
            "notes": {
                "number": [n for _, n in notes],
                "depot": [depot for depot, _ in notes],
                "client": [f"C{n % 30:03}" for _, n in notes],
            },
            "note_lines": {
                "depot": [depot for depot, _, _ in lines],
                "note_number": [n for _, n, _ in lines],
                "line": [k for _, _, k in lines],
                "pieces": [1 + (n * k) % 7 for _, n, k in lines],
            },
        }
    )
    assert edges(world.infer())["note_lines(note_number, depot)"] == "notes(number, depot)"


def test_values_of_another_tenant_are_no_reference() -> None:
    tables = tenants()
    tickets = dict(tables["org_tickets"])
    tickets["opened_by"] = [900 + t for t in range(len(tickets["opened_by"]))]
    tables["org_tickets"] = tickets
    assert "org_tickets(org, opened_by)" not in edges(World(tables).infer())


def test_a_bridge_leads_to_what_starts_again_in_each_tenant_though_it_is_named_after_it() -> None:
    tickets = [(org, t) for org in ORGS for t in range(1, 41)]
    tags = [(org, g) for org in ORGS for g in range(1, 9)]
    marks = sorted({(org, t, 1 + (t * k) % 8) for org, t in tickets for k in (1, 3, 5)})
    found = edges(
        World(
            {
                "tickets": {"org": [o for o, _ in tickets], "ticket_no": [t for _, t in tickets]},
                "tags": {
                    "org": [o for o, _ in tags],
                    "tag_no": [g for _, g in tags],
                    "label": [f"tag {o} {g}" for o, g in tags],
                },
                "ticket_tags": {
                    "org": [o for o, _, _ in marks],
                    "ticket_no": [t for _, t, _ in marks],
                    "tag_no": [g for _, _, g in marks],
                },
            }
        ).infer()
    )
    assert found["ticket_tags(org, tag_no)"] == "tags(org, tag_no)"
    assert found["ticket_tags(org, ticket_no)"] == "tickets(org, ticket_no)"
