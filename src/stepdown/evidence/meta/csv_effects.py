"""Which columns each measure needs, and the effect sizes of a table's studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta import effect_sizes as sizes
from stepdown.evidence.meta.csv_table import Numbers, Table, check_rows, read_numbers
from stepdown.evidence.meta.distributions import Floats, critical_value
from stepdown.evidence.meta.refusals import ReportError, check_choice
from stepdown.evidence.meta.reports import Ratio
from stepdown.evidence.meta.sentences import write_note

TWO_COUNTS, ONE_COUNT = ("ai", "n1i", "ci", "n2i"), ("xi", "ni")
TWO_CELLS = ("ai", "bi", "ci", "di")
TWO_RATES, ONE_RATE = ("x1i", "t1i", "x2i", "t2i"), ("xi", "ti")
MEANS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
RATIO = ("value", "low", "high")
GENERIC = (("yi", "vi"), ("yi", "sei"))
RATIO_MEASURES = ("HR", "OR", "RR", "IRR")
# Beyond these a standard error squared, or a weight squared, leaves the numbers a computer has.
SMALLEST, LARGEST = 1e-50, 1e50
CSV_MEASURES = (*sizes.MEASURES, "HR")


@dataclass(frozen=True, eq=False)
class CsvEffects:
    """The raw columns and the effect sizes of one file; ``arms`` is empty for ready estimates."""

    measure: str
    numbers: Numbers
    arms: tuple[Floats, ...]
    effects: sizes.EffectSizes
    notes: tuple[str, ...] = ()


def read_effects(table: Table, measure: str, moderators: Sequence[str] = ()) -> CsvEffects:
    """The effect sizes of a table; the columns decide between raw data and published ratios."""
    check_choice("measure", measure, CSV_MEASURES)
    if measure in RATIO_MEASURES and table.has(RATIO) and not table.has(TWO_COUNTS[:1]):
        return _read_ratios(table, measure, moderators)
    if measure in sizes.GENERIC:
        return _read_generic(table, moderators)
    fields = _choose_fields(table, measure)
    numbers = read_numbers(table, (*fields, *moderators))
    arms = tuple(numbers.columns[field] for field in fields)
    if fields == TWO_CELLS:
        arms = (arms[0], arms[0] + arms[1], arms[2], arms[2] + arms[3])
    _check_arms(table, numbers, fields, arms)
    return CsvEffects(measure, numbers, arms, _to_effects(measure, arms))


def _choose_fields(table: Table, measure: str) -> tuple[str, ...]:
    if measure in sizes.TWO_ARM_COUNTS:
        return TWO_CELLS if table.has(TWO_CELLS) and not table.has(TWO_COUNTS) else TWO_COUNTS
    needed = {**dict.fromkeys(sizes.ONE_ARM_COUNTS, ONE_COUNT),
              **dict.fromkeys(sizes.ONE_ARM_RATES, ONE_RATE),
              **dict.fromkeys(sizes.TWO_ARM_RATES, TWO_RATES), "MD": MEANS, "HR": RATIO}
    return needed[measure]


def _check_arms(table: Table, numbers: Numbers, fields: tuple[str, ...], arms: tuple[Floats, ...]) -> None:
    if fields == MEANS:
        for place in (1, 4):
            check_rows(table, numbers, arms[place] > 0, fields[place], "must be more than 0")
        return
    for place in range(0, len(arms), 2):
        check_rows(table, numbers, arms[place] >= 0, fields[place], "events cannot be negative")
        check_rows(table, numbers, arms[place + 1] > 0, fields[place + 1], "must be more than 0")
        if fields in (TWO_COUNTS, ONE_COUNT, TWO_CELLS):
            fits = arms[place] <= arms[place + 1]
            check_rows(table, numbers, fits, fields[place], "more events than people")


def _to_effects(measure: str, arms: tuple[Floats, ...]) -> sizes.EffectSizes:
    if measure in sizes.ONE_ARM_COUNTS:
        return sizes.from_one_arm_counts(measure, *arms)
    if measure in sizes.ONE_ARM_RATES:
        return sizes.from_one_arm_rates(measure, *arms)
    if measure in sizes.TWO_ARM_COUNTS:
        return sizes.from_two_arm_counts(measure, *arms)
    if measure in sizes.TWO_ARM_RATES:
        return sizes.from_two_arm_rates(measure, *arms)
    return sizes.from_means(measure, *arms)


def _read_generic(table: Table, moderators: Sequence[str]) -> CsvEffects:
    fields = next((pair for pair in GENERIC if table.has(pair)), None)
    if fields is None:
        raise ReportError(f"{table.path}, row 1: GEN needs the fields yi with vi (variance) or sei (standard "
                          f"error); found are {', '.join(table.header)}")
    numbers = read_numbers(table, (*fields, *moderators), optional=("sei",) if fields[1] == "vi" else ())
    y, spread = (numbers.columns[field] for field in fields)
    if "sei" in numbers.columns and fields[1] == "vi":
        agrees = np.isclose(numbers.columns["sei"] ** 2, spread, rtol=0.05)
        check_rows(table, numbers, agrees, "sei", "does not fit vi, which is its square; keep the right one")
    check_rows(table, numbers, spread > 0, fields[1], "must be more than 0")
    root = np.sqrt(spread) if fields[1] == "vi" else spread
    fits = (root > SMALLEST) & (root < LARGEST) & (np.abs(y) < LARGEST)
    check_rows(table, numbers, fits, fields[1], f"the estimate and its standard error must be of a size that "
               f"can be reckoned with ({SMALLEST:g} to {LARGEST:g})")
    variance = spread if fields[1] == "vi" else spread**2
    return CsvEffects("GEN", numbers, (), sizes.EffectSizes("GEN", y, variance))


def _read_ratios(table: Table, measure: str, moderators: Sequence[str]) -> CsvEffects:
    """Published ratios with 95 % intervals, or of the level (95 or 0.95) in a column ``level``."""
    numbers = read_numbers(table, (*RATIO, *moderators), optional=("level",))
    value, low, high = (numbers.columns[field] for field in RATIO)
    check_rows(table, numbers, low > 0, "low", "a ratio and its interval must be more than 0")
    inside = (low <= value) & (value <= high) & (low < high)
    check_rows(table, numbers, inside, "value", "must lie in its interval")
    level = numbers.columns.get("level", np.full_like(value, 0.95))
    level = np.where(level > 1, level / 100, level)
    check_rows(table, numbers, (level > 0.5) & (level < 1), "level", "write 95 or 0.95")
    reach = np.array([critical_value(float(share)) for share in level])
    variance = ((np.log(high) - np.log(low)) / (2 * reach)) ** 2
    notes = tuple(
        write_note("asymmetric", source=label)
        for label, each in zip(numbers.labels, zip(value, low, high, level, strict=True), strict=True)
        if not Ratio(label, "", measure, *(float(number) for number in each)).is_log_symmetric
    )
    return CsvEffects(measure, numbers, (), sizes.EffectSizes(measure, np.log(value), variance), notes)
