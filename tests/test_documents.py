"""What the documents say is true: every setting is described, and nothing is described that does not exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READERS = (ROOT / "supportdesk" / "settings.py", ROOT / "supportdesk" / "desk" / "places.py")
ELSEWHERE = {"NO_COLOR", "SD_TEST_SERVER", "SD_TEST_VAR", "TEST_PROCESSES"}  # read elsewhere


def described() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))


def read() -> set[str]:
    pattern = re.compile(r"env\.(?:text|words|number|yes)\(\s*\"([A-Z_]+)\"")
    return {name for path in READERS for name in pattern.findall(path.read_text())} | ELSEWHERE


def test_every_setting_is_described() -> None:
    assert read() - described() == set()


def test_no_setting_is_described_that_does_not_exist() -> None:
    assert described() - read() == set()


def test_every_check_named_in_the_settings_exists() -> None:
    checks = (ROOT / "supportdesk" / "checks.py").read_text()
    named = set(re.findall(r"\b([EW]\d{3})\b", (ROOT / "docs" / "settings.md").read_text()))
    assert named == set(re.findall(r'"supportdesk\.([EW]\d{3})"', checks))


def test_the_readme_names_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^    )make ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE)) <= targets


def test_every_proof_named_in_the_protocol_exists() -> None:
    """A promise whose test was renamed or removed is a promise nobody checks."""
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "protocol.md").read_text()))
    tests = "".join(path.read_text() for path in (ROOT / "tests").glob("test_*.py"))
    assert named
    assert not {name for name in named if f"def {name}(" not in tests}


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    block = project[project.index("dependencies = [") : project.index("[tool.uv]")]
    names = {re.split(r"[<>=;\[]", name)[0] for name in re.findall(r'^\s+"([^"]+)",', block, re.MULTILINE)}
    reasons = (ROOT / "docs" / "decisions.md").read_text()
    assert not {name for name in names if f"`{name}`" not in reasons}
