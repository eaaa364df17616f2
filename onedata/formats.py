"""File formats that are read: endings, and what servers call them."""

from __future__ import annotations

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".geojson", ".json", ".parquet")
MEDIA_ENDINGS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/geo+json": ".geojson",
    "application/json": ".json",
    "application/vnd.apache.parquet": ".parquet",
}
