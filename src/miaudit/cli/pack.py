"""The commands `pack`, which puts what may leave of an audit into one zip, and `verify`, which checks such a zip."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from miaudit.cli.console import PlainConsole
from miaudit.cli.options import Baseline, SmallestGroup
from miaudit.errors import UserError
from miaudit.reading.path import check_folder, resolved

if TYPE_CHECKING:
    from miaudit.decisions.outcomes import GateResult
    from miaudit.decisions.saved import SavedAudit
    from miaudit.decisions.signature import TrustedSigner
    from miaudit.decisions.verify import Verification

PackPolicy = Annotated[
    str | None,
    typer.Option(
        "--policy",
        metavar="FILE|NAME",
        help="Decide by this policy, and pack the decision. Default: that of gate.json in the folder, if there is one.",
    ),
]
Key = Annotated[
    Path | None,
    typer.Option(
        "--sign", metavar="KEYFILE", help="Sign with this private key of OpenSSH (by ssh-keygen) or of minisign."
    ),
]
Zip = Annotated[Path | None, typer.Option(help="The zip to write. Default: DIR-pack.zip in the current folder.")]
Pack = Annotated[Path, typer.Argument(metavar="PACK", help="The zip that `miaudit pack` wrote.")]
AllowedSigners = Annotated[
    Path | None,
    typer.Option(help="File of ssh-keygen with the signers that you trust: `ann@example.org ssh-...`."),
]
Identity = Annotated[str | None, typer.Option(help="The allowed signer who must have signed. Default: any of them.")]
PublicKey = Annotated[Path | None, typer.Option(help="Public key of minisign that you trust.")]
OwnPolicy = Annotated[
    str | None,
    typer.Option(
        "--policy",
        metavar="FILE|NAME",
        help="Decide by your own policy as well, as far as the released numbers allow.",
    ),
]


def pack(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished audit.")],
    out: Zip = None,
    policy: PackPolicy = None,
    baseline: Baseline = None,
    key: Key = None,
    min_group: SmallestGroup = None,
) -> None:
    """Put the parts of an audit that may leave into one zip.

    It holds page, result, policy and decision, configuration and environment. No record is in it, and no number from
    fewer records than --min-group. A manifest holds the SHA-256 of each file.
    """
    from miaudit.auditing.files import DEFENCES, GATE, RESULT, SCORES
    from miaudit.cli.look import fits_together
    from miaudit.decisions.release import LEAST
    from miaudit.decisions.saved import open_audit
    from miaudit.files import check_no_input
    from miaudit.manifest import check_together
    from miaudit.report.pack import write_pack

    check_folder(folder, "the folder of an audit")
    if (folder / DEFENCES).exists():
        raise UserError(f"{folder} compares defences: pack its audits one by one, each in a folder below it")
    check_together(folder, (RESULT, SCORES))
    place = Path(f"{resolved(folder).name}-pack.zip") if out is None else out
    own = (folder / RESULT, folder / SCORES, folder / GATE)
    check_no_input(place, (*own, key, None if policy is None else Path(policy)))
    audit = open_audit(folder)
    with fits_together(folder / RESULT):
        decision = _decision(audit, folder, policy, baseline)
        packed = write_pack(audit, folder, place, decision, min_group or LEAST, key)
    console = PlainConsole(soft_wrap=True)
    console.print(f"Verdict: {packed.result.verdict.headline}")
    console.print("No policy was applied." if packed.decision is None else packed.decision.reason)
    console.print(f"Pack of {len(packed.files)} files{', signed' if key else ''}: {place.resolve()}")


def _decision(audit: "SavedAudit", folder: Path, policy: str | None, baseline: Path | None) -> "GateResult | None":
    """The decision by the policy that is named, else by that of gate.json; it is taken anew, from the scores."""
    from miaudit.decisions.gate import gate
    from miaudit.decisions.policy import Policy
    from miaudit.decisions.saved import open_audit
    from miaudit.decisions.saved_gate import load_decision

    stored = None if policy is not None else load_decision(folder)
    if policy is not None:
        read = Policy.of(policy)
    elif stored is not None:
        read = stored.policy
    elif baseline is not None:
        raise UserError("--baseline is for a policy that compares with it: give --policy too, such as regression")
    else:
        return None
    return gate(audit, read, None if baseline is None else open_audit(baseline))


def verify(
    pack: Pack,
    allowed_signers: AllowedSigners = None,
    identity: Identity = None,
    public_key: PublicKey = None,
    policy: OwnPolicy = None,
) -> None:
    """Check a pack that you received.

    Checks its files and its signature, and that its decision follows from its numbers. The exit code is 0 where all
    is well, 1 where something is wrong, and 2 where the file is no pack.
    """
    from miaudit.decisions.policy import Policy
    from miaudit.decisions.verify import verify as verified

    signer = _signer(allowed_signers, identity, public_key)
    found = verified(pack, signer, None if policy is None else Policy.of(policy))
    console = PlainConsole(soft_wrap=True)
    for line in found.wrong:
        console.print(f"Wrong: {line}.")
    if found.wrong:
        console.print("Not verified: do not rely on this pack.")
        raise typer.Exit(1)
    _show(console, found)


def _signer(allowed_signers: Path | None, identity: str | None, public_key: Path | None) -> "TrustedSigner | None":
    from miaudit.decisions.signature import TrustedSigner

    if identity is not None and allowed_signers is None:
        raise UserError("--identity names one of the allowed signers: give --allowed-signers FILE too")
    if allowed_signers is not None and public_key is not None:
        raise UserError("--allowed-signers is for ssh-keygen and --public-key for minisign: give one of them")
    if allowed_signers is None and public_key is None:
        return None
    return TrustedSigner(allowed_signers, identity, public_key)


def _show(console: PlainConsole, found: "Verification") -> None:
    result, decision = found.result, found.decision
    if result is None:
        raise ValueError("a verified pack has a result")
    target, origin = result.target, result.provenance
    console.print(f"Audited: {target.description}; {target.members:,} members, {target.nonmembers:,} non-members")
    console.print(f"By: miaudit {origin.miaudit}, {(result.cost.finished or 'at an unknown time')[:10]}")
    console.print(f"Verdict: {result.verdict.headline}")
    console.print("Decision: no policy was applied." if decision is None else f"Decision: {decision.reason}")
    if found.own_decision is not None:
        console.print(f"By your policy: {found.own_decision.reason}")
    if found.signed_by is not None:
        console.print(f"Signed by: {found.signed_by}")
    elif found.signatures:
        console.print("Signed, not checked by whom: give --allowed-signers FILE or --public-key FILE.")
    else:
        console.print("Not signed: the pack is whole, but anybody could have made it.")
    console.print("Verified.")
