"""The import diagram: a module imports only from its own room or from rooms above it."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "forecast"

#: Rooms by stage, from the foundations down to the command: a file or a folder with all in it. A line is one stage.
ROOMS = """
errors dates periods files
verification
facts
display
readers
coding
signals
panel
models
training
backtesting
leakage
explanation
monitoring
exchange
tracking
promotion
pages
workspace
verbs
cli
"""

RANK = {name: rank for rank, line in enumerate(ROOMS.strip().splitlines()) for name in line.split()}


def _modules() -> dict[str, Path]:
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def _room(module: str) -> str:
    return module.split(".")[0]


def _imported(path: Path) -> set[str]:
    """Modules of the program that a file imports anywhere, inside functions and for annotations too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("forecast.") for name in found if name.startswith("forecast.")}


def test_few_names_stand_at_the_top():
    names = {path.name for path in SOURCE.iterdir() if path.name != "__pycache__"}
    assert len(names) <= 26, sorted(names)  # py.typed, a marker, is one of them


def test_every_module_has_its_place_in_the_diagram():
    homeless = sorted({_room(name) for name in _modules() if name} - set(RANK))
    assert homeless == []


def test_a_module_imports_only_from_its_own_room_or_above():
    violations = []
    for module, path in _modules().items():
        if not module:
            continue
        violations += [
            f"{module} imports {name}"
            for name in sorted(_imported(path))
            if _room(name) in RANK and RANK[_room(name)] > RANK.get(_room(module), -1)
        ]
    assert violations == [], "\n".join(violations)


def test_mlflow_is_imported_by_tracking_alone_and_within_functions():
    """Importing it takes seconds, and its telemetry must be off before."""
    found = []
    for module, path in _modules().items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            node: [alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        guilty = [node for node, names in named.items() if any(name.split(".")[0] == "mlflow" for name in names)]
        found += [module for node in guilty if _room(module) != "tracking" or node in tree.body]
    assert found == []


def test_modules_do_not_import_one_another_in_a_circle():
    edges = {module: set() for module in _modules()}
    for module, path in _modules().items():
        for name in _imported(path):
            target = name if name in edges else name.rpartition(".")[0]
            if target in edges and target not in (module, ""):
                edges[module].add(target)
    # The package and its registry of models import inside functions and for annotations alone.
    edges[""] = edges["models"] = set()
    done: set[str] = set()
    circles = []

    def walk(module: str, trail: tuple[str, ...]) -> None:
        if module in trail:
            circles.append(" -> ".join([*trail[trail.index(module) :], module]))
        elif module not in done:
            for target in sorted(edges[module]):
                walk(target, (*trail, module))
            done.add(module)

    for module in sorted(edges):
        walk(module, ())
    assert circles == [], "\n".join(circles)


def test_the_library_does_not_print_configure_or_look_around():
    """No printing, no logging set up and no working directory below the command."""
    found = []
    for module, path in _modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in (
                    "print",
                    "os.getcwd",
                    "Path.cwd",
                    "os.chdir",
                    "logging.basicConfig",
                    "warnings.filterwarnings",
                ):
                    found.append(f"{module}:{node.lineno} calls {called}")
    assert found == [], "\n".join(found)


def test_no_module_is_so_long_that_it_holds_two_things():
    long = [
        f"{module} has {count} lines"
        for module, path in _modules().items()
        if (count := len(path.read_text().splitlines())) > 600
    ]
    assert long == []
