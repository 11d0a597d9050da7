"""One person's course as a picture of our own: drugs, relapses, EDSS and MRI on one line of time.

What is unsure is drawn as unsure: a bar fades between the first and the last day it can have begun, a mark
without a clear day carries a question mark, and time in which nobody looked is striped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from html import escape

from stepdown.decisions.planned_care import CarePlan, CourseEvent
from stepdown.reports.care_plan.words import say

WIDTH, LEFT, RIGHT = 640, 150, 16
LANE, TOP, EDSS_HEIGHT = 22, 12, 96
_INK, _BAR, _RELAPSE, _MRI, _GREY = "#1b2530", "#1b4f7d", "#a8401c", "#6a3d9a", "#6b7480"


@dataclass(frozen=True)
class Axis:
    """The days at both ends, and where a day stands between them."""

    first: date
    last: date

    def place(self, day: str | None, otherwise: date) -> float:
        """The x of a day; that of another where it is not known."""
        at = min(max(date.fromisoformat(day) if day else otherwise, self.first), self.last)
        share = (at - self.first).days / max(1, (self.last - self.first).days)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def draw_timeline(plan: CarePlan, name: str = "timeline") -> str:
    """The picture as SVG; empty where no dated event is on file. ``name`` is unique on the page."""
    axis = find_axis(plan)
    if axis is None:
        return ""
    drugs = [event for event in plan.course if event.kind == "drug"]
    drug_lanes = max(1, len(drugs))
    relapse_y = TOP + drug_lanes * LANE + LANE
    edss_top = relapse_y + LANE
    mri_y = edss_top + EDSS_HEIGHT + LANE
    bottom = mri_y + LANE
    drawn = [
        *_draw_unknown(plan, axis, bottom),
        *_draw_years(axis, bottom),
        *_draw_drugs(plan, drugs, axis),
        *_draw_marks(plan, "relapse", axis, relapse_y),
        *_draw_scores(plan, axis, edss_top),
        *_draw_marks(plan, "mri", axis, mri_y),
    ]
    title = say("picture.timeline_alt", first=axis.first.year, last=axis.last.isoformat())
    return (
        f'<svg class="timeline" role="img" aria-labelledby="{name}-title" '
        f'viewBox="0 0 {WIDTH} {bottom + 26}" '
        f'font-family="sans-serif" font-size="12" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-title">{escape(title)}</title>{_STRIPES.format(name=name)}'
        f"{''.join(drawn).replace('url(#stripes)', f'url(#{name}-stripes)')}</svg>"
    )


_STRIPES = (
    '<defs><pattern id="{name}-stripes" width="6" height="6" patternTransform="rotate(45)" '
    'patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#ffffff"/>'
    '<rect width="2" height="6" fill="#c3cad2"/></pattern></defs>'
)


def find_axis(plan: CarePlan) -> Axis | None:
    """From the first dated event (or the first symptoms) to the day of the plan; None without any."""
    days = [day for event in plan.course for day in (event.begins_low, event.ends_low) if day]
    days += [day for day in (plan.onset,) if day]
    if not days:
        return None
    first = date.fromisoformat(min(days))
    return Axis(date(first.year, 1, 1), date.fromisoformat(plan.at))


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", colour: str = _INK, size: int = 12
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">'
        f"{escape(words)}</text>"
    )


def _draw_unknown(plan: CarePlan, axis: Axis, bottom: float) -> Iterator[str]:
    """The time before anybody would have noticed, and after the file ends."""
    spans = [(axis.place(plan.recorded_on, axis.last), axis.place(None, axis.last))]
    since = plan.observed_since or plan.recorded_on
    spans.append((axis.place(None, axis.first), axis.place(since, axis.first)))
    for start, end in spans:
        if end - start > 2:
            size = f'width="{end - start:g}" height="{bottom - TOP + 4:g}"'
            yield f'<rect x="{start:g}" y="{TOP - 4}" {size} fill="url(#stripes)"/>'
            if end - start > 60:
                middle, words = (start + end) / 2, say("picture.unknown")
                yield _text(middle, bottom + 22, words, anchor="middle", colour="#4a5561")


def _draw_years(axis: Axis, bottom: float) -> Iterator[str]:
    """A line for some of the years, at most eight."""
    years = axis.last.year - axis.first.year + 1
    step = max(1, -(-years // 8))
    for year in range(axis.first.year, axis.last.year + 1, step):
        x = axis.place(date(year, 1, 1).isoformat(), axis.first)
        yield f'<line x1="{x:g}" x2="{x:g}" y1="{TOP - 4}" y2="{bottom:g}" stroke="#d5dbe2"/>'
        yield _text(x, bottom + 10, str(year), anchor="middle", colour="#4a5561", size=11)


def _draw_drugs(plan: CarePlan, drugs: Iterable[CourseEvent], axis: Axis) -> Iterator[str]:
    """A bar a drug: full where it was surely taken, pale where it may have been."""
    y = TOP
    for event in drugs:
        start, sure = axis.place(event.begins_low, axis.first), axis.place(event.begins_high, axis.first)
        end_low, end = _find_end(event, axis, plan)
        yield _text(4, y + 14, event.label[:22])
        yield _bar(start, end, y, "#b9cbdb", dashed=event.state == "unclear" or event.begins_low is None)
        if event.begins_low is not None and event.state != "unclear":
            yield _bar(sure, max(end_low, sure + 3), y, _BAR)
        if event.begins_low is None or event.state == "unclear":
            yield _text((start + end) / 2, y + 14, "?", anchor="middle")
        y += LANE
    if y == TOP:
        yield _empty(plan, "drug", y)


def _find_end(event: CourseEvent, axis: Axis, plan: CarePlan) -> tuple[float, float]:
    """The surest and the latest x at which a drug ended; that of the file for one that is taken."""
    if event.state in ("taken", "unclear"):
        end = axis.place(plan.recorded_on, axis.last)
        return end, end
    return axis.place(event.ends_low, axis.last), axis.place(event.ends_high, axis.last)


def _bar(start: float, end: float, y: float, colour: str, *, dashed: bool = False) -> str:
    dash = f' stroke="{_BAR}" stroke-dasharray="3 3"' if dashed else ""
    return (
        f'<rect x="{start:g}" y="{y + 4:g}" width="{max(3, end - start):g}" height="{LANE - 8}" rx="2" '
        f'fill="{colour}"{dash}/>'
    )


def _empty(plan: CarePlan, kind: str, y: float) -> str:
    """What a lane says in which nothing stands: none on file, or nobody asked."""
    key = "none_of" if kind in plan.course_asked else "not_asked"
    names = {"drug": "drugs", "relapse": "relapses", "edss": "edss", "mri": "mri"}
    words = say(f"picture.{key}", name=say(f"picture.{names[kind]}"))
    return _text(4, y + 14, words, colour="#4a5561")


def _draw_marks(plan: CarePlan, kind: str, axis: Axis, y: float) -> Iterator[str]:
    """The marks of relapses or scans; a wide line where the day is known to the month or year only."""
    events = [event for event in plan.course if event.kind == kind]
    if not events:
        yield _empty(plan, kind, y)
        return
    yield _text(4, y + 14, say(f"picture.{'relapses' if kind == 'relapse' else 'mri'}"))
    colour = _RELAPSE if kind == "relapse" else _MRI
    for event in events:
        low, high = axis.place(event.begins_low, axis.first), axis.place(event.begins_high, axis.last)
        if high - low > 8:
            yield _line(low, high, y + 10, colour, "2 2")
        yield _draw_mark(event, (low + high) / 2, y + 10, colour)


def _line(start: float, end: float, y: float, colour: str, dash: str) -> str:
    return (
        f'<line x1="{start:g}" x2="{end:g}" y1="{y:g}" y2="{y:g}" stroke="{colour}" '
        f'stroke-dasharray="{dash}"/>'
    )


def _draw_mark(event: CourseEvent, x: float, y: float, colour: str) -> str:
    """A filled or an open diamond, a triangle, a circle, or a question mark."""
    if event.state == "new":
        return f'<path d="M{x:g} {y - 6:g}l6 11h-12z" fill="{colour}"/>'
    if event.state == "quiet":
        return f'<circle cx="{x:g}" cy="{y:g}" r="4.5" fill="#ffffff" stroke="{colour}" stroke-width="1.5"/>'
    if event.kind == "relapse":
        fill = colour if event.state == "counts" else "#ffffff"
        mark = f'<path d="M{x:g} {y - 6:g}l6 6-6 6-6-6z" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'
        return mark + (_text(x + 8, y + 4, "?", colour=colour) if event.state == "unclear" else "")
    return _text(x, y + 4, "?", anchor="middle", colour=colour)


def _draw_scores(plan: CarePlan, axis: Axis, top: float) -> Iterator[str]:
    """The EDSS from 0 to 10, as points with their scores, joined by a line; the limit of severe as a dash."""
    dated = [event for event in plan.course if event.kind == "edss" and event.begins_low]
    scores = sorted(dated, key=lambda event: event.begins_low or "")
    if not scores:
        yield _empty(plan, "edss", top + EDSS_HEIGHT / 2)
        return
    yield _text(4, top + 14, say("picture.edss"))

    def height(score: float) -> float:
        return round(top + EDSS_HEIGHT - score / 10 * (EDSS_HEIGHT - 12), 1)

    for score in (0, 6, 10):
        yield _line(LEFT, WIDTH - RIGHT, height(score), _GREY, "1 3")
        yield _text(LEFT - 6, height(score) + 4, str(score), anchor="end", size=11, colour="#4a5561")
    points = [(axis.place(each.begins_low, axis.first), height(each.value or 0), each) for each in scores]
    joined = " ".join(f"{x:g},{y:g}" for x, y, each in points if each.state == "counts")
    yield f'<polyline points="{joined}" fill="none" stroke="{_INK}" stroke-width="1.2"/>'
    shown = -99.0
    for x, y, each in points:
        fill = _INK if each.state == "counts" else "#ffffff"
        yield f'<circle cx="{x:g}" cy="{y:g}" r="3.5" fill="{fill}" stroke="{_INK}"/>'
        if x - shown > 24:
            yield _text(x, y - 7, f"{each.value:g}", anchor="middle", size=11)
            shown = x


def tell_course(plan: CarePlan) -> Iterator[str]:
    """The same events in words, in the order of the picture."""
    for event in plan.course:
        yield _tell_event(event)


def _tell_event(event: CourseEvent) -> str:
    if event.kind == "drug":
        ends = {"taken": say("picture.taken"), "unclear": say("picture.unclear_end")}
        told = ends.get(event.state) or _tell_day(event.ends_low, event.ends_high)
        begins = _tell_day(event.begins_low, event.begins_high)
        return say("picture.drug_line", label=event.label, begins=begins, ends=told)
    value = f"{event.value:g}" if event.value is not None else ""
    begins = _tell_day(event.begins_low, event.begins_high)
    state = say(f"picture.state_{event.state}")
    return say(f"picture.{event.kind}_line", begins=begins, value=value, state=state)


def _tell_day(low: str | None, high: str | None) -> str:
    """A day as it is known: to the day, the month or the year."""
    if low is None or high is None:
        return say("picture.no_day")
    if low == high:
        return low
    return low[:7] if low[:7] == high[:7] else low[:4] if low[:4] == high[:4] else f"{low} to {high}"
