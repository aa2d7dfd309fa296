"""The OpenAPI document: valid, complete, and true in its examples."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import leadline
from leadline.http.openapi.codes import CODES
from leadline.http.openapi.document import describe_api
from leadline.http.routes import all_routes
from tests.cast import Desk

Json = dict[str, Any]
pytestmark = pytest.mark.at_the_shared_desk
SOURCES = Path(leadline.__file__).parent
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
    assert set(references(document)) == {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def answers(document: Json) -> Iterator[tuple[str, Json]]:
    """The bodies of answers that are JSON, by the name of the operation."""
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            if status.startswith("2") and "application/json" in response.get("content", {}):
                yield operation["operationId"], response["content"]["application/json"]


def schema_objects(node: object) -> Iterator[Json]:
    """Every object in it that is, or has, a schema."""
    if isinstance(node, dict):
        yield node
        for member in node.values():
            yield from schema_objects(member)
    elif isinstance(node, list):
        for item in node:
            yield from schema_objects(item)


def with_its_references(document: Json, schema: Json, known: tuple[str, ...] = ()) -> Iterator[Json]:
    yield from schema_objects(schema)
    for reference in set(references(schema)) - set(known):
        named = document["components"]["schemas"][reference.rpartition("/")[2]]
        yield from with_its_references(document, named, (*known, reference))


def test_no_body_has_a_default_which_generated_clients_would_send(document: Json) -> None:
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for part in with_its_references(document, content["schema"]):
                assert "default" not in part, operation["operationId"]


def test_a_page_and_an_offset_have_no_default_because_they_exclude_each_other(document: Json) -> None:
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["name"] in ("page", "offset"):
                assert "default" not in parameter["schema"]


def test_an_answer_may_have_more_members_in_time(document: Json) -> None:
    for name, content in answers(document):
        for part in with_its_references(document, content["schema"]):
            assert part.get("additionalProperties") is not False, name


def test_every_field_and_parameter_is_described(document: Json) -> None:
    for name, schema in document["components"]["schemas"].items():
        for part in schema_objects(schema):
            properties = part.get("properties", {})
            if isinstance(properties, dict):
                for field, described in properties.items():
                    assert described.get("description") or name.endswith("Error"), (name, field)
    for _, _, operation in operations(document):
        assert all(parameter["description"] for parameter in operation.get("parameters", []))


def test_every_answer_has_an_example_in_the_order_of_the_answer(document: Json) -> None:
    for name, content in answers(document):
        if name != "openapi":
            example = content["example"]
            first, *_ = content["schema"].get("anyOf", [content["schema"]])  # or else it is a preview
            schema = document["components"]["schemas"][first["$ref"].rpartition("/")[2]]
            assert is_in_order(example, schema), name
            item = schema.get("properties", {}).get("results", {}).get("items")
            if item:
                named = document["components"]["schemas"][item["$ref"].rpartition("/")[2]]
                assert is_in_order(example["results"][0], named), name


def is_in_order(example: Json, schema: Json) -> bool:
    """Whether an example has all members that an answer always has, in the order of the answer."""
    known = [name for name in schema.get("properties", example) if name in example]
    return list(example) == known and set(schema.get("required", ())) <= example.keys()


def test_a_list_names_its_common_filters_and_describes_the_rest_once(document: Json) -> None:
    for method, path, operation in operations(document):
        assert len(operation.get("parameters", [])) <= 40, (method, path)
    described = document["paths"]["/api/leads/"]["get"]["description"]
    assert "`leadScore[gte]=7`" in described


def test_filters_by_number_take_numbers(document: Json) -> None:
    types = {
        parameter["name"]: parameter["schema"]["type"]
        for path in ("leads", "opportunities", "users")
        for parameter in document["paths"][f"/api/{path}/"]["get"]["parameters"]
    }
    wanted = {"leadScore[gte]": "integer", "valueMin": "number", "value[lte]": "number", "active": "boolean"}
    assert {name: types[name] for name in wanted if name in types} == {
        name: type_ for name, type_ in wanted.items() if name in types
    }
    assert types["leadScore[gte]"] == "integer"
    assert types["valueMin"] == "number"


@pytest.mark.parametrize(
    "moment",
    [
        "1969-12-31",
        "2025-01-31T23:59:59Z",
        "2024-02-29T10:00:00.123Z",
        "2025-12-30T23:59+14:00",
        "1900-01-01T00:00:00.000001-11:30",
        "2016-12-31T23:59:60Z",
        "2025-03-10 08:00",
        "2025-03-10t08:00z",
    ],
)
@pytest.mark.parametrize("name", ["createdAfter", "updatedBefore", "closeDateAfter", "updatedAt[gte]"])
def test_the_pattern_of_a_time_takes_what_the_server_takes(
    desk: Desk, document: Json, moment: str, name: str
) -> None:
    assert desk.team.get("/api/opportunities/", params={name: moment}).status_code == 200
    (schema,) = [
        parameter["schema"]
        for parameter in document["paths"]["/api/opportunities/"]["get"]["parameters"]
        if parameter["name"] == name
    ]
    jsonschema_rs.validate(schema, moment)


@pytest.mark.parametrize("name", ["search", "email", "company[contains]", "tags"])
def test_the_pattern_of_a_text_takes_the_blanks_that_the_server_trims(desk: Desk, document: Json, name: str) -> None:
    path = "/api/contacts/" if name == "tags" else "/api/leads/"
    assert desk.team.get(path, params={name: "\t\u00a0vip@acme.example\n"}).status_code == 200
    (schema,) = [one["schema"] for one in document["paths"][path]["get"]["parameters"] if one["name"] == name]
    jsonschema_rs.validate(schema, "\t\u00a0vip@acme.example\n")


@pytest.mark.parametrize("amount", [19.99, 0.3, 1234.56, 0.0001])
def test_an_amount_of_cents_is_one_of_its_schema(desk: Desk, document: Json, amount: float) -> None:
    account = desk.account()["id"]
    deal = desk.opportunity(accountId=account, value=amount)
    assert deal["value"] == amount
    for name in ("Opportunity", "OpportunityCreate"):
        schema = document["components"]["schemas"][name]["properties"]["value"]
        jsonschema_rs.validate(schema, amount)


def test_the_tags_are_words_that_are_described(document: Json) -> None:
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    assert {tag for _, _, operation in operations(document) for tag in operation["tags"]} == described
    assert not described & {"openapi.json", "docs", "health"}


def test_the_server_is_where_the_document_came_from_or_the_public_url(desk: Desk, document: Json) -> None:
    assert document["servers"] == [{"url": "/"}]
    behind = describe_api(all_routes(desk.app.make_services()), "https://crm.example/desk/")
    assert behind["servers"] == [{"url": "https://crm.example/desk"}]


def test_each_code_that_the_source_raises_is_listed() -> None:
    raised = {code for path in SOURCES.rglob("*.py") for code in re.findall(r'code="(\w+)"', path.read_text("utf-8"))}
    assert raised - {code for codes in CODES.values() for code in codes} == set()


def test_the_parameters_of_a_path_are_described_once_each(document: Json) -> None:
    for method, path, operation in operations(document):
        named = [(one["in"], one["name"]) for one in operation.get("parameters", [])]
        assert len(named) == len(set(named)), (method, path)
        assert ("path", "id") in named if "{id}" in path else ("path", "id") not in named


def test_every_route_is_in_it_and_nothing_else(desk: Desk, document: Json) -> None:
    table = all_routes(desk.app.make_services())
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
