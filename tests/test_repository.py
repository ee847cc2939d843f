"""The repository's own files agree with each other."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
TRACKED = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.splitlines()
MOST_LINES = {".py": 400, ".css": 400, ".html": 250, ".js": 250}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_platform_is_a_folder_and_no_package() -> None:
    """With an `__init__.py` it would hide the standard library's `platform`, and nearly everything breaks."""
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_every_setting_from_the_environment_is_documented() -> None:
    settings = (ROOT / "platform/config/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'(?:env\.\w+|secret|flag)\(\s*"([A-Z_]+)"', settings))
    documented = set(
        re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M)
    )

    assert read
    assert read <= documented


def test_every_dependency_is_pinned_and_has_a_reason() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-")):
                assert re.fullmatch(r"[\w\-\[\],]+==[\w.]+  # .{6,}", line), f"{name}: {line}"


def test_constraints_hold_every_dependency() -> None:
    pinned = set(re.findall(r"^([\w\-.]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M))
    for name in ("requirements.txt", "requirements-dev.txt"):
        wanted = re.findall(r"^([\w\-]+)(?:\[[\w,]+\])?==", (ROOT / name).read_text(encoding="utf-8"), re.M)
        assert {package.lower() for package in wanted} <= {package.lower() for package in pinned}


def test_files_are_read_in_one_sitting() -> None:
    for path in TRACKED:
        most = MOST_LINES.get(Path(path).suffix)
        if (
            most
            and not path.startswith("static/vendor/")
            and "/migrations/" not in path
            and (ROOT / path).exists()
        ):
            lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
            assert lines <= most, f"{path} has {lines} lines; split it by noun"


def test_lines_of_pages_are_short_where_they_can_be_broken() -> None:
    lines = [
        (path, line)
        for path in TRACKED
        if path.endswith((".html", ".css", ".js"))
        and not path.startswith("static/vendor/")
        and (ROOT / path).exists()
        for line in (ROOT / path).read_text(encoding="utf-8").splitlines()
    ]
    long = [(path, line) for path, line in lines if len(line) > 140]

    assert len(long) <= len(lines) / 100
    for path, line in long:
        # With its indentation, one piece alone takes most of what there is.
        indent = len(line) - len(line.lstrip())
        assert indent + max(map(len, pieces_of(line))) > 100, f"{path} could break {line.strip()}"


def pieces_of(line: str) -> list[str]:
    """What of a line cannot be broken: attributes, tags of Django, and what has no space between."""
    django = r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}"
    return re.findall(rf"(?:{django}|=\"(?:{django}|[^\"])*\"|='[^']*'|\S)+", line)


def test_pieces_of_a_line() -> None:
    assert pieces_of(
        '  <a class="b c" href="{% url "x" y %}#z">{% icon "a" %}{{ b|c:"d e" }}</a> {% if x %} f'
    ) == [
        "<a",
        'class="b c"',
        'href="{% url "x" y %}#z">{% icon "a" %}{{ b|c:"d e" }}</a>',
        "{% if x %}",
        "f",
    ]


def test_node_packages_are_pinned_and_name_no_host() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(lock)["packages"]

    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert '"resolved"' not in lock


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_no_module_without_a_subject(name: str) -> None:
    assert not [path for path in TRACKED if Path(path).stem == name]


def test_compose_services_depend_on_services_that_exist() -> None:
    services = COMPOSE["services"]
    for name, service in services.items():
        for needed, condition in service.get("depends_on", {}).items():
            assert needed in services, f"{name} waits for {needed}"
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in services[needed]


def test_version_is_the_same_everywhere() -> None:
    """One place states it, `pyproject.toml`; what cannot read that file says the same."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    labels = re.findall(
        r'org\.opencontainers\.image\.version="?([^"\s]+)', (ROOT / "Dockerfile").read_text(encoding="utf-8")
    )
    built = {service["image"] for service in COMPOSE["services"].values() if "build" in service}

    assert changelog is not None
    assert changelog[1] == stated
    assert built == {f"liuzhou-readiness:{stated}"}
    assert labels == [stated]
    assert settings.SPECTACULAR_SETTINGS["VERSION"] == stated


def test_compose_volumes_exist() -> None:
    named = set(COMPOSE["volumes"])
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in named or source.startswith("."), volume


def test_compose_publishes_on_loopback_and_pins_images() -> None:
    for name, service in COMPOSE["services"].items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{name}: {port}"
        image = service["image"]
        assert ":" in image, image
        assert not image.endswith(":latest"), image
        assert "healthcheck" in service


def test_compose_file_holds_no_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        assert not re.search(rf"^\s*{name}: (?!\$\{{{name}:\?)\S", text, re.M), name


def test_every_variable_of_compose_is_in_the_example() -> None:
    wanted = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert all(f"\n{name}=" in example for name in wanted)


def test_readme_commands_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    used = set(re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert used
    assert used <= targets


def test_commands_before_a_commit_are_those_of_make_check() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    variables = dict(re.findall(r"^(\w+) :?\??= (.*)$", text, re.M))
    recipes = re.findall(r"^check-\w+:\n((?:\t.+\n)+)", text, re.M)
    commands = [line.strip() for recipe in recipes for line in recipe.splitlines()]
    while any("$(" in command for command in commands):
        commands = [
            re.sub(r"\$\((\w+)\)", lambda found: variables[found[1]], command) for command in commands
        ]
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]

    assert len(commands) > 10
    assert [hook["entry"] for hook in hooks] == commands
    # Each reads the whole repository, as in `make check`, and from what the Makefile installs.
    assert all(
        (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("system", False, True)
        for hook in hooks
    )
    assert len({hook["id"] for hook in hooks}) == len(hooks)


def test_nothing_flushes_a_store_that_others_use_too() -> None:
    """Clearing the cache empties a whole Redis database, with other people’s keys and queues."""
    words = ("cache.clear" + "(", "flush" + "db", "flush" + "all")
    for path in TRACKED:
        if path.endswith(".py") and (ROOT / path).exists():
            text = (ROOT / path).read_text(encoding="utf-8").lower()
            assert not [word for word in words if word in text], path
