"""Engines that run the reduction of event data: DuckDB, which is embedded and spills to disk, and Spark."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from forecast.errors import InputError
from forecast.readers.event_layouts import BEYOND, LAYOUTS, Layout
from forecast.readers.event_reduction import CODES, KINDS, STATES, code_table, named_states, reduce, state_table
from forecast.readers.state_names import state_codes

#: Columns of small tables that hold numbers.
_NUMBERS: Final = ("place", "kind")
#: Memory that DuckDB may take before it spills.
MEMORY: Final = "1GB"


@dataclass(frozen=True)
class Form:
    """How files are written: in which layout, and with which separator; Parquet has none."""

    layout: str
    separator: str
    #: Number of columns beyond the layout's, which are blank.
    blank: int = 0


class Engine(Protocol):
    """Something that runs a narwhals expression on files."""

    def read(self, files: Sequence[Path], form: Form) -> Any:
        """Open files as a narwhals frame of the layout's columns, all text, and `BEYOND`."""

    def table(self, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Any:
        """A small table as a narwhals frame."""

    def collect(self, frame: Any) -> Any:
        """The frame's rows as a table of pyarrow."""

    def rejected(self) -> int:
        """How many lines of the files read last could not be read at all."""


def cells_of(engine: Engine, files: Sequence[Path], form: Form) -> Any:
    """Reduce files of one form to the columns `forecast.readers.event_reduction.CELLS`, as a table of pyarrow."""
    import pyarrow as pa

    layout = LAYOUTS[form.layout]
    reports = layout.reports(engine.read(files, form))
    names = engine.collect(named_states(reports)).column("name").to_pylist() if layout.named else state_codes()
    states = engine.table(STATES, state_table(sorted(filter(None, names))))
    codes = engine.table(CODES, code_table(layout))
    cells = engine.collect(reduce(layout, reports, states, codes))
    kinds = pa.array(KINDS, pa.string()).take(cells["kind"].combine_chunks().cast(pa.int64()))
    return cells.set_column(cells.schema.get_field_index("kind"), "kind", kinds)


@contextmanager
def engine_named(name: str) -> Iterator[Engine]:
    """Start ``duckdb``, ``spark`` (on this machine) or ``spark:MASTER`` (on a cluster).

    Raises
    ------
    InputError
        If there is no such engine, or it is not installed.
    """
    kind, _, master = name.partition(":")
    if kind == "duckdb" and not master:
        with DuckDB() as engine:
            yield engine
    elif kind == "spark":
        with Spark(master or "local[*]") as spark:
            yield spark
    else:
        raise InputError(f"{name!r} is not one of duckdb, spark and spark:MASTER", field="--engine")


class DuckDB:
    """The embedded engine."""

    def __enter__(self) -> DuckDB:
        import duckdb

        self._database = duckdb.connect()
        self._database.execute(f"SET memory_limit = '{MEMORY}'")
        self._database.execute("SET preserve_insertion_order = false")
        # It takes a text file for small, and would hash all reports to look the few states up in them.
        self._database.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        # DuckDB would draw a bar of its own on standard output.
        self._database.execute("SET enable_progress_bar = false")
        return self

    def __exit__(self, *error: object) -> None:
        self._database.close()

    def read(self, files: Sequence[Path], form: Form) -> Any:
        """Open files; a line of more cells fills `BEYOND`, one of fewer has none at its end."""
        import narwhals as nw

        layout = LAYOUTS[form.layout]
        listed = f"[{', '.join(_quoted(str(file)) for file in files)}]"
        if not form.separator:
            columns = ", ".join(f'"{name}"::VARCHAR AS "{name}"' for name in layout.columns)
            return nw.from_native(
                self._database.sql(f'SELECT {columns}, NULL::VARCHAR AS "{BEYOND}" FROM read_parquet({listed})')
            )
        names = _names(layout, form)
        columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in names)
        quote = "" if form.separator == "\t" else '"'
        with contextlib.suppress(Exception):
            self._database.execute("DELETE FROM reject_errors")
        return nw.from_native(
            self._database.sql(
                f"SELECT * FROM read_csv({listed}, columns = {{{columns}}}, auto_detect = false, "
                f"delim = {_quoted(form.separator)}, quote = '{quote}', escape = '{quote}', header = {layout.header}, "
                "null_padding = true, strict_mode = false, store_rejects = true, rejects_limit = 100000)"
            )
        )

    def table(self, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Any:
        """A small table; it may be empty."""
        import narwhals as nw
        import pyarrow as pa

        return nw.from_native(self._database.from_arrow(_arrow(pa, names, rows)))

    def collect(self, frame: Any) -> Any:
        """Run the query."""
        return frame.to_native().to_arrow_table()

    def rejected(self) -> int:
        """Lines that are no UTF-8 or longer than any should be."""
        try:
            found = self._database.execute("SELECT count(DISTINCT (file_id, line)) FROM reject_errors").fetchone()
        except Exception:  # there is no such table before the first line is rejected
            return 0
        return int(found[0]) if found else 0


class Spark:
    """Spark on this machine or a cluster; pandas takes no part."""

    def __init__(self, master: str) -> None:
        self._master = master

    def __enter__(self) -> Spark:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise InputError(
                "Spark is not installed: pip install 'forecast[spark]', and Java 17 or later", field="--engine"
            ) from None
        try:
            builder = SparkSession.builder.master(self._master).appName("forecast")
            self._session = (
                builder.config("spark.sql.shuffle.partitions", "8")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.session.timeZone", "UTC")
                .getOrCreate()
            )
        except Exception as error:
            raise InputError(f"Spark does not start on {self._master}: {error}", field="--engine") from None
        self._session.sparkContext.setLogLevel("ERROR")
        return self

    def __exit__(self, *error: object) -> None:
        self._session.stop()

    def read(self, files: Sequence[Path], form: Form) -> Any:
        """Open files; paths are those of the machines that do the work."""
        import narwhals as nw
        from pyspark.sql.types import StringType, StructField, StructType

        layout, paths = LAYOUTS[form.layout], [str(file) for file in files]
        if not form.separator:
            frame = self._session.read.parquet(*paths)
            columns = [frame[f"`{name}`"].cast("string").alias(name) for name in layout.columns]
            return nw.from_native(frame.select(*columns)).with_columns(nw.lit(None).cast(nw.String).alias(BEYOND))
        schema = StructType([StructField(name, StringType()) for name in _names(layout, form)])
        quote = "" if form.separator == "\t" else '"'
        return nw.from_native(
            self._session.read.csv(
                paths, schema=schema, sep=form.separator, quote=quote, escape=quote, header=layout.header,
                enforceSchema=True, mode="PERMISSIVE",
            )
        )  # fmt: skip

    def table(self, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Any:
        """A small table; it may be empty."""
        import narwhals as nw
        from pyspark.sql.types import LongType, StringType, StructField, StructType

        kinds = [LongType() if name in _NUMBERS else StringType() for name in names]
        schema = StructType([StructField(name, kind) for name, kind in zip(names, kinds, strict=True)])
        return nw.from_native(self._session.createDataFrame([tuple(row) for row in rows], schema))

    def collect(self, frame: Any) -> Any:
        """Run the query."""
        return frame.to_native().toArrow()

    def rejected(self) -> int:
        """Spark reads every line as some text."""
        return 0


def _names(layout: Layout, form: Form) -> list[str]:
    return [*layout.columns, *(f"blank {k}" for k in range(form.blank)), BEYOND]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _arrow(pa: Any, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Any:
    kinds = [pa.int64() if name in _NUMBERS else pa.string() for name in names]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.table([pa.array(list(column), kind) for column, kind in zip(columns, kinds, strict=True)], list(names))
