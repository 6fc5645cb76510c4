"""Suffixes of the tables that are read, by their format."""

TEXTS = (".csv", ".tsv", ".tab", ".txt", ".dat")
JSONS = (".json", ".jsonl", ".ndjson")
EXCEL = (".xlsx", ".xlsm")
ARROW = (".feather", ".arrow", ".ipc")
PARQUET = (".parquet", ".pq")
NUMPY = (".npy", ".npz")
STATS = (".dta", ".sav", ".zsav", ".por", ".sas7bdat", ".xpt")
OLD = {
    ".xls": "an old workbook of Excel: save it as .xlsx or CSV",
    ".ods": "a spreadsheet of LibreOffice: save it as CSV",
}  # are named, not read
PACKED = ".gz"
TABLES = (*TEXTS, *JSONS, *EXCEL, *ARROW, *PARQUET, *NUMPY, *STATS, *OLD, PACKED)
