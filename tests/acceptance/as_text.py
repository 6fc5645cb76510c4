"""CSV files, by how they are written."""

import csv

from acceptance.predicted import PLAIN, ROWS, N, Variant, packed, text, text_of


def from_text() -> list[Variant]:
    """CSV files, by how they are written."""
    commas = text_of(PLAIN, ";", ",")
    umlauts = {**PLAIN, "größe": ["groß", "klein"] * (N // 2)}
    r_table = "\n".join(
        [" ".join(f'"{name}"' for name in PLAIN), *text_of({"": ROWS, **PLAIN}, " ", header=False).splitlines()]
    )
    return [
        Variant("documented form", "any program", text("p.csv", text_of(PLAIN))),
        Variant(
            "all cells in quotes", "R `write.csv` of characters", text("p.csv", text_of(PLAIN, quoting=csv.QUOTE_ALL))
        ),
        Variant("semicolons, decimal commas", "R `write.csv2`, Excel in most of Europe", text("p.csv", commas)),
        Variant("`sep=;` in the first line", "Excel for other locales", text("p.csv", "sep=;\n" + commas)),
        Variant("tabs", "`to_csv(sep='\\t')`", text("p.tsv", text_of(PLAIN, "\t"))),
        Variant("vertical bars", "database export", text("p.txt", text_of(PLAIN, "|"))),
        Variant("row names, a header one short", "R `write.table`", text("p.txt", r_table)),
        Variant("byte order mark", "Excel `CSV UTF-8`", text("p.csv", text_of(PLAIN).encode("utf-8-sig"))),
        Variant("UTF-16", "Excel `Unicode text`", text("p.txt", text_of(PLAIN, "\t").encode("utf-16"))),
        Variant("Latin-1", "Excel `CSV` in Windows", text("p.csv", text_of(umlauts, ";", ",").encode("latin-1"))),
        Variant("gzip", "`to_csv('p.csv.gz')`", text("p.csv.gz", packed(text_of(PLAIN)))),
        Variant("row numbers", "pandas `to_csv` with its index", text("p.csv", text_of({"": range(N), **PLAIN}))),
        Variant("trailing separators", "spreadsheets", text("p.csv", text_of({**PLAIN, "": [""] * N}))),
    ]
