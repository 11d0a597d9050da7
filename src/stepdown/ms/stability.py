"""How long a person has been stable: years without a counted relapse, and years quiet on MRI.

Both are counted only within what was observed. A first bound is what is known for sure; the second is
what may be, and "at least" when nothing limits it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from stepdown.ms.dates import PartialDate, years_between
from stepdown.ms.facts import Fact, bounded, known, unknown
from stepdown.ms.imaging import Scan, classify_scans, find_earlier
from stepdown.ms.observation import observe
from stepdown.ms.relapse import ClassifiedRelapse, Relapse, classify_relapses


def years_clinically_stable(relapses: Iterable[Relapse], *, at: date, observed_since: date | None,
                            recorded_on: date, name: str = "years_clinically_stable") -> Fact:
    """Years without a counted relapse up to the last day observed.

    Sure is the time since the last episode that counts or may count, and not before observation began;
    possible is the time since the last that counts for sure. A relapse on the index date gives 0.
    """
    seen = observe(at, observed_since, recorded_on)
    episodes = [each for each in classify_relapses(relapses) if _may_have_begun(each, seen.end)]
    high = _years_since_sure(episodes, seen.end, recorded_on)
    places = tuple(each.relapse.source for each in episodes
                   if each.counted is not False and each.relapse.source)
    if seen.start is None and high is None:
        return unknown(name, "there is no time in which the absence of a relapse is known", *places)
    low = _years_since_possible(episodes, seen.start, seen.end)
    reason = _say_since(episodes, seen.start, at, recorded_on)
    return bounded(name, low, high, *places, unit="years", reason=reason)


def _may_have_begun(episode: ClassifiedRelapse, end: date) -> bool:
    return episode.relapse.onset is None or episode.relapse.onset.earliest <= end


def _years_since_sure(episodes: Sequence[ClassifiedRelapse], end: date, recorded_on: date) -> float | None:
    onsets = [each.relapse.onset for each in episodes if each.counted and each.relapse.onset is not None]
    sure = [onset.earliest for onset in onsets if min(onset.latest, recorded_on) <= end]
    return years_between(max(sure), end) if sure else None


def _years_since_possible(episodes: Sequence[ClassifiedRelapse], start: date | None, end: date) -> float:
    possible = [each.relapse.onset for each in episodes if each.counted is not False]
    if start is None or None in possible:
        return 0.0
    latest = [min(onset.latest, end) for onset in possible if onset is not None]
    return years_between(max([start, *latest]), end)


def _say_since(episodes: Sequence[ClassifiedRelapse], start: date | None, at: date, recorded_on: date) -> str:
    reasons = []
    if any(each.counted is None for each in episodes):
        reasons.append("an episode could not be classified")
    if any(each.counted and each.relapse.onset is None for each in episodes):
        reasons.append("a relapse has no date")
    if not any(each.counted for each in episodes):
        reasons.append(f"no counted relapse on file; observed since {start}")
    if recorded_on < at:
        reasons.append(f"known up to {recorded_on}")
    return "; ".join(reasons)


def years_quiet_on_mri(scans: Iterable[Scan], *, at: date, name: str = "years_quiet_on_mri") -> Fact:
    """Years over which brain scans in a row, and the cord where it was scanned, showed nothing new.

    Each quiet scan vouches for the time since the scan before it. The time after the last scan is not
    counted as sure; it is possible up to the index date. An active last scan gives 0.
    """
    classified = classify_scans(scans, at)
    chain = [(scan, active) for scan, active in classified if scan.shows("brain")]
    if not chain:
        return unknown(name, "no dated MRI of the brain on file")
    last, active = chain[-1]
    if active:
        return known(name, 0.0, *_places([last]), unit="years", reason="the last MRI shows activity")
    if active is None:
        return unknown(name, _open_reason(chain), *_places([last]))
    quiet = _years_of_chain(name, [scan for scan, _ in chain], dict(chain), at)
    cord = [scan for scan, active in classified if active and not scan.shows("brain")]
    return _cut_by_cord(quiet, cord, last, at)


def _cut_by_cord(quiet: Fact, cord: Sequence[Scan], last: Scan, at: date) -> Fact:
    """A quiet time that cannot be longer than the time since the last activity in the cord."""
    if not cord or quiet.low is None:
        return quiet
    newest = max(cord, key=lambda scan: _day(scan).latest)
    low = max(0.0, years_between(_day(newest).latest, _day(last).earliest))
    high = max(0.0, years_between(_day(newest).earliest, at))
    if low >= quiet.low:
        return quiet
    return bounded(quiet.name, low, high, *_places([newest, last]), unit="years",
                   reason="the cord showed activity")


def _open_reason(chain: Sequence[tuple[Scan, bool | None]]) -> str:
    if len(chain) == 1:
        return "one MRI with no earlier one to compare"
    return "the last MRI was not read in full"


def _years_of_chain(name: str, scans: Sequence[Scan], active: dict[Scan, bool | None], at: date) -> Fact:
    """The unbroken run of quiet scans back from the last one, with the scan that it starts from."""
    first = last = scans[-1]
    while (earlier := find_earlier(first, scans)) is not None and active[first] is False:
        first = earlier
    begin, end = _day(first), _day(last)
    low = max(0.0, years_between(begin.latest, end.earliest))
    high = years_between(begin.earliest, at) if active[first] else None
    return bounded(name, low, high, *_places([first, last]), unit="years",
                   reason=f"known up to the MRI of {end}")


def _day(scan: Scan) -> PartialDate:
    assert scan.day is not None  # only dated scans are classified
    return scan.day


def _places(scans: Iterable[Scan]) -> tuple[str, ...]:
    return tuple(scan.source for scan in scans if scan.source)
