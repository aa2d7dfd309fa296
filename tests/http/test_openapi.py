"""The OpenAPI document: valid, complete, and true in its examples."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from leadline.http.routes import routes
from tests.cast import Desk

Json = dict[str, Any]
pytestmark = pytest.mark.at_the_shared_desk
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture(scope="module")
def document(shared_desk: Desk) -> Json:
    answer = shared_desk.nobody.get("/api/openapi.json")
    assert answer.status_code == 200
    document: Json = answer.json()
    return document


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def schema_in(document: Json, schema: Json) -> Json:
    """The schema with what its references point to."""
    return {**schema, "$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"]}


def media_types(operation: Json) -> Iterator[Json]:
    for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from holder.get("content", {}).values()


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for member in node.values():
            yield from references(member)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_it_needs_no_token_and_is_the_same_with_one(desk: Desk) -> None:
    assert desk.nobody.get("/api/openapi.json").content == desk.team.get("/api/v1/openapi.json").content


def test_it_has_the_members_that_openapi_asks_for(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"].keys() >= {"title", "version"}
    for path, item in document["paths"].items():
        assert path.startswith("/api/")
        assert path.endswith(("/", ".json"))
        assert item.keys() <= METHODS
    for _, _, operation in operations(document):
        assert all(response["description"] for response in operation["responses"].values())
        assert {name for need in operation["security"] for name in need} <= document["components"][
            "securitySchemes"
        ].keys()


def test_every_schema_is_a_json_schema(document: Json) -> None:
    schemas = [*document["components"]["schemas"].values()]
    for _, _, operation in operations(document):
        schemas += [parameter["schema"] for parameter in operation.get("parameters", [])]
        schemas += [media["schema"] for media in media_types(operation)]
    for schema in schemas:
        jsonschema_rs.meta.validate(schema_in(document, schema))


def test_every_reference_leads_somewhere_and_every_schema_is_used(document: Json) -> None:
    defined = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    referred = set(references(document))
    assert referred <= defined
    unused = {name.rpartition("/")[2] for name in defined - referred}
    assert all(name.endswith(("Item", "Create", "Update")) for name in unused), unused


def test_the_parameters_of_a_path_are_described_once_each(document: Json) -> None:
    for method, path, operation in operations(document):
        named = [(one["in"], one["name"]) for one in operation.get("parameters", [])]
        assert len(named) == len(set(named)), (method, path)
        assert ("path", "id") in named if "{id}" in path else ("path", "id") not in named


def test_every_route_is_in_it_and_nothing_else(desk: Desk, document: Json) -> None:
    table = routes(desk.app.services())
    described = {(method.upper(), path) for method, path, _ in operations(document)}
    assert described == {(route.method, route.path) for route in table}


def test_every_operation_has_a_name_of_its_own(document: Json) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) == len(list(operations(document)))


def test_every_example_is_one_of_its_schema(document: Json) -> None:
    examples = [
        (media["example"], media["schema"])
        for _, _, operation in operations(document)
        for media in (*media_types(operation), *operation.get("parameters", []))
        if "example" in media
    ]
    assert len(examples) >= 8
    for example, schema in examples:
        jsonschema_rs.Draft202012Validator(schema_in(document, schema), validate_formats=True).validate(example)


@pytest.mark.parametrize("plural", ["contacts", "accounts", "opportunities"])
@pytest.mark.parametrize("tail", ["", "{id}/"])
def test_a_real_answer_of_each_kind_is_one_of_its_schema(desk: Desk, document: Json, plural: str, tail: str) -> None:
    account = desk.account(annualRevenue=0.5, billingAddress={"city": "Oslo"}, assignedTo=desk.ben.id)["id"]
    contact = desk.contact(accountId=account, tags=["vip"])["id"]
    deal = desk.opportunity(accountId=account, contactId=contact, value=99.5, closeDate="2030-01-31")["id"]
    id_ = {"contacts": contact, "accounts": account, "opportunities": deal}[plural]
    answer = desk.team.get(f"/api/{plural}/{tail.replace('{id}', id_)}").json()
    get = document["paths"][f"/api/{plural}/{tail}"]["get"]
    schema = get["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema_rs.Draft202012Validator(schema_in(document, schema), validate_formats=True).validate(answer)


@pytest.mark.parametrize("path", ["/api/leads/", "/api/leads/{id}/", "/api/me/"])
def test_a_real_answer_is_one_of_its_schema(desk: Desk, document: Json, path: str) -> None:
    lead = desk.lead(assignedTo=desk.ben.id, source="trade_show", phone="+49 (0)30 123-45")
    answer = desk.team.get(path.replace("{id}", lead["id"])).json()
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema_rs.Draft202012Validator(schema_in(document, schema), validate_formats=True).validate(answer)
