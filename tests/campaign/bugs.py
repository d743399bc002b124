"""Seven seeded bugs: a checker that does not catch each of them proves nothing.

``python -m tests.campaign.bugs no_dedup -- -m daphne …`` runs a program of the desk with one bug patched in. The
product knows nothing of it: a module is changed in memory right after Python has imported it, and a name that is no
longer there stops the program. What the load says must be unique, word for word: a doubled post shows as a body that
stands twice in the log.
"""

import runpy
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

Patch = Callable[[ModuleType], None]
ROOT = Path(__file__).resolve().parents[2]
BUGS: dict[str, dict[str, Patch]] = {}  # bug: module: what is done to it


def seeded(bug: str, module: str) -> Callable[[Patch], Patch]:
    """This function puts a part of the bug into the module."""

    def register(patch: Patch) -> Patch:
        BUGS.setdefault(bug, {})[module] = patch
        return patch

    return register


def plant(*bugs: str) -> dict[str, list[Patch]]:
    """Patch each module of the bugs as soon as it is imported; returns what is still to come."""
    patches: dict[str, list[Patch]] = {}
    for module, patch in [item for bug in bugs for item in BUGS[bug].items()]:
        if module in sys.modules:
            raise RuntimeError(f"{module} was imported before the bug was planted")
        if not (ROOT / f"{module.replace('.', '/')}.py").exists():
            raise RuntimeError(f"there is no {module} any more; seed its bug elsewhere")
        patches.setdefault(module, []).append(patch)
    sys.meta_path.insert(0, _Planter(patches))
    print(f"seeded bug: {', '.join(bugs)}", file=sys.stderr, flush=True)
    return patches


class _Planter(MetaPathFinder):
    def __init__(self, patches: dict[str, list[Patch]]) -> None:
        self._patches = patches

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        patches = self._patches.pop(fullname, [])
        spec = PathFinder.find_spec(fullname, path, target) if patches else None
        if spec is None or spec.loader is None:
            return None
        import_module = spec.loader.exec_module

        def import_and_patch(module: ModuleType) -> None:
            import_module(module)
            for patch in patches:
                patch(module)

        spec.loader.exec_module = import_and_patch  # type: ignore[method-assign]
        return spec


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Put what ``make`` makes of the old value in its place; fails when there is none."""
    setattr(owner, name, make(getattr(owner, name)))


def main(arguments: list[str]) -> None:
    if len(arguments) < 3 or arguments[0] not in BUGS or arguments[1] != "--":
        sys.exit(f"usage: python -m tests.campaign.bugs {'|'.join(BUGS)} -- -m PROGRAM …")
    plant(arguments[0])
    program = arguments[2:]
    if program[0] == "-m":
        sys.argv = program[1:]
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = program
        sys.path[0] = str(Path(program[0]).resolve().parent)
        runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    from tests.campaign import bugs, seeds  # noqa: F401  this file as the module that the seeds fill

    bugs.main(sys.argv[1:])
