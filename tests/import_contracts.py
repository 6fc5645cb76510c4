"""Two import contracts that import-linter does not bring; `pyproject.toml` names them as contract types."""

from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class Told(Contract):
    """A contract whose breaches are sentences."""

    def breaches(self, graph: ImportGraph) -> Iterator[str]:
        """Yield a sentence for every breach."""
        raise NotImplementedError

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look for breaches in the graph."""
        found = sorted(self.breaches(graph))
        return ContractCheck(kept=not found, metadata={"breaches": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one breach a line."""
        for breach in check.metadata["breaches"]:
            output.print_error(breach)


class Private(Told):
    """A module whose name starts with an underscore is imported from within its own package only."""

    def breaches(self, graph: ImportGraph) -> Iterator[str]:
        """Yield every import of another package's private module."""
        for module in graph.modules:
            for imported in graph.find_modules_directly_imported_by(module):
                package = owner(imported)
                if package and not f"{module}.".startswith(f"{package}."):
                    yield f"{module} imports {imported}, which is private to {package}"


class Apart(Told):
    """Plug-ins of `folders` do not import each other, not even through other modules; `shared` names no plug-ins."""

    folders: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]
    shared: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]

    def breaches(self, graph: ImportGraph) -> Iterator[str]:
        """Yield the shortest chain of imports from each plug-in to each other one that it reaches."""
        for folder in self.folders:
            names = {child: child.rpartition(".")[2] for child in graph.find_children(folder)}
            plugins = {child for child, name in names.items() if not name.startswith("_") and name not in self.shared}
            for plugin in plugins:
                for other in plugins & graph.find_upstream_modules(plugin):
                    yield " -> ".join(graph.find_shortest_chain(plugin, other) or ())


def owner(module: str) -> str | None:
    """The package to which a module is private; None if no part of its name starts with an underscore."""
    parts = module.split(".")
    private = (place for place, part in enumerate(parts) if part.startswith("_") and not part.startswith("__"))
    place = next(private, 0)
    return ".".join(parts[:place]) or None
