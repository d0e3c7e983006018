"""docker-compose.yaml, Dockerfile and .env.example agree with each other and with the code."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
CODE = ("include", "plugins", ".")  # what PYTHONPATH names in the image, below its folder
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
ENV_EXAMPLE = (PROJECT / ".env.example").read_text(encoding="utf-8")
INSTRUCTIONS = [line.split(maxsplit=1) for line in DOCKERFILE.splitlines() if re.match("[A-Z]+ ", line)]
IMAGE_ENVIRONMENT = dict(
    pair.split("=", 1) for name, text in INSTRUCTIONS if name == "ENV" for pair in shlex.split(text)
)
COMMANDS = [
    pytest.param(line, id=f"{name}: {line[:40]}")
    for name, service in SERVICES.items()
    for line in [
        *(service["command"][-1].splitlines() if service.get("command", [""])[0] == "sh" else []),
        *([shlex.join(service["command"])] if service.get("command", ["sh"])[0] != "sh" else []),
        *([shlex.join(service["healthcheck"]["test"][1:])] if "healthcheck" in service else []),
    ]
]


def airflow_file(path: str) -> str:
    """The text of one of Airflow's own files; Airflow is not imported."""
    spec = importlib.util.find_spec("airflow")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / path).read_text(encoding="utf-8")


def environments() -> dict[str, str]:
    """Every variable that an own container gets."""
    own = (service for service in SERVICES.values() if service["image"] == "marketsync")
    return IMAGE_ENVIRONMENT | {
        name: value for service in own for name, value in service["environment"].items()
    }


def test_only_known_keys_with_the_right_types() -> None:
    schema = json.loads((PROJECT / "tests/unit/compose_schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(COMPOSE)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("line", COMMANDS)
def test_what_is_run_exists(line: str) -> None:
    program, *arguments = shlex.split(line)
    if program == "airflow":
        # the commands are declared there as ActionCommand(name="...") and GroupCommand(name="...")
        declared = set(re.findall(r'name="([a-z-]+)"', airflow_file("cli/cli_config.py")))
        words = [word for word in arguments[:2] if not word.startswith("-")]
        assert words
        assert set(words) <= declared
    elif program == "python" and arguments[:2] == ["-m", "uvicorn"]:
        module, _, name = arguments[2].partition(":")
        path = PROJECT / "include" / f"{module.replace('.', '/')}.py"
        assert re.search(rf"^{name} = ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    elif program == "python" and arguments[0] == "-m":
        path = arguments[1].replace(".", "/")
        candidates = [PROJECT / root / f"{path}{end}" for root in CODE for end in (".py", "/__main__.py")]
        assert [file for file in candidates if file.exists()]
    elif program == "python":
        assert arguments[0] == "-c"
        compile(arguments[1], line, "exec")
    else:
        assert program == "pg_isready"  # comes with the image of Postgres


def test_health_checks_ask_for_jobs_that_airflow_has() -> None:
    for service in SERVICES.values():
        test = service.get("healthcheck", {}).get("test", [])
        if "--job-type" in test:
            job = test[test.index("--job-type") + 1]
            runner = {
                "SchedulerJob": "scheduler_job_runner",
                "DagProcessorJob": "dag_processor_job_runner",
                "TriggererJob": "triggerer_job_runner",
            }[job]
            assert f'job_type = "{job}"' in airflow_file(f"jobs/{runner}.py")


def test_airflow_knows_each_of_its_settings() -> None:
    known = {
        f"AIRFLOW__{section}__{option}".upper()
        for section, content in yaml.safe_load(airflow_file("config_templates/config.yml")).items()
        for option in content["options"]
    }
    used = {name for name in environments() if name.startswith("AIRFLOW__")}
    assert used
    assert used <= known


def test_the_code_knows_each_of_its_variables() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "include").rglob("*.py"))
    used = {name for name in environments() if name.startswith("MARKETSYNC_")}
    assert used
    assert {name for name in used if f'"{name}"' not in code} == set()


def test_each_secret_comes_from_the_env_file() -> None:
    names = re.findall(r"\$\{([A-Z_]+)", (PROJECT / "docker-compose.yaml").read_text(encoding="utf-8"))
    offered = re.findall(r"^([A-Z_]+)=", ENV_EXAMPLE, flags=re.MULTILINE)
    assert set(names) == set(offered)
    secret = re.compile(r"PASSWORD$|SECRET|_KEY$|_CONN")
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name != "AIRFLOW_CONN_AIRFLOW":  # an address within, without a login
                assert not secret.search(name) or "${" in value, f"{name} is written out"
    assert not [name for name in IMAGE_ENVIRONMENT if secret.search(name)]


def test_the_example_holds_no_secret_but_the_sandbox_s() -> None:
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", ENV_EXAMPLE, flags=re.MULTILINE))
    connection = json.loads(values.pop("AIRFLOW_CONN_OZON").strip("'"))
    assert connection["host"] == "http://127.0.0.1:8090/ozon"
    assert set(values.values()) == {""}
    assert ".env" in (PROJECT / ".gitignore").read_text(encoding="utf-8").split()


def test_what_depends_on_what_is_there() -> None:
    for service in SERVICES.values():
        for name, how in service.get("depends_on", {}).items():
            assert name in SERVICES
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name]
            if how["condition"] == "service_completed_successfully":
                assert SERVICES[name]["restart"] == "no"
        if "network_mode" in service:
            assert service["network_mode"].removeprefix("service:") in SERVICES


def test_volumes_and_configs_are_declared_and_used() -> None:
    volumes = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    assert volumes == set(COMPOSE["volumes"])
    configs = {use["source"] for service in SERVICES.values() for use in service.get("configs", [])}
    assert configs == set(COMPOSE["configs"])


def test_volumes_lie_where_the_image_keeps_its_data() -> None:
    mounts = {
        mount.split(":")[1]
        for service in SERVICES.values()
        if service["image"] == "marketsync"
        for mount in service["volumes"]
    }
    assert mounts == {IMAGE_ENVIRONMENT["MARKETSYNC_VAR"]}
    assert IMAGE_ENVIRONMENT["AIRFLOW_HOME"].startswith(f"{IMAGE_ENVIRONMENT['MARKETSYNC_VAR']}/")


def test_the_sandbox_is_reached_where_its_connection_says() -> None:
    command = SERVICES["sandbox"]["command"]
    assert command[command.index("--port") + 1] == "8090"
    assert SERVICES["sandbox"]["network_mode"] == "service:scheduler"
    assert "8090/ozon" in ENV_EXAMPLE


def test_the_image_is_built_from_what_is_there() -> None:
    kept = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sources = [text.split()[0] for name, text in INSTRUCTIONS if name == "COPY"]
    assert sources
    for source in sources:
        assert (PROJECT / source).exists()
        assert f"!{source}" in kept
    folder = next(text for name, text in INSTRUCTIONS if name == "WORKDIR")
    path = [f"{folder}/{root}".removesuffix("/.") for root in CODE]
    assert IMAGE_ENVIRONMENT["PYTHONPATH"].split(":") == path


def test_the_image_runs_as_nobody_in_particular_with_hashes_checked() -> None:
    assert [text for name, text in INSTRUCTIONS if name == "USER"] == ["marketsync"]
    assert "--require-hashes requirements.txt" in DOCKERFILE


def test_one_uv_everywhere() -> None:
    pinned = re.findall(r"uv==([0-9.]+)", DOCKERFILE + (PROJECT / "Makefile").read_text(encoding="utf-8"))
    assert len(pinned) == 2
    assert len(set(pinned)) == 1
