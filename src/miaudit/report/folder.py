"""Writes the folder that an audit leaves behind."""

from pathlib import Path

import pyarrow.csv
import yaml

from miaudit.auditing.defences_result import DefencesResult
from miaudit.auditing.files import CONFIG, DEFENCES, GATE, REPORT, save, to_json
from miaudit.auditing.run import Finished
from miaudit.config import AuditConfig
from miaudit.decisions.compare import Compared
from miaudit.decisions.comparison import to_json as comparison_json
from miaudit.files import files_together, write_atomically
from miaudit.report.comparison import write_audit_comparison
from miaudit.report.defences import write_defences
from miaudit.report.html import write_report

COMPARED, COMPARED_PAGE, COMPARED_RECORDS = "comparison.json", "comparison.html", "records.csv"


def write_folder(finished: Finished, out: Path) -> None:
    """Write all files of the folder at once in place of an earlier result, whose decision by a gate is removed."""
    (out / GATE).unlink(missing_ok=True)
    with files_together(out, apart=(REPORT,)) as folder:
        table = save(finished, folder)
        write_report(finished.result, table, folder / REPORT)


def write_defences_folder(result: DefencesResult, config: AuditConfig, out: Path) -> None:
    """Write the files of a comparison of defences, beside the folders of its audits."""
    with files_together(out, apart=(REPORT,)) as folder:
        write_atomically(folder / CONFIG, yaml.safe_dump(config.as_dict(), sort_keys=False).encode())
        write_atomically(folder / DEFENCES, to_json(result).encode())
        write_defences(result, folder / REPORT)


def write_compared_folder(found: Compared, out: Path, with_records: bool = True) -> None:
    """Write the files of a comparison of finished audits.

    The table of single records is written only where it is wanted; otherwise one of an earlier comparison is removed.
    """
    with files_together(out, apart=(COMPARED_PAGE,)) as folder:
        write_atomically(folder / COMPARED, comparison_json(found.result).encode())
        if with_records:
            pyarrow.csv.write_csv(found.records, folder / COMPARED_RECORDS)
        write_audit_comparison(found.result, folder / COMPARED_PAGE)
    if not with_records:
        (out / COMPARED_RECORDS).unlink(missing_ok=True)
