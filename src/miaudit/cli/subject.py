"""Turns the command line into a configuration: the subject may be a model, predictions or a configuration."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from miaudit.address import Address
from miaudit.cli.given import ColumnOptions, RecordOptions, TrainingOptions
from miaudit.cli.predictions import evidence_config, files_of, is_evidence
from miaudit.cli.settings import parse_options
from miaudit.config import AuditConfig, load_config, parse_config
from miaudit.errors import UserError
from miaudit.forms import AskedAttacks, AskedForm, NumberForm
from miaudit.messages import shortened
from miaudit.reading import suffixes
from miaudit.reading.hints import NO_HINTS
from miaudit.reading.path import about, resolved
from miaudit.targets.search import PICKLES, is_model, open_target

SHARED_SUFFIXES = (".json", ".safetensors", ".txt")  # of files of models, too
HOW = (
    "name the records that it was trained on by --members FILE, and others by --nonmembers FILE; in a configuration, "
    "write `target: {model: ..., members: ..., nonmembers: ...}`"
)


@dataclass(frozen=True)
class Subject:
    """What to audit, as the command line says: its argument, and the options on models and on predictions."""

    argument: str | None
    records: RecordOptions
    columns: ColumnOptions
    training: TrainingOptions
    options: tuple[str, ...] = ()  # of the kind of model, as key=value
    signal: str | None = None
    attacks: str | None = None

    @property
    def config_file(self) -> Path | None:
        """The file that the argument names, where it names no model."""
        return None if self.argument is None or self.is_model else Path(self.argument)

    @property
    def is_model(self) -> bool:
        """Is it a model with its records?"""
        return self.argument is not None and (self.records.members is not None or self.records.nonmembers is not None)

    @property
    def stem(self) -> str:
        """A short name, for the folder of results."""
        if self.argument is None:
            return "audit" if self.records.members is None else self.records.members.stem
        return Address.read(self.argument).stem if self.is_model else Path(self.argument).stem

    def config(self) -> AuditConfig:
        """The configuration of the audit.

        Raises:
            UserError: it is not clear what is audited, options do not fit it, or a file cannot be read.
        """
        if self.is_model:
            return self._of_model(self.argument or "")
        self._check_no_options_of_models()
        if self.argument is not None:
            _check_no_model(self.argument)
        return self._of_file()

    def _of_model(self, argument: str) -> AuditConfig:
        self._check_goes_with_records(argument)
        columns, forms = self.columns, (*get_args(AskedForm), *get_args(NumberForm))
        for option in ("member", "probabilities"):
            if getattr(columns, option) is not None:
                raise UserError(f"--{option} is for a file of predictions: leave it out where a model is asked")
        if columns.outputs not in (None, *forms):
            raise UserError(f"--outputs: expected {', '.join(forms)} of a model, got {shortened(columns.outputs)}")
        target: dict[str, Any] = parse_options(list(self.options))
        target |= {name: str(resolved(path)) for name, path in self.records._asdict().items() if path is not None}
        target |= {"model": argument, "label": columns.label, "ids": columns.ids, "signal": self.signal}
        target |= {"outputs": columns.outputs or "auto"}
        content: dict[str, Any] = {"target": {name: value for name, value in target.items() if value is not None}}
        content |= self.training.content | self._attacks
        with about(self.training.recipe):
            return parse_config(content, Path())

    @property
    def _attacks(self) -> dict[str, Any]:
        """The key of the attacks; none where none are named."""
        if self.attacks is None:
            return {}
        names = [name.strip() for name in self.attacks.split(",")]
        return {"attacks": names[0] if names[0] in get_args(AskedAttacks) and len(names) == 1 else names}

    def _check_goes_with_records(self, argument: str) -> None:
        """Raise UserError where the argument cannot be a model with these records."""
        members, nonmembers, _ = self.records
        lacking = "members" if members is None else "nonmembers" if nonmembers is None else None
        address = Address.read(argument)
        is_other = not is_model(address) and address.suffix not in PICKLES
        if is_other and _is_config(argument):
            raise UserError(
                f"{argument} seems to be a configuration: expected a model beside --members and --nonmembers; in a "
                "configuration, write `target: {model: ..., members: ..., nonmembers: ...}`"
            )
        if is_other and is_evidence(Path(argument)):
            raise UserError(
                "expected --members FILE and --nonmembers FILE together, and no other file beside them but a model; "
                f"got {argument}, which seems to hold predictions"
            )
        if lacking is not None:
            what = "that the model was trained on" if lacking == "members" else "that it was not trained on"
            raise UserError(f"--{lacking} FILE is missing: expected a file of records {what}, beside {argument}")
        if members == nonmembers:
            raise UserError(f"--members and --nonmembers both name {members}: expected two files")

    def _check_no_options_of_models(self) -> None:
        given = {
            "--population": self.records.population is not None,
            "--signal": self.signal is not None,
            "--recipe": self.training.recipe is not None,
            "--train": self.training.train is not None,
            "--surrogates": self.training.surrogates is not None,
            "--models": self.training.models is not None,
            "--set": bool(self.options),
        }
        for option in (name for name, is_given in given.items() if is_given):
            raise UserError(
                f"{option} is for a model with its records: expected MODEL --members FILE --nonmembers FILE beside it; "
                "a configuration says the same in its own keys"
            )

    def _of_file(self) -> AuditConfig:
        path = None if self.argument is None else Path(self.argument)
        files = files_of(path, self.records.members, self.records.nonmembers)
        hints = self.columns.hints
        if files.nonmembers is not None or is_evidence(files.first):
            return parse_config(evidence_config(files, hints) | self._attacks)
        if self._attacks:
            raise UserError("--attacks is for a model or predictions: in a configuration, use `attacks`")
        if hints != NO_HINTS:
            raise UserError("options on columns are for a file of predictions; in a configuration, use `reading`")
        return load_config(files.first)


def _is_config(argument: str) -> bool:
    suffix = Path(argument).suffix.lower()
    return suffix in (".yaml", ".yml") or (suffix == ".json" and not is_evidence(Path(argument)))


def _check_no_model(argument: str) -> None:
    """Raise UserError where the argument is a model, which needs records beside it."""
    address = Address.read(argument)
    of_other_files = {".yaml", ".yml", *suffixes.EVIDENCE} - set(SHARED_SUFFIXES)
    if address.suffix in PICKLES or address.is_url or address.factory is not None:
        open_target(address)  # says why it cannot be opened, where it cannot
    elif address.suffix in of_other_files or not is_model(address):
        return
    raise UserError(f"{address} is a model: {HOW}")
