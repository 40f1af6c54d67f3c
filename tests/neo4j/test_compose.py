"""No Docker daemon runs in the tests: the file is held to the specification's own schema, and to what it promises."""

from __future__ import annotations

import json
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
jsonschema = pytest.importorskip("jsonschema") if not os.environ.get("CI") else __import__("jsonschema")


@pytest.fixture
def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return made


def test_it_follows_the_specification(compose: dict[str, Any]) -> None:
    if not os.environ.get("CI"):
        pytest.importorskip(
            "check_jsonschema", reason="pip install check-jsonschema: it ships the Compose specification"
        )
    text = files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text(encoding="utf-8")
    validator = jsonschema.Draft202012Validator(json.loads(text))
    assert [e.message for e in validator.iter_errors(compose)] == []
    # the schema does tell right from wrong
    compose["services"]["neo4j"]["portz"] = []
    assert list(validator.iter_errors(compose))


def test_it_names_the_release_that_the_tests_run_on(compose: dict[str, Any]) -> None:
    pom = (ROOT / "tests" / "neo4j" / "pom.xml").read_text(encoding="utf-8")
    found = re.search(r"<neo4j\.version>(.+?)<", pom)
    assert found is not None
    assert compose["services"]["neo4j"]["image"] == f"neo4j:{found.group(1)}-community"


def test_nothing_is_open_to_the_network(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert service["ports"]
        for port in service["ports"]:
            assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), port
        assert "network_mode" not in service
        assert not service.get("privileged")


def test_no_password_works_by_default(compose: dict[str, Any]) -> None:
    places = [
        compose["services"]["neo4j"]["environment"]["NEO4J_AUTH"],
        compose["services"]["dashboard"]["environment"]["VINCULO_STORE"],
    ]
    for place in places:
        # ":?" stops with a sentence where the variable is empty or absent; ":-" would put something in its place
        assert re.search(r"\$\{VINCULO_NEO4J_PASSWORD:\?[^}]+\}", place)
        assert re.sub(r"\$\{[^}]*\}", "", place) in ("neo4j/", "bolt://neo4j:@neo4j:7687")
    assert "none" not in places[0]


def test_services_say_when_they_are_well_and_keep_their_data(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        check = service["healthcheck"]
        assert check["test"][0] in ("CMD", "CMD-SHELL")
        assert {"interval", "timeout", "retries", "start_period"} <= set(check)
        mounted = {v.partition(":")[0] for v in service["volumes"]}
        assert mounted <= set(compose["volumes"])
    assert compose["services"]["dashboard"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert recipe.index("USER vinculo") < recipe.index("CMD ")
    inner = compose["services"]["dashboard"]["ports"][0].rpartition(":")[2]
    assert f"EXPOSE {inner}" in recipe
    assert f"TCP-LISTEN:{inner}" in recipe
