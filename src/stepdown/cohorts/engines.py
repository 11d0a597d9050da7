"""Where the tables of a registry are worked on: DuckDB in this process, or Spark; the same expressions.

Every stage is written down as a table before the next one reads it. Ibis would otherwise inline what two
stages share, and one big expression is several times slower.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from stepdown.ms.errors import MissingExtra, StepdownError, UserError

#: An expression of Ibis: a table that an engine can work out, or a column of one.
Expression = Any
#: The calendar is counted in days from this one, so that both engines compare whole numbers.
FIRST_DAY = (1970, 1, 1)
ENGINES = ("duckdb", "spark")
#: What DuckDB may take before it puts tables aside on the disk.
_MEMORY = "1GB"


class EngineError(StepdownError):
    """The engine could not be started; the sentence says what it needs."""

    exit_code = 1


@dataclass(frozen=True)
class Engine:
    """A connection with the stages kept on it; ``statements`` holds the SQL of each, in order.

    ``script`` is what was run, to be run again when the tables of the registry hold other people; ``words``
    is the SQL of each question that was put into SQL, which takes longer than a small answer.
    """

    name: str
    connection: Any
    folder: Path
    statements: list[tuple[str, str]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    script: list[Callable[[], object]] = field(default_factory=list)
    words: dict[Any, str] = field(default_factory=dict)

    def keep(self, expression: Expression, name: str = "step") -> Expression:
        """The result of an expression as a table of the engine; nothing is worked out twice."""
        return self.run(self.prepare(expression, name))

    def run(self, step: Step) -> Expression:
        """The table of a step, worked out."""
        self._run(step.run)
        return step.result

    def prepare(self, expression: Expression, name: str = "step") -> Step:
        """An expression put into SQL once, to be run as often as the tables that it reads are filled anew."""
        table = f"{name}_{next(self.numbers)}"
        sql = self.to_sql(expression)
        self.statements.append((table, sql))
        return Step(self, table, sql, self.refer(table, expression.schema()))

    def repeat(self, steps: Iterable[Step], gathered: list[Expression], last: Expression) -> list[Expression]:
        """Run steps in rounds until ``last`` is empty; each of ``gathered`` with the rows of all rounds."""
        tables = [each.get_name() for each in gathered]
        goals = [f"{table}_rounds" for table in tables]
        self._run(Rounds(self, tuple(steps), tuple(zip(tables, goals, strict=True)), last).run)
        return [self.refer(goal, each.schema()) for goal, each in zip(goals, gathered, strict=True)]

    def run_again(self) -> None:
        """All that was run before, on what the tables of the registry hold now.

        What is there goes first: it would stay beside its successor until that is whole.
        """
        for table, _ in self.statements:
            self.run_sql(f"DROP TABLE IF EXISTS {table}")
        for action in self.script:
            action()

    def _run(self, action: Callable[[], object]) -> None:
        self.script.append(action)
        action()

    def refer(self, table: str, schema: Any) -> Expression:
        """A table of the engine whose columns are known: to ask the engine for them takes longer."""
        from ibis.expr.operations import DatabaseTable

        return DatabaseTable(table, schema=schema, source=self.connection).to_expr()

    def load(self, name: str, rows: Any) -> Expression:
        """An Arrow table, put onto the engine by way of a file: Spark would take it through floats."""
        from pyarrow.parquet import write_table

        path = self.folder / f"{name}_{next(self.numbers)}.parquet"
        write_table(rows, path)
        return self.connection.read_parquet(str(path), table_name=path.stem)

    def drop(self, tables: Iterable[Expression]) -> None:
        """Forget stages that are not needed any more."""
        for table in tables:
            self._run(partial(self.run_sql, f"DROP TABLE IF EXISTS {table.get_name()}"))

    def count(self, table: Expression) -> int:
        """How many rows a table of the engine has."""
        return self.ask(f"SELECT count(*) FROM {table.get_name()}")[0]

    def ask(self, sql: str) -> tuple[int, ...]:
        """The first row of an answer that is whole numbers."""
        answer = self.run_sql(sql)
        row = (answer.collect() if self.name == "spark" else answer.fetchall())[0]
        return tuple(int(value) for value in row)

    def run_sql(self, sql: str) -> Any:
        """One statement, as the engine takes it."""
        return self.connection.raw_sql(sql)

    def to_sql(self, expression: Expression) -> str:
        """The SQL of an expression, as this engine is asked it."""
        question = expression.op()
        if type(question).__name__ == "DatabaseTable":
            return f"SELECT * FROM {question.name}"
        if question not in self.words:
            sql = str(self.connection.compile(expression, pretty=True))
            self.words[question] = _shorten_dates(sql) if self.name == "duckdb" else sql
        return self.words[question]

    def fetch(self, expression: Expression) -> Any:
        """An expression worked out, as an Arrow table; of DuckDB without Ibis, which would load pandas."""
        if self.name != "duckdb":
            return expression.to_pyarrow()
        return self.connection.con.sql(self.to_sql(expression)).to_arrow_table()


@dataclass(frozen=True)
class Step:
    """An expression in the words of an engine, and the table that holds its result."""

    engine: Engine
    table: str
    sql: str
    result: Expression

    def run(self) -> None:
        """Work it out, in the place of an earlier result."""
        if self.engine.name == "duckdb":
            self.engine.run_sql(f"CREATE OR REPLACE TEMP TABLE {self.table} AS {self.sql}")
            return
        self.engine.run_sql(f"DROP TABLE IF EXISTS {self.table}")
        self.engine.run_sql(f"CREATE {self._kind} AS {self.sql}")

    @property
    def _kind(self) -> str:
        stored = f"TABLE {self.table} USING parquet"
        return stored if self.engine.name == "spark" else f"TEMP TABLE {self.table}"

    @classmethod
    def refill(cls, table: Expression, source: Expression, engine: Engine) -> Step:
        """The rows of one table put in the place of those of another."""
        return cls(engine, table.get_name(), f"SELECT * FROM {source.get_name()}", table)


@dataclass(frozen=True)
class Rounds:
    """Steps that are run until a table is empty; the rows of some tables are gathered after each round."""

    engine: Engine
    steps: tuple[Step, ...]
    gathered: tuple[tuple[str, str], ...]
    last: Expression

    def run(self) -> None:
        """As many rounds as it takes; what the tables hold before the first is gathered too."""
        for source, goal in self.gathered:
            Step(self.engine, goal, f"SELECT * FROM {source}", None).run()
        while self.engine.count(self.last):
            for step in self.steps:
                step.run()
            for source, goal in self.gathered:
                self.engine.run_sql(f"INSERT INTO {goal} SELECT * FROM {source}")


#: How Ibis has DuckDB find the date of a day: by a moment in time, which takes ten times as long.
_DATE_OF_DAY = re.compile(r'MAKE_DATE\(1970, 1, 1\) \+ TO_DAYS\(("\w+"\."\w+")\)')


def _shorten_dates(sql: str) -> str:
    """The same question with the date of a day asked by its own name."""
    return _DATE_OF_DAY.sub(r"MAKE_DATE(\1)", sql)


def load_ibis() -> Any:
    """The library of expressions; MissingExtra where it is not installed."""
    try:
        import ibis
    except ModuleNotFoundError as error:
        raise MissingExtra("A cohort", "cohorts") from error
    return ibis


def take_first(rows: Expression, by: str | tuple[str, ...], order: str, *, last: bool = False) -> Expression:
    """The rows of each group that have its least ``order``, or the greatest.

    Written as a column and a filter: a window inside a filter is a statement that Spark does not know.
    """
    ranked = load_ibis().window(group_by=by if isinstance(by, str) else list(by))
    edge = rows[order].max() if last else rows[order].min()
    marked = rows.mutate(edge=edge.over(ranked))
    return marked.filter(marked[order] == marked.edge).drop("edge")


def to_rows(table: Expression) -> list[dict[str, Any]]:
    """Every row of a table as Python values; NULL is None. For small tables."""
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows


@contextmanager
def open_engine(name: str = "duckdb", *, master: str = "local[2]", threads: int | None = None,
                folder: str | None = None) -> Iterator[Engine]:
    """An engine that is closed afterwards. ``folder`` holds what does not fit in memory.

    ``name`` may be the address of another database that Ibis knows, such as duckdb:///registry.ddb.
    Raises UserError for a name that is no engine, MissingExtra where it is not installed, and EngineError
    where it does not start.
    """
    if name not in ENGINES and "://" not in name:
        raise UserError(f"--engine {name}: there is no such engine; choose {' or '.join(ENGINES)}, or give "
                        "the address of a database, such as duckdb:///stages.ddb")
    with tempfile.TemporaryDirectory(prefix="stepdown-", dir=folder) as work:
        if "://" in name:
            engine = _open_address(name, work)
        else:
            engine = _open_duckdb(threads, work) if name == "duckdb" else _open_spark(master, work)
        try:
            yield engine
        finally:
            engine.connection.disconnect()


def _open_duckdb(threads: int | None, work: str) -> Engine:
    ibis = load_ibis()
    settings: dict[str, Any] = {"threads": threads} if threads else {}
    connection = ibis.duckdb.connect(temp_directory=work, autoinstall_known_extensions=False,
                                     autoload_known_extensions=False, **settings)
    connection.raw_sql("SET enable_progress_bar = false")
    # The order of rows is asked for where it matters; to keep it everywhere costs memory and time.
    connection.raw_sql("SET preserve_insertion_order = false")
    # Two tables are joined at a time, each worked out before: to look for a better order finds a worse one.
    connection.raw_sql("SET disabled_optimizers = 'join_order'")
    connection.raw_sql(f"SET memory_limit = '{_MEMORY}'")
    return Engine("duckdb", connection, Path(work))


def _open_address(address: str, work: str) -> Engine:
    """A database by its address; no error repeats the address, which may hold a password."""
    ibis, kind = load_ibis(), address.partition("://")[0]
    try:
        connection = ibis.connect(address)
    except ImportError as error:
        raise UserError(f"--engine {kind}: Ibis knows it, but its part for it is not installed; run  "
                        f"pip install 'ibis-framework[{kind}]'") from error
    except Exception as error:
        raise UserError(f"--engine {kind}: no such database can be opened; is it a kind that Ibis knows, and "
                        "is the address right?") from error
    _refuse_incapable(connection)
    return Engine(connection.name, connection, Path(work))


def _refuse_incapable(connection: Any) -> None:
    """UserError for a database that cannot do all that a cohort asks, before anything is asked of it."""
    from ibis.common.exceptions import IbisError

    ibis = load_ibis()
    rows = ibis.table({"person_id": "int64", "date": "date", "day": "int32"}, name="probe")
    later = ibis.window(group_by="person_id", order_by="day", range=(1, None))
    earlier = (rows.date - ibis.interval(months=1)).cast("date").delta(ibis.date(*FIRST_DAY), unit="day")
    try:
        ibis.to_sql(rows.mutate(later=rows.day.min().over(later), earlier=earlier), dialect=connection.name)
        can = hasattr(connection, "raw_sql") and hasattr(connection, "read_parquet")
    except IbisError:
        can = False
    if not can:
        raise UserError(f"--engine {connection.name}: this database cannot do all that a cohort asks "
                        f"(Parquet files, months before a date, windows by days); use {' or '.join(ENGINES)}")


def _open_spark(master: str, work: str) -> Engine:
    ibis = load_ibis()
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise MissingExtra("The engine spark", "spark") from error
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master(master).appName("stepdown")
    for key, value in _spark_settings(master, work).items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        raise EngineError(_say_why_not(error)) from error
    session.sparkContext.setLogLevel("ERROR")
    return Engine("spark", ibis.pyspark.connect(session), Path(work))


def _spark_settings(master: str, work: str) -> dict[str, str]:
    """Time in UTC on both sides; on one machine few partitions, and the tables in the working folder."""
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.ansi.enabled": "true",
    }
    if master.startswith("local"):
        settings |= {
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": os.path.join(work, "warehouse"),
            "spark.sql.catalogImplementation": "in-memory",
            "spark.driver.memory": "2g",
            # Hadoop has a program of its own set the rights of each file and folder, and there are many: no
            # file of check sums and none that says "done" beside a table that only this process reads.
            "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
            "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
            # A small table is read by one task, a large one still by many.
            "spark.sql.files.minPartitionNum": "1",
            "spark.sql.files.maxPartitionBytes": "32m",
        }
    return settings


def _say_why_not(error: Exception) -> str:
    answered = type(error).__name__.startswith("Py4JJava")  # told by Java, which therefore runs
    if not answered and ("JAVA" in str(error).upper() or "gateway" in str(error)):
        return ("Spark cannot start: Java is missing or too old. Install Java 17 or newer and let JAVA_HOME "
                "point to it, or leave out --engine spark")
    return "Spark cannot start; is the address after --master right, and does a cluster answer there?"
