"""Who in a registry stepped down by a day, as ``ms.stepping_down`` says it for one person."""

from __future__ import annotations

from stepdown.cohorts.days import LONG_AGO, with_days
from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.ms.monitoring import read_stepping_down
from stepdown.ms.stepping_down import TIERS
from stepdown.ms.therapies import read_therapies
from stepdown.ms.treatment import GAP_MERGED_DAYS

_KEYS = ("person_id", "therapy")


def find_standings(engine: Engine, treatments: Expression, at: int) -> tuple[Expression, Expression]:
    """``person_id`` with how the treatment stands on a day, of everybody with a treatment begun by then.

    ``standing, reason, strategy, left, to`` as in ``ms.stepping_down``, and in days ``change, change_last,
    dose, dose_last``: the day of the change and the last dose of the drug left, from the first to the last
    day that each can be. Then ``person_id, therapy, dose, dose_last`` of each drug that has ended.
    """
    rows = engine.keep(_see(treatments, load_drugs(engine), at), "taken")
    open_ = engine.keep(_find_open(rows), "open")
    clear = rows.join(open_.filter(open_.reason.isnull()).select("person_id", "drug"), "person_id")
    kinds = engine.keep(_with_kind(clear), "kinds")
    event = engine.keep(_find_event(kinds), "event")
    others = engine.keep(_find_others(kinds, event), "others")
    left = engine.keep(_find_left(others), "left")
    chain = engine.keep(_find_chain(engine, others, event), "chain")
    found = open_
    for table in (event.drop("drug"), left, chain):
        found = found.left_join(table, "person_id").drop("person_id_right")
    standings = engine.keep(_judge(found, at), "standings")
    doses = engine.keep(_find_last_doses(rows), "doses")
    engine.drop([rows, open_, kinds, event, others, left, chain])
    return standings, doses


def _find_last_doses(rows: Expression) -> Expression:
    ibis = load_ibis()
    ended = rows.filter(rows.end.notnull()).mutate(dose=rows.dose.coalesce(rows.end),
                                                   dose_last=rows.dose_last.coalesce(rows.end_last))
    order = ibis.window(group_by=list(_KEYS), order_by=[ibis.desc(ended.dose_last), ibis.desc(ended.dose)])
    ranked = ended.select(*_KEYS, "dose", "dose_last").mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] == 0).drop("rank")


def load_drugs(engine: Engine) -> Expression:
    """What the catalogue says of each drug: ``is_course, usual, tier``."""
    import pyarrow as pa

    drugs = list(read_therapies().values())
    return engine.load("drugs", pa.table({
        "therapy": [drug.name for drug in drugs], "is_course": [drug.is_course for drug in drugs],
        "usual": pa.array([drug.usual_interval_days for drug in drugs], pa.float64()),
        "tier": pa.array([TIERS.get(drug.efficacy_tier or "") for drug in drugs], pa.int32())}))


def _see(treatments: Expression, drugs: Expression, at: int) -> Expression:
    """Each treatment as it is known from a day: state, end and last dose; later days have not come."""
    ibis = load_ibis()
    days = ("start", "stop", "last_dose")
    raw = with_days(treatments.select(
        "person_id", "treatment_id", "therapy", "still_taking", "interval_days",
        *(name for day in days for name in (day, f"{day}_precision"))), *days)
    begun = raw.filter(raw.start.isnull() | (raw.start <= at))
    rows = begun.left_join(drugs, "therapy").drop("therapy_right")
    none, off = ibis.null("int32"), (rows.still_taking == False).fill_null(False)  # noqa: E712
    has_come = (rows.stop <= at).fill_null(False)
    state = ibis.cases(
        (has_come & ((rows.stop_last <= at) | off), "ended"), (has_come, "unsure"),
        (rows.still_taking.fill_null(False) | rows.stop.notnull(), "on"),
        (rows.is_course.fill_null(False), "given"), (off, "undated"), else_="unsure")
    dosed = (rows.last_dose <= at).fill_null(False)
    rows = rows.mutate(state=state, dose=ibis.ifelse(dosed, rows.last_dose, none),
                       dose_last=ibis.ifelse(dosed, ibis.least(rows.last_dose_last, at), none))
    ended, given = rows.state == "ended", rows.state == "given"
    end = ibis.cases((ended, rows.stop), (given, rows.dose.coalesce(rows.start)), else_=none)
    end_last = ibis.cases((ended, ibis.least(rows.stop_last, at)),
                          (given, rows.dose_last.coalesce(ibis.least(rows.start_last, at))), else_=none)
    return rows.select(
        *_KEYS, "treatment_id", "state", "start", "start_last", "dose", "dose_last", "is_course", "usual",
        "tier", interval=rows.interval_days.cast("float64"), end=end, end_last=end_last,
        begun=rows.start.fill_null(LONG_AGO).cast("int32"))


def _find_open(rows: Expression) -> Expression:
    """``person_id`` with the one ``drug`` taken (NULL: none), or the ``reason`` why that cannot be told."""
    ibis = load_ibis()
    undated = (rows.state == "undated") | ((rows.state == "given") & rows.end.isnull())
    on = ibis.ifelse(rows.state == "on", rows.therapy, ibis.null("string"))
    found = rows.mutate(undated=undated, unsure=rows.state == "unsure", on=on)
    found = found.group_by("person_id").agg(undated=found.undated.max(), unsure=found.unsure.max(),
                                            drug=found.on.min(), other=found.on.max())
    reason = ibis.cases((found.undated, "stop-day-unknown"), (found.unsure, "still-taken-unknown"),
                        (found.drug != found.other, "two-drugs"), else_=ibis.null("string"))
    return found.select("person_id", "drug", reason=reason)


def _with_kind(rows: Expression) -> Expression:
    """With ``seq`` by start, and what each period is beside those before: begin, longer, shorter, same."""
    ibis = load_ibis()
    order = {"group_by": list(_KEYS), "order_by": ["begun", "treatment_id"]}
    before = ibis.window(**order, rows=(None, -1))
    earlier = rows.interval.coalesce(rows.usual).lag().over(ibis.window(**order))
    seq = ibis.row_number().over(ibis.window(**order)).cast("int32")
    rows = rows.mutate(seq=seq, earlier=earlier,
                       goes_on=rows.end.isnull().max().over(before), so_far=rows.end_last.max().over(before))
    bridge = ibis.greatest(rows.interval.fill_null(0.0), float(GAP_MERGED_DAYS))
    gap = (~rows.goes_on & (rows.start - rows.so_far > bridge)).fill_null(False)
    times = read_stepping_down().longer_interval
    kind = ibis.cases(
        ((rows.seq == 0) | gap, "begin"),
        ((rows.interval >= rows.earlier * times).fill_null(False), "longer"),
        ((rows.earlier >= rows.interval * times).fill_null(False), "shorter"), else_="same")
    return rows.mutate(kind=kind).drop("earlier", "goes_on", "so_far")


def _find_event(kinds: Expression) -> Expression:
    """Of those who take a drug, the period with which it was last begun or its interval changed."""
    ibis = load_ibis()
    changes = kinds.filter((kinds.therapy == kinds.drug) & (kinds.kind != "same"))
    last = changes.mutate(last=changes.seq.max().over(ibis.window(group_by="person_id")))
    last = last.filter(last.seq == last.last)
    return last.select("person_id", "drug", "seq", "kind", "begun", "treatment_id", now="start",
                       now_last="start_last", now_usual="usual", now_interval="interval", now_tier="tier",
                       now_known=last.is_course.notnull())


def _find_others(kinds: Expression, event: Expression) -> Expression:
    """The treatments before what is taken now, with its tier; all where nothing is taken."""
    now = event.select("person_id", now_seq="seq", now_tier="now_tier")
    rows = kinds.left_join(now, "person_id").drop("person_id_right")
    return rows.filter(rows.drug.isnull() | (rows.therapy != rows.drug) | (rows.seq < rows.now_seq))


def _find_left(others: Expression) -> Expression:
    """The treatment that ended last of some of each person; ``tied`` with another drug."""
    ibis = load_ibis()
    order = ibis.window(group_by="person_id", order_by=[
        ibis.desc(others.end_last), ibis.desc(others.end), ibis.desc(others.begun),
        ibis.desc(others.treatment_id)])
    others = others.mutate(rank=ibis.row_number().over(order))
    last = others.filter(others.rank == 0).select(
        "person_id", left="therapy", left_id="treatment_id", left_state="state", end="end",
        end_last="end_last", dose="dose", dose_last="dose_last", left_course="is_course", left_tier="tier")
    pairs = last.join(others.select("person_id", "therapy", other_last="end_last"), "person_id")
    tied = pairs.filter((pairs.therapy != pairs.left) & (pairs.other_last >= pairs.end)).select(
        "person_id").distinct().mutate(tied=True)
    found = last.left_join(tied, "person_id").drop("person_id_right")
    return found.mutate(tied=found.tied.fill_null(False))


def _find_chain(engine: Engine, others: Expression, event: Expression) -> Expression:
    """The last stronger drug before what is taken now (``strong``), and of the drugs since the ``first``."""
    ibis = load_ibis()
    strong = engine.keep(_find_left(others.filter(others.tier > others.now_tier)), "strong")
    pairs = others.join(strong.select("person_id", strong_id="left_id", strong_end="end"), "person_id")
    columns = ("person_id", "start", "start_last", "begun", "treatment_id", "tier", "end_last")
    since = pairs.filter((pairs.end_last > pairs.strong_end) & (pairs.treatment_id != pairs.strong_id))
    now = event.semi_join(strong, "person_id").rename(start="now", start_last="now_last", tier="now_tier")
    rows = since.select(*columns).union(now.mutate(end_last=ibis.null("int32")).select(*columns))
    rows = rows.join(strong.select("person_id", from_day="end_last"), "person_id")
    order = {"group_by": "person_id", "order_by": ["begun", "treatment_id"]}
    before = ibis.window(**order, rows=(None, -1))
    so_far = ibis.greatest(rows.end_last.max().over(before).fill_null(rows.from_day), rows.from_day)
    rows = rows.mutate(place=ibis.row_number().over(ibis.window(**order)), so_far=so_far)
    late = (rows.start - rows.so_far > read_stepping_down().switch_within_days).fill_null(False)
    none = ibis.null("int32")
    rows = rows.mutate(late=late, first=ibis.ifelse(rows["place"] == 0, rows.start, none),
                       first_last=ibis.ifelse(rows["place"] == 0, rows.start_last, none))
    found = rows.group_by("person_id").agg(
        broken=rows.late.max(), undated=rows.start.isnull().max(), unsure=rows.tier.isnull().max(),
        first=rows["first"].max(), first_last=rows["first_last"].max())
    kept = strong.select("person_id", strong="left", strong_tied="tied", strong_end="end",
                         strong_dose=strong.dose.coalesce(strong.end),
                         strong_dose_last=strong.dose_last.coalesce(strong.end_last))
    return kept.join(found, "person_id")


def _judge(found: Expression, at: int) -> Expression:
    """The standing of everybody, in the order of questions of ``ms.stepping_down``."""
    ibis = load_ibis()
    reason = ibis.cases(
        (found.reason.notnull(), found.reason), (found.drug.isnull(), _judge_stop(found)),
        (found.kind == "longer", _judge_longer(found)), (found.kind == "begin", _judge_begin(found)),
        else_="on-treatment")
    found = found.mutate(answer=reason)
    is_down = found.answer == "stepped-down"
    longer, stopped = found.kind == "longer", found.drug.isnull()
    same = ((found.kind == "begin") & (found.now_tier == found.left_tier)).fill_null(False)
    strategy = ibis.cases((longer, "extend"), (~stopped, "switch"), (found.left_course, "no-further-course"),
                          else_="stop")
    begun_last = ibis.least(found.now_last, at)
    text, none = ibis.null("string"), ibis.null("int32")
    parts = {
        "strategy": strategy,
        "left": ibis.cases((longer, found.drug), (same, found.strong), else_=found.left),
        "to": ibis.ifelse(strategy == "switch", found.drug, text),
        "change": ibis.cases((stopped, found.end), (same, found["first"]), else_=found.now),
        "change_last": ibis.cases((stopped, found.end_last), (same, ibis.least(found.first_last, at)),
                                  else_=begun_last),
        "dose": ibis.cases((longer, found.now), (same, found.strong_dose),
                           else_=found.dose.coalesce(found.end)),
        "dose_last": ibis.cases((longer, begun_last), (same, found.strong_dose_last),
                                else_=found.dose_last.coalesce(found.end_last))}
    is_known = found.answer.isin(["stepped-down", "on-treatment"])
    kinds = {"strategy": text, "left": text, "to": text}
    return found.select(
        "person_id", standing=ibis.ifelse(is_known, found.answer, "not-judged"),
        reason=ibis.ifelse(is_known, text, found.answer),
        **{name: ibis.ifelse(is_down.fill_null(False), part, kinds.get(name, none))
           for name, part in parts.items()})


def _judge_stop(found: Expression) -> Expression:
    return load_ibis().cases(
        (found.tied, "two-drugs"), (found.left_state == "given", "on-treatment"),
        (found.left_course.isnull(), "drug-unknown"), else_="stepped-down")


def _judge_longer(found: Expression) -> Expression:
    return load_ibis().cases((found.now.isnull(), "change-day-unknown"), (~found.now_known, "drug-unknown"),
                             else_="stepped-down")


def _judge_begin(found: Expression) -> Expression:
    ibis, rule = load_ibis(), read_stepping_down()
    begun_long = (found.now_interval >= found.now_usual * rule.longer_interval).fill_null(False)
    stays = ibis.ifelse(begun_long, "change-day-unknown", "on-treatment")
    again = found.left == found.drug
    return ibis.cases(
        (found.left.isnull(), stays), (found.now.isnull(), "change-day-unknown"),
        (~again & found.tied, "two-drugs"), (found.end - found.now_last > rule.overlap_days, "two-drugs"),
        (again | (found.now - found.end_last > rule.switch_within_days), stays),
        (~found.now_known | found.left_course.isnull(), "drug-unknown"),
        (found.now_tier.isnull() | found.left_tier.isnull(), "strength-unknown"),
        (found.now_tier > found.left_tier, stays),
        (found.now_tier == found.left_tier, _judge_same(found, stays)), else_="stepped-down")


def _judge_same(found: Expression, stays: Expression) -> Expression:
    """A drug after another of its tier."""
    late = found.strong_end - found.first_last > read_stepping_down().overlap_days
    return load_ibis().cases(
        (found.strong.isnull(), stays), (found.strong_tied, "two-drugs"), (found.unsure, "strength-unknown"),
        (found.undated, "change-day-unknown"), (found.broken, stays), (late.fill_null(False), "two-drugs"),
        else_="stepped-down")
