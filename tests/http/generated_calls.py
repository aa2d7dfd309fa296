"""Calls every operation of a generated client: what `test_generated_client.py` runs in the generator's environment.

Reads from standard input where the client and the server are, who signs in, and the document; writes each request
with its status, and what partial updates changed, to standard output.
"""

import importlib
import json
import sys
from typing import Any

Json = dict[str, Any]
LATER = {"GET": 1, "PUT": 1, "PATCH": 2, "POST": 0, "DELETE": 4}
LAST = {"convert_lead": 3, "refresh_token": 5, "logout": 6}


class Caller:
    """Signed in with the generated client, from whose answers it takes the ids that further calls need."""

    def __init__(self, given: Json) -> None:
        sys.path.insert(0, given["folder"])
        self.package = importlib.import_module(given["package"])
        self.models = importlib.import_module(f"{given['package']}.models")
        self.document: Json = given["document"]
        self.made: Json = {}
        self.requests: list[Json] = []
        options = {"raise_on_unexpected_status": True, "httpx_args": {"event_hooks": {"response": [self._note]}}}
        public = self.package.Client(base_url=given["url"], **options)
        credentials = self.models.Login(email=given["email"], password=given["password"])
        self.session = self._module("auth", "login").sync(client=public, body=credentials)
        self._module("auth", "open_browser_session").sync(client=public, body=credentials)
        self.client = self.package.AuthenticatedClient(base_url=given["url"], token=self.session.access, **options)

    def _note(self, response: Any) -> None:
        request = response.request
        self.requests.append({"method": request.method, "path": request.url.path, "status": response.status_code})
        if request.method == "PATCH" and request.url.path.startswith("/api/leads/ld_"):
            self.made["operations"] = response.headers["operation-id"]  # one that can be taken back

    def _module(self, tag: str, name: str) -> Any:
        return importlib.import_module(f"{self.package.__name__}.api.{tag}.{name}")

    def call_all(self) -> None:
        found = [
            (LAST.get(operation["operationId"], LATER[method.upper()]), path.count("{"), path, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if operation["operationId"] not in ("login", "open_browser_session")
        ]
        places = ["accounts", "contacts"]  # of which others need one
        found.sort(key=lambda one: (one[0], one[2].split("/")[2] not in places, one[1], one[2]))
        for _, _, path, operation in found:
            self._call(path, operation)

    def _call(self, path: str, operation: Json) -> None:
        arguments: Json = {"client": self.client}
        area = path.split("/")[2]
        if "{id}" in path:
            arguments["id"] = self.made[area]
        if operation["operationId"] == "stream_changes":
            arguments["wait"] = 0  # or else it does not end
        if "requestBody" in operation:
            arguments["body"] = self._body(operation)
        if any(parameter["name"] == "expectedCount" for parameter in operation.get("parameters", [])):
            arguments |= {"expected_count": 0, "search": "nobody at all"}
        answer = self._module(operation["tags"][0], operation["operationId"]).sync_detailed(**arguments)
        success = max(status for status in operation["responses"] if status.startswith("2"))  # 200 may be a preview
        assert answer.status_code == int(success), (operation["operationId"], answer.content)
        assert (answer.parsed is None) == (success == "204"), operation["operationId"]
        if success == "201":
            self.made[area] = answer.parsed.id

    def _body(self, operation: Json) -> Any:
        """The document's own example, with ids that there are."""
        content = operation["requestBody"]["content"]["application/json"]
        example = dict(content["example"])
        if "accountId" in example:
            example["accountId"] = self.made["accounts"]
        if "refresh" in example:
            example["refresh"] = self.session.refresh
        if "duplicates" in example:
            example = {"duplicates": [self._another(operation["tags"][0])]}
        return getattr(self.models, content["schema"]["$ref"].rpartition("/")[2]).from_dict(example)

    def _another(self, area: str) -> str:
        create = self.document["paths"][f"/api/{area}/"]["post"]
        made = self._module(area, create["operationId"]).sync(client=self.client, body=self._body(create))
        return str(made.id)

    def update_in_part(self) -> Json:
        """What was before and after partial updates of a lead with other values than new ones, and of somebody
        disabled."""
        models = self.models
        lead = self._module("leads", "create_lead").sync(
            client=self.client,
            body=models.LeadCreate(
                email="kim@startup.example",
                last_name="Kim",
                status=models.LeadStatusInput.QUALIFIED,
                email_opt_out=True,
            ),
        )
        user = self._module("users", "create_user").sync(
            client=self.client,
            body=models.UserCreate(email="kim@acme.example", role=models.UserRole.ADMIN, active=False),
        )
        lead_after = self._module("leads", "update_lead").sync(
            lead.id, client=self.client, body=models.LeadUpdate(lead_score=9)
        )
        user_after = self._module("users", "update_user").sync(
            user.id, client=self.client, body=models.UserUpdate(first_name="Kim")
        )
        return {"lead": [lead.to_dict(), lead_after.to_dict()], "user": [user.to_dict(), user_after.to_dict()]}


def main() -> None:
    caller = Caller(json.load(sys.stdin))
    updated = caller.update_in_part()
    caller.call_all()
    json.dump({"requests": caller.requests, "updated": updated}, sys.stdout)


if __name__ == "__main__":
    main()
