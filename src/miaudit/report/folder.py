"""The folder that an audit leaves behind."""

from pathlib import Path

from miaudit.auditing.files import REPORT, save
from miaudit.auditing.run import Finished
from miaudit.files import files_together
from miaudit.report.html import write_report


def write_folder(finished: Finished, out: Path) -> None:
    """All files of the folder, which replace those of an earlier result at once; the page can be made anew."""
    with files_together(out, apart=(REPORT,)) as folder:
        table = save(finished, folder)
        write_report(finished.result, table, folder / REPORT)
