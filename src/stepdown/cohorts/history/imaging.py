"""MRI: which scans show activity, whether there was some lately, and for how long there was none.

The rules are those of ``ms.imaging`` and ``ms.stability``: "nothing new" needs an earlier scan of the same
region, and only a scan of the brain can vouch for quiet.
"""

from __future__ import annotations

from stepdown.cohorts.engines import Engine, Expression, Step, load_ibis, take_first
from stepdown.cohorts.history.latest import find_latest, with_stretch
from stepdown.cohorts.history.truth import lies_within, months_before, years_between


def classify_scans(engine: Engine, scans: Expression) -> Expression:
    """Every scan with ``active`` (NULL: cannot be told), and whether there is an earlier one to compare.

    ``has_earlier`` asks for a scan of the same region that surely came before. ``read`` is ``active`` as the
    scan was read, where it was read in full but cannot be compared.

    In: ``person_id, mri_id, day, day_last, region, any_new_t2, any_enlarging_t2, any_gd_enhancing``.
    """
    ibis = load_ibis()
    brain = scans.region.isin(["brain", "both"]).fill_null(False)
    cord = scans.region.isin(["cord", "both"]).fill_null(False)
    rows = scans.mutate(brain=brain, cord=cord)
    firsts = rows.group_by("person_id").agg(first_brain=rows.day_last.min(where=rows.brain),
                                            first_cord=rows.day_last.min(where=rows.cord))
    rows = rows.join(firsts, "person_id")
    first = ibis.cases((rows.region == "cord", rows.first_cord), (rows.region.notnull(), rows.first_brain))
    rows = rows.mutate(has_earlier=(first < rows.day).fill_null(False))
    active, read = _judge(rows)
    kept = ("person_id", "mri_id", "day", "day_last", "region", "brain", "cord", "has_earlier")
    return engine.keep(rows.select(*kept, active=active, read=read), "scans")


def _judge(rows: Expression) -> tuple[Expression, Expression]:
    """Whether each scan shows activity, and whether it was read to."""
    ibis = load_ibis()
    alone = ~rows.has_earlier
    new = ibis.ifelse(alone & ~rows.any_new_t2, ibis.null("boolean"), rows.any_new_t2)
    enlarging = ibis.ifelse(alone & ~rows.any_enlarging_t2, ibis.null("boolean"), rows.any_enlarging_t2)
    contrast = ibis.ifelse(~alone & rows.any_gd_enhancing.isnull(), False, rows.any_gd_enhancing)
    active = new | enlarging | contrast
    none = ~(rows.any_new_t2 | rows.any_enlarging_t2 | rows.any_gd_enhancing)
    return active, ibis.ifelse(active.isnull() & rows.brain & none, False, active)


def _link_scans(engine: Engine, scans: Expression) -> Expression:
    """The scans in order, ``seq``, each with the ``earlier_seq`` that it is compared with."""
    ibis = load_ibis()
    order = ibis.window(group_by="person_id", order_by=["day", "day_last", "mri_id"])
    numbered = engine.keep(scans.mutate(seq=ibis.row_number().over(order).cast("int32")), "scans")
    return engine.keep(_link_earlier(numbered), "scans")


def _link_earlier(scans: Expression) -> Expression:
    """With the last scan of the same region that surely came before.

    Of scans whose day is known by a window; the few others are looked at pair by pair.
    """
    ibis = load_ibis()
    none, is_cord = ibis.null("int32"), scans.region == "cord"
    before = ibis.window(group_by="person_id", order_by="day", range=(None, -1))
    exact = scans.day == scans.day_last
    last = [ibis.ifelse(exact & seen, scans.seq, none).max().over(before)
            for seen in (scans.cord, scans.brain)]
    found = scans.mutate(exact_seq=ibis.ifelse(is_cord, *last))
    inexact = _find_inexact_before(scans)
    linked = found.left_join(inexact, ["person_id", "seq"]).drop("person_id_right", "seq_right")
    earlier = ibis.greatest(linked.exact_seq, linked.inexact_seq)
    known = linked.region.notnull() & linked.day.notnull()
    return linked.mutate(earlier_seq=ibis.ifelse(known, earlier, none)).drop("exact_seq", "inexact_seq")


def _find_inexact_before(scans: Expression) -> Expression:
    """``inexact_seq``: the last scan of the same region, of those without an exact day, surely before."""
    others = scans.filter(scans.day_last > scans.day).select(
        "person_id", other_seq="seq", other_last="day_last", other_brain="brain", other_cord="cord")
    pairs = scans.join(others, "person_id")
    same = load_ibis().ifelse(pairs.region == "cord", pairs.other_cord, pairs.other_brain)
    before = pairs.filter(same & (pairs.other_last < pairs.day))
    return before.group_by("person_id", "seq").agg(inexact_seq=before.other_seq.max())


def active_on_mri(index: Expression, scans: Expression, months: int) -> Expression:
    """``trial_id`` with ``active_on_mri`` in the last so many months; quiet only by a scan of the brain."""
    ibis = load_ibis()
    index = index.mutate(window_first=months_before(index.index_day, months))
    shown = scans.select("person_id", "mri_id", "day", "day_last", "brain", "region", "active")
    rows = index.left_join(shown, "person_id").drop("person_id_right")
    held = lies_within(rows.day, rows.day_last, rows.window_first, rows.index_day, rows.seen_last)
    held = ibis.ifelse(rows.mri_id.isnull() | (rows.day > rows.index_day), False, held)
    truth = held & rows.active
    rows = rows.mutate(
        sure=truth.fill_null(False),
        open=(truth.isnull() & (rows.region.isnull() | (rows.region != "cord"))).fill_null(False),
        quiet=(held & rows.brain).fill_null(False))
    found = rows.group_by("trial_id").agg(sure=rows.sure.max(), open=rows.open.max(), quiet=rows.quiet.max())
    return found.select("trial_id", active_on_mri=ibis.cases(
        (found.sure, True), (found.open, ibis.null("boolean")), (found.quiet, False),
        else_=ibis.null("boolean")))


def active_on_last_scan(index: Expression, scans: Expression, months: int) -> Expression:
    """``trial_id, answer``: whether the last scan in so many months showed activity, as it was read.

    As ``ms.imaging`` says it: lesions count wherever they are, quiet needs a scan of the brain, and an
    earlier scan is no answer about the last. No row without one.
    """
    told = scans.filter((scans.region != "cord").fill_null(True) | scans.active.fill_null(False))
    shown = with_stretch(told.semi_join(index, "person_id"), "day", "day_last", "mri_id").select(
        "person_id", "day", "day_last", "seen_until", "read")
    last = find_latest(index.select("trial_id", "person_id", "index_day"), shown)
    recent = last.filter(last.day >= months_before(last.index_day, months))
    return recent.select("trial_id", answer="read")


def years_quiet_on_mri(engine: Engine, index: Expression, scans: Expression) -> Expression:
    """``trial_id`` with ``years_quiet_low, years_quiet_high``: how long scans in a row showed nothing new.

    From the last scan of the brain the chain goes back from scan to scan while each is quiet, in rounds over
    everybody.
    """
    scans = _link_scans(engine, scans.semi_join(index, "person_id"))
    seen = engine.keep(_seen_scans(index, scans), "seen")
    last = engine.keep(_last_brain_scan(seen), "last")
    first = engine.keep(_walk_back(engine, scans, last), "chain")
    cord = _last_cord_activity(seen)
    rows = index.select("trial_id", "index_day").left_join(first, "trial_id").drop("trial_id_right")
    rows = rows.left_join(cord, "trial_id").drop("trial_id_right")
    return engine.keep(_measure_quiet(rows), "quiet")


def _seen_scans(index: Expression, scans: Expression) -> Expression:
    rows = index.select("trial_id", "person_id", "index_day").join(scans, "person_id")
    return rows.filter(rows.day <= rows.index_day)


def _last_brain_scan(seen: Expression) -> Expression:
    brain = seen.filter(seen.brain)
    return take_first(brain, "trial_id", "seq", last=True).select(
        "trial_id", "person_id", "seq", "day", "day_last", "active", "earlier_seq",
        last_day="day", last_active="active")


def _walk_back(engine: Engine, scans: Expression, last: Expression) -> Expression:
    """The scan at which each chain begins: one that is not quiet, or has none before it."""
    goes_on = last.filter((last.active == False) & last.earlier_seq.notnull())  # noqa: E712
    ends = last.anti_join(goes_on, "trial_id")
    there = scans.select("person_id", "day", "day_last", "active", "seq", new_earlier="earlier_seq")
    kept = goes_on.select("trial_id", "person_id", "last_day", "last_active", seq="earlier_seq")
    moved = kept.join(there, ["person_id", "seq"]).rename(earlier_seq="new_earlier").select(*last.columns)
    back, found = engine.prepare(moved, "back"), engine.prepare(ends, "ends")
    engine.run(found)
    (rounds,) = engine.repeat([back, Step.refill(last, back.result, engine), found], [found.result], last)
    return rounds


def _last_cord_activity(seen: Expression) -> Expression:
    """``trial_id`` with the day of the last activity outside the brain, from its first to its last day."""
    cord = seen.filter(seen.active.fill_null(False) & ~seen.brain)
    newest = take_first(cord, "trial_id", "day_last", last=True)
    return newest.group_by("trial_id").agg(cord_first=newest.day.min(), cord_last=newest.day_last.max())


def _measure_quiet(rows: Expression) -> Expression:
    ibis = load_ibis()
    none = ibis.null("float64")
    low = ibis.greatest(years_between(rows.day_last, rows.last_day), 0.0)
    high = ibis.ifelse(rows.active.fill_null(False), years_between(rows.day, rows.index_day), none)
    cord_low = ibis.greatest(years_between(rows.cord_last, rows.last_day), 0.0)
    cord_high = ibis.greatest(years_between(rows.cord_first, rows.index_day), 0.0)
    shown = rows.last_active.fill_null(False)
    low, high = ibis.ifelse(shown, 0.0, low), ibis.ifelse(shown, 0.0, high)
    cut = (rows.cord_last.notnull() & (cord_low < low)).fill_null(False)
    unknown = rows.last_active.isnull()
    return rows.select(
        "trial_id",
        years_quiet_low=ibis.ifelse(unknown, none, ibis.ifelse(cut, cord_low, low)),
        years_quiet_high=ibis.ifelse(unknown, none, ibis.ifelse(cut, cord_high, high)))
