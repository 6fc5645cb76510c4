"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

MOST_PROCESSES = 1024

Out = Annotated[Path | None, typer.Option(help="Folder for the report and the results; created if missing.")]
StorePlace = Annotated[
    str | None,
    typer.Option(
        help="Folder or URL of the store of trained models. Default: MIAUDIT_STORE, else one in the user's cache."
    ),
]
Jobs = Annotated[
    int | None, typer.Option(min=1, max=MOST_PROCESSES, help="Number of worker processes. Default: one per core.")
]
Ray = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Train on the Ray cluster at HOST:PORT. `auto` joins the cluster that RAY_ADDRESS names or that this "
        "machine belongs to, else starts one on this machine.",
    ),
]
Members = Annotated[
    Path | None, typer.Option(help="Predictions on records that the model was trained on; with --nonmembers.")
]
NonMembers = Annotated[Path | None, typer.Option(help="Predictions on other records; with --members.")]
What = Annotated[
    str | None,
    typer.Argument(
        metavar="MODEL|CONFIG|FILE",
        help="A model (model.onnx, model.skops, net.py:make?weights=w.safetensors, a folder, a URL) with --members and "
        "--nonmembers; or a YAML configuration; or a file of predictions in any usual format; or a .safetensors file "
        "of evidence.",
    ),
]
MemberRecords = Annotated[
    Path | None,
    typer.Option(help="Records that the model was trained on; without a model, predictions on such records."),
]
OtherRecords = Annotated[
    Path | None, typer.Option(help="Records that the model was not trained on, or predictions on them.")
]
Population = Annotated[
    Path | None,
    typer.Option(
        help="Records of the same kind that no audited model was trained on, for attacks that compare with a "
        "population; only with a model."
    ),
]
RecipeFile = Annotated[
    Path | None,
    typer.Option("--recipe", help="YAML file with what `recipe` holds in a configuration: how the model was trained."),
]
TrainingCode = Annotated[
    str | None,
    typer.Option("--train", help="Your own training code, such as fit.py:train: a function train(x, y, seed) -> model"),
]
SurrogateSearch = Annotated[
    str | None,
    typer.Option(
        "--surrogates",
        help="Whether to try several kinds of models and train reference models of the kind most like the target: "
        "always, never, or auto, which does so only where nothing else shows how the target was trained. "
        "Default: auto.",
    ),
]
PoolModels = Annotated[
    int | None, typer.Option("--models", min=2, max=10_000, help="Number of reference models, even. Default: 32.")
]
ViewCount = Annotated[
    int | None,
    typer.Option(
        "--views",
        min=0,
        max=24,
        help="Ask every model also about this many views of each record, such as shifted images. Default: as the "
        "configuration says, else 8 where that is known to help and costs nothing (see docs/views.md), else 0.",
    ),
]
StudentCount = Annotated[
    int | None,
    typer.Option(
        "--students",
        min=0,
        max=100,
        help="Number of students, even, to train for the model and for each shadow. A student is a network that learns "
        "what its teacher answers about half of the records; with students, the attack `ensemble` finds more (see "
        "docs/references.md). Default: as the configuration says, else 0.",
    ),
]
ModelOptions = Annotated[
    list[str] | None,
    typer.Option("--set", help="Set an option of this kind of model, such as batch=8 for a URL; may be repeated."),
]
Label = Annotated[
    str | None,
    typer.Option(
        help="Column of the true class, or a .npy file with it; with --signal, several columns separated by commas."
    ),
]
Member = Annotated[
    str | None,
    typer.Option(help="Column that marks the members, COLUMN=VALUE where VALUE means a member, or a .npy file."),
]
Probabilities = Annotated[
    str | None, typer.Option(help="Columns of the model's outputs: COLUMN,... or COLUMN=CLASS,...")
]
SignalOfModel = Annotated[
    str | None,
    typer.Option(
        "--signal",
        help="For a model that is no classifier, how well it fits each record: regression, multi_label, or your "
        "function fn(model, x, y) as fit.py:fn. Default: regression for estimators that call themselves regressors.",
    ),
]
AttackNames = Annotated[
    str | None,
    typer.Option(
        "--attacks",
        metavar="NAME,NAME",
        help="The attacks, such as loss,lira; or all, for all that apply; or auto, for the strongest that applies of "
        "each kind of attacker. Default: auto.",
    ),
]
OutputForm = Annotated[
    str | None,
    typer.Option(
        help="What the outputs are: probabilities, percent, logits, log_probabilities or labels; those of a model may "
        "also be margins. A file, or a model with --signal, may instead give one number per record: "
        "a loss, which is lower where the model fits better, or a score, which is higher."
    ),
]
IdColumn = Annotated[str | None, typer.Option(help="Column that names the records; the model does not get it.")]
GroupColumn = Annotated[
    list[str] | None,
    typer.Option(
        "--group-by",
        metavar="COLUMN",
        help="Report also each group of records that have the same value in this column; `label` stands for the "
        "class. May be repeated.",
    ),
]
SmallestGroup = Annotated[
    int | None,
    typer.Option("--min-group", min=2, help="Do not show groups with fewer members or non-members. Default: 10."),
]
ForRelease = Annotated[
    bool,
    typer.Option(
        "--release",
        help="Write a page and a result that may leave a protected environment: no records, no ids, no number from "
        "fewer records than --min-group.",
    ),
]
DataRoot = Annotated[
    Path | None,
    typer.Option(help="Folder of the data sets. Default: MIAUDIT_DATA, else `datasets` in the current folder."),
]
Device = Annotated[
    str | None,
    typer.Option(help="Where networks are trained: auto (CUDA if there is any, else the CPU), cpu, cuda or mps."),
]
Budget = Annotated[
    str | None,
    typer.Option(
        help="Time that training may take, such as 90s, 10m or 2h; the number of pool models follows from it."
    ),
]
ConfirmAbove = Annotated[
    str | None, typer.Option(help="Ask before training that takes longer than this, such as 10m. Default: never ask.")
]
PlanOnly = Annotated[
    bool,
    typer.Option("--plan-only", "--dry-run", help="Print what would be trained and how long it takes, then stop."),
]
Anytime = Annotated[
    bool,
    typer.Option("--anytime", help="Write a preliminary report each time the number of trained models has doubled."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print result.json instead of a table.")]
OpenPage = Annotated[bool, typer.Option("--open", help="Open the page in the browser.")]
PolicyName = Annotated[
    str,
    typer.Option(
        "--policy", metavar="FILE|NAME", help="The policy: a YAML file, or strict, research-output or regression."
    ),
]
AuditPolicy = Annotated[
    str | None,
    typer.Option(
        "--policy",
        metavar="FILE|NAME",
        help="Decide by a policy at the end, as `miaudit gate` does, and exit with 0 pass, 1 fail or 3 cannot tell.",
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of an earlier audit, for a policy that limits the change from it."),
]
LogTo = Annotated[
    str | None,
    typer.Option(
        "--log",
        metavar="TRACKER",
        help="Log metrics, tags and a page without single records to a tracker: `mlflow`, which its environment "
        "variables set up.",
    ),
]
