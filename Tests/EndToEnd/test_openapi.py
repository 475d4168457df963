"""The description of /api/v1 is valid, and the gallery keeps to it whatever it is sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from gallery import Gallery
from pages import furnish

# Names for the parameters of paths, so that most requests reach something that is there.
KNOWN = {
    "kind": "models", "owner": "ada", "name": "tiny", "account": "eve", "organization": "lab", "member": "eve",
    "user": "eve", "agreement": "service", "number": "1.0.0",
}
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection",
]
# What would end the run itself, or fill its time; each is tried by tests of its own.
LEFT_OUT = {
    "put_account_password": "changes the password and ends the token's session",
    "put_account_name": "renames who asks",
    "delete_account_tokens_token": "could revoke the token that is used",
    "delete_account_sessions": "ends all sessions",
    "put_admin_accounts_account_bar": "could bar who asks",
    "put_admin_accounts_account_role": "could take the role of who asks",
    "put_admin_accounts_account_password": "hashes a password on purpose slowly, and ends the sessions of who asks",
    "post_admin_accounts": "hashes a password on purpose slowly",
    "post_accounts": "hashes a password on purpose slowly; limited by address",
    "post_session": "limited by address after a few wrong passwords",
    "put_password": "limited by address after a few wrong codes",
}


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """A gallery of its own with something in it, since strangers are let loose on it."""
    with Gallery(tmp_path_factory.mktemp("openapi") / "data") as gallery:
        furnish(gallery)
        yield gallery


@pytest.fixture(scope="module")
def document(described) -> dict:
    return described.get("/api/v1/openapi.json").json


def operations(document: dict):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_document_is_valid(document):
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) > 100
    for path, method, operation in operations(document):
        assert operation["tags"] != [""], f"{method} {path} belongs to no feature"
        assert operation["summary"] and operation["description"], f"{method} {path} is not described"
        good = [status for status in operation["responses"] if status < "300"]
        assert len(good) == 1, f"{method} {path} has one good answer"


def test_visitors_are_refused_what_takes_an_account(described, document):
    for path, method, operation in operations(document):
        if {} in operation["security"]:
            continue
        address = "/api/v1" + path
        for name, value in KNOWN.items():
            address = address.replace("{" + name + "}", value)
        answer = described.ask(method.upper(), address.replace("{", "").replace("}", ""), body={"x": 1})
        # Bodies are read before rights are asked; what is wrong with them may be told first.
        assert answer.status in (400, 401, 404), f"{method} {path}: {answer.status} {answer.body[:200]}"


@pytest.mark.parametrize("who", ["administrator", "visitor"])
def test_answers_are_as_described_whatever_is_sent(described, tmp_path, who):
    token = described.create_token("root", "admin") if who == "administrator" else None
    problems = attack(described, token, tmp_path)
    assert not problems, problems
    assert described.get("/healthz").status == 200


def attack(gallery: Gallery, token: str | None, folder) -> str:
    """Runs schemathesis on every operation with a fixed seed; answers what it complains of."""
    settings = {f"path.{name}": value for name, value in KNOWN.items()}
    lines = ["[parameters]"] + [f'"{name}" = "{value}"' for name, value in settings.items()]
    (folder / "schemathesis.toml").write_text("\n".join(lines) + "\n")
    command = [
        os.path.join(os.path.dirname(sys.executable), "schemathesis"), "--config-file", folder / "schemathesis.toml",
        "run", gallery.url + "/api/v1/openapi.json", "--checks", ",".join(CHECKS), "--workers", "1", "--seed", "20260101",
        # Who has no account is mostly refused: the systematic cases are enough.
        "--phases", "coverage,fuzzing" if token else "coverage", "--max-examples", "4", "--continue-on-failure", "--no-shrink",
        "--generation-database", "none", "--warnings", "off", "--no-color", "--suppress-health-check", "all",
        "--request-timeout", "20"]
    for name in LEFT_OUT:
        command += ["--exclude-operation-id", name]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300,
                          env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"})
    return "" if done.returncode == 0 else done.stdout[-20_000:] + done.stderr[-2_000:]
