-- The whole table of stopping-at-50 as an expert writes it by hand, for any registry: dates known to the month
-- or the year, unknown kept apart from no, a count at each criterion. Entries, outcomes, covariates and counts
-- are those of stepdown to the last one (tests/parity/test_by_hand.py). {folder} is the registry.
CREATE MACRO last_of(day, known_to) AS CASE known_to
    WHEN 'month' THEN (day + INTERVAL 1 MONTH)::DATE - 1 WHEN 'year' THEN (day + INTERVAL 1 YEAR)::DATE - 1 ELSE day END;
CREATE MACRO years(begin, finish) AS ((year(finish) * 12 + month(finish)) * 31 + day(finish)
    - (year(begin) * 12 + month(begin)) * 31 - day(begin))::DOUBLE / 372.0::DOUBLE;
CREATE MACRO fates(first, met) AS CASE WHEN met THEN NULL WHEN met IS NULL THEN first + 1 ELSE first END;

-- What a file may lack is NULL. Table by table, with the columns that are asked.
CREATE VIEW patients AS SELECT NULL::BIGINT AS person_id, NULL::DATE AS birth_date, NULL AS birth_date_precision,
    NULL AS sex, NULL AS diagnosis, NULL AS course, NULL::DATE AS secondary_progression_date,
    NULL AS secondary_progression_date_precision, NULL::INT AS relapses_set_apart
    WHERE false UNION ALL BY NAME FROM '{folder}/patients.parquet';
CREATE VIEW visits AS SELECT NULL::DOUBLE AS edss, NULL::BOOLEAN AS during_relapse, NULL AS date_precision
    WHERE false UNION ALL BY NAME FROM '{folder}/visits.parquet';
CREATE VIEW treatments AS SELECT NULL::DATE AS start, NULL AS start_precision, NULL::DATE AS stop,
    NULL AS stop_precision, NULL::DATE AS last_dose, NULL::BOOLEAN AS still_taking
    WHERE false UNION ALL BY NAME FROM '{folder}/treatments.parquet';
CREATE VIEW relapses AS SELECT NULL::DATE AS onset, NULL AS onset_precision, NULL::BOOLEAN AS lasted_24h,
    NULL::BOOLEAN AS fever_or_infection WHERE false UNION ALL BY NAME FROM '{folder}/relapses.parquet';
CREATE VIEW mri AS SELECT NULL AS date_precision, NULL AS region, NULL::INT AS new_t2, NULL::BOOLEAN AS any_new_t2,
    NULL::INT AS enlarging_t2, NULL::BOOLEAN AS any_enlarging_t2, NULL::INT AS gd_enhancing,
    NULL::BOOLEAN AS any_gd_enhancing WHERE false UNION ALL BY NAME FROM '{folder}/mri.parquet';
CREATE VIEW events AS SELECT NULL::DATE AS date, NULL::BOOLEAN AS serious
    WHERE false UNION ALL BY NAME FROM '{folder}/events.parquet';

CREATE TEMP TABLE patient AS
SELECT person_id, sex, diagnosis, course, birth_date AS born, last_of(birth_date, birth_date_precision) AS born_last,
       secondary_progression_date AS later, coalesce(relapses_set_apart > 0, false) AS apart,
       last_of(secondary_progression_date, secondary_progression_date_precision) AS later_last FROM patients;

CREATE TEMP TABLE treatment AS
SELECT person_id, treatment_id, therapy, start, last_of(start, start_precision) AS start_last, stop,
       last_of(stop, stop_precision) AS stop_last, still_taking, last_dose FROM treatments;

-- Treatments without a day between are one course, place is the order in which a person's were begun.
CREATE TEMP TABLE course AS
SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY start, therapy DESC, stop, run) AS place FROM (
    SELECT person_id, therapy, run, min(begin) AS start, max(finish) AS stop, bool_and(sure) AS end_known FROM (
        SELECT *, sum((coalesce(begin > ended + 1, true))::INT) OVER (
                   PARTITION BY person_id, therapy ORDER BY begin, treatment_id) AS run FROM (
            SELECT person_id, therapy, treatment_id, coalesce(start, DATE '0001-01-01') AS begin,
                   coalesce(stop, DATE '9999-12-31') AS finish,
                   stop IS NOT NULL OR coalesce(still_taking, false) AS sure,
                   max(coalesce(stop, DATE '9999-12-31')) OVER (
                       PARTITION BY person_id, therapy ORDER BY coalesce(start, DATE '0001-01-01'), treatment_id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended FROM treatment))
    GROUP BY person_id, therapy, run);

-- Days on which somebody could enter, with what took each: an even number a no, an odd one unknown, 8 nothing.
CREATE TEMP TABLE candidate AS
WITH seen AS (
    SELECT v.person_id, v.date AS day, min(o.first_day) AS first_day, max(o.last_day) AS last_day,
           max(c.place) AS place
    FROM visits v
    JOIN '{folder}/observation_periods.parquet' o
      ON o.person_id = v.person_id AND v.date BETWEEN o.first_day AND o.last_day
    LEFT JOIN course c ON c.person_id = v.person_id AND c.start < v.date AND c.stop >= v.date
    WHERE v.date_precision IS NULL OR v.date_precision NOT IN ('month', 'year') GROUP BY v.person_id, v.date),
on_therapy AS (
    SELECT s.*, c.therapy, s.place IS NULL
           OR (c.end_known AND (c.start > DATE '0001-01-01' OR c.stop = s.day)) AS known
    FROM seen s LEFT JOIN course c ON c.person_id = s.person_id AND c.place = s.place)
SELECT t.person_id, t.day, t.first_day, t.last_day, CASE WHEN known THEN therapy END AS therapy,
       coalesce(fates(0, p.diagnosis = 'MS'),
                fates(2, CASE WHEN known THEN therapy IS NOT NULL END),
                fates(4, CASE WHEN years(p.born_last, t.day) >= 50 THEN true
                              WHEN years(p.born, t.day) < 50 THEN false END),
                fates(6, years(t.first_day, t.day) >= 2), 8)::TINYINT AS fate
FROM on_therapy t LEFT JOIN patient p USING (person_id);

CREATE TEMP TABLE wanted AS SELECT DISTINCT person_id FROM candidate WHERE fate = 8;

-- Relapses count 24 hours or more, without fever, 30 days or more after the last that counted for sure.
CREATE TEMP TABLE episode AS
SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY onset IS NULL, onset, onset_last, relapse_id) AS seq,
       lasted_24h AND NOT fever_or_infection AS qualifies
FROM (SELECT person_id, relapse_id, onset, last_of(onset, onset_precision) AS onset_last, lasted_24h,
             fever_or_infection FROM relapses
      UNION ALL SELECT person_id, -person_id - 1, NULL, NULL, NULL, NULL FROM patient WHERE apart)
SEMI JOIN wanted USING (person_id);

CREATE TEMP TABLE relapse AS
WITH RECURSIVE dated AS (
    SELECT person_id, seq, onset, onset_last, sum(opens::INT) OVER (PARTITION BY person_id ORDER BY seq) AS knot
    FROM (SELECT *, coalesce(onset >= 30 + max(onset_last) OVER (
                        PARTITION BY person_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                             true) AS opens
          FROM episode WHERE qualifies AND onset IS NOT NULL)),
sure AS (
    SELECT person_id, knot, min(seq) AS seq, arg_min(onset_last, seq) AS onset_last FROM dated
    GROUP BY person_id, knot
    UNION ALL
    SELECT d.person_id, d.knot, min(d.seq), arg_min(d.onset_last, d.seq)
    FROM sure s JOIN dated d ON d.person_id = s.person_id AND d.knot = s.knot AND d.seq > s.seq
        AND d.onset >= s.onset_last + 30
    GROUP BY d.person_id, d.knot),
after AS (
    SELECT e.*, max(e.onset) FILTER (s.seq IS NOT NULL) OVER before AS last_first,
           max(e.onset_last) FILTER (s.seq IS NOT NULL) OVER before AS last_last
    FROM episode e LEFT JOIN sure s ON s.person_id = e.person_id AND s.seq = e.seq
    WINDOW before AS (PARTITION BY e.person_id ORDER BY e.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
SELECT person_id, onset, onset_last, qualifies AND CASE
    WHEN last_first IS NULL THEN true WHEN onset - last_last >= 30 THEN true
    WHEN onset_last - last_first < 30 THEN false END AS counted FROM after;

-- Two years without a relapse, at least (low) and at most (high).
CREATE TEMP TABLE stable AS
WITH past AS (
    SELECT c.person_id, c.day, max(r.onset) FILTER (counted AND least(onset_last, last_day) <= c.day) AS sure,
           max(least(onset_last, c.day)) FILTER (counted IS NULL OR counted) AS possible,
           coalesce(bool_or(onset IS NULL AND (counted IS NULL OR counted)), false) AS undated
    FROM candidate c JOIN relapse r ON r.person_id = c.person_id AND (r.onset IS NULL OR r.onset <= c.day)
    WHERE fate = 8 GROUP BY c.person_id, c.day),
both_ends AS (
    SELECT c.* EXCLUDE (fate), years(CASE WHEN undated THEN c.day ELSE greatest(first_day, possible) END, c.day) AS low,
           years(sure, c.day) AS high
    FROM candidate c LEFT JOIN past p ON p.person_id = c.person_id AND p.day = c.day WHERE fate = 8)
SELECT *, coalesce(fates(0, CASE WHEN low >= 2 THEN true WHEN high < 2 THEN false END), 2)::TINYINT AS fate
FROM both_ends;

-- Time on the drug: pauses up to 90 days are bridged, of drugs given in courses longer ones.
CREATE TEMP TABLE spell AS
WITH ordered AS (
    SELECT *, lag(stop) OVER w AS stopped, lag(stop_last) OVER w AS stopped_last, row_number() OVER w AS seq,
           coalesce(start, DATE '0001-01-01') AS valid_from,
           lead(coalesce(start, DATE '0001-01-01')) OVER w AS valid_to,
           CASE WHEN therapy IN ('ocrelizumab', 'rituximab') THEN 270
                WHEN therapy IN ('alemtuzumab', 'cladribine') THEN 730 ELSE 90 END AS gap
    FROM treatment SEMI JOIN wanted USING (person_id)
    WINDOW w AS (PARTITION BY person_id, therapy ORDER BY start IS NOT NULL, start, treatment_id)),
parted AS (
    SELECT *, CASE WHEN seq = 1 THEN true WHEN start - stopped_last > gap THEN true
                   WHEN start_last - stopped <= gap THEN false END AS far FROM ordered)
SELECT person_id, therapy, valid_from, valid_to, start, stop, stop_last, still_taking, last_dose,
       last_value(CASE WHEN far THEN {'low': start, 'high': start_last} END IGNORE NULLS) OVER w AS begin,
       coalesce(max(seq) FILTER (far IS NULL) OVER w > max(seq) FILTER (far) OVER w, false)
           OR bool_or(start IS NULL) OVER w AS open
FROM parted WINDOW w AS (PARTITION BY person_id, therapy ORDER BY seq ROWS UNBOUNDED PRECEDING);

CREATE TEMP TABLE on_drug AS
WITH measured AS (
    SELECT c.* EXCLUDE (fate, high, low), c.low AS years_stable,
           CASE WHEN NOT s.open THEN greatest(0.0::DOUBLE, years(least(s.begin.high, c.day), CASE
               WHEN s.stop IS NOT NULL THEN least(s.stop, c.day) WHEN s.still_taking THEN c.day
               ELSE least(coalesce(s.last_dose, s.start), c.day) END)) END AS years_on,
           CASE WHEN NOT s.open THEN greatest(0.0::DOUBLE, years(s.begin.low, CASE
               WHEN s.stop IS NOT NULL THEN least(s.stop_last, c.day) ELSE c.day END)) END AS most
    FROM stable c LEFT JOIN spell s ON s.person_id = c.person_id AND s.therapy = c.therapy
        AND s.valid_from <= c.day AND (s.valid_to IS NULL OR s.valid_to > c.day)
    WHERE c.fate = 2)
SELECT * EXCLUDE (most),
       coalesce(fates(0, CASE WHEN years_on >= 1 THEN true WHEN most < 1 THEN false END), 2)::TINYINT AS fate
FROM measured;

CREATE TABLE flow AS
WITH stage(stage, criteria) AS (VALUES (1, 4), (2, 1), (3, 1)),
trials AS (
    SELECT 1 AS stage, fate, count(*) AS number FROM candidate GROUP BY fate
    UNION ALL SELECT 2, fate, count(*) FROM stable GROUP BY fate
    UNION ALL SELECT 3, fate, count(*) FROM on_drug GROUP BY fate),
people AS (
    SELECT 1 AS stage, fate, count(*) AS number FROM (
        SELECT max(fate) AS fate FROM candidate GROUP BY person_id) GROUP BY fate
    UNION ALL SELECT 2, fate, count(*) FROM (SELECT max(fate) AS fate FROM stable GROUP BY person_id) GROUP BY fate
    UNION ALL SELECT 3, fate, count(*) FROM (SELECT max(fate) AS fate FROM on_drug GROUP BY person_id) GROUP BY fate),
step AS (SELECT stage, unnest(range(criteria)) AS place FROM stage)
SELECT 0 AS stage, 0 AS place, (SELECT sum(number) FROM trials WHERE stage = 1) AS trials_left,
       (SELECT sum(number) FROM people WHERE stage = 1) AS people_left, 0 AS trials_refused, 0 AS trials_unknown,
       0 AS people_refused, 0 AS people_unknown
UNION ALL
SELECT s.stage, s.place, t.left_over, p.left_over, t.refused, t.unknown, p.refused, p.unknown FROM step s,
LATERAL (SELECT sum(number) FILTER (fate > 2 * place + 1) AS left_over, sum(number) FILTER (fate = 2 * place) AS refused,
                sum(number) FILTER (fate = 2 * place + 1) AS unknown FROM trials t WHERE t.stage = s.stage) t,
LATERAL (SELECT sum(number) FILTER (fate > 2 * place + 1) AS left_over, sum(number) FILTER (fate = 2 * place) AS refused,
                sum(number) FILTER (fate = 2 * place + 1) AS unknown FROM people p WHERE p.stage = s.stage) p
ORDER BY ALL;

CREATE TEMP TABLE trial AS
SELECT row_number() OVER () AS trial, o.* EXCLUDE (fate) FROM on_drug o WHERE fate = 2;
CREATE TEMP TABLE person AS SELECT DISTINCT person_id FROM trial;

-- A scan is compared with an earlier one of the same region, and only the brain can vouch for quiet.
CREATE TEMP TABLE scan AS
WITH read_in AS (
    SELECT person_id, mri_id, date AS day, last_of(date, date_precision) AS day_last, region,
           coalesce(region IN ('brain', 'both'), false) AS brain, coalesce(any_new_t2, new_t2 > 0) AS new,
           coalesce(any_enlarging_t2, enlarging_t2 > 0) AS larger, coalesce(any_gd_enhancing, gd_enhancing > 0) AS bright
    FROM mri SEMI JOIN person USING (person_id)),
earliest AS (
    SELECT person_id, min(day_last) FILTER (brain) AS brain, min(day_last) FILTER (region IN ('cord', 'both')) AS cord
    FROM read_in GROUP BY person_id),
compared AS (
    SELECT r.*, coalesce(CASE WHEN region = 'cord' THEN e.cord WHEN region IS NOT NULL THEN e.brain END < day, false)
               AS has_earlier
    FROM read_in r JOIN earliest e USING (person_id)),
judged AS (
    SELECT *, CASE WHEN has_earlier OR new THEN new END OR CASE WHEN has_earlier OR larger THEN larger END
              OR CASE WHEN has_earlier AND bright IS NULL THEN false ELSE bright END AS active FROM compared)
SELECT person_id, day, day_last, mri_id, brain, region = 'cord' AS is_cord, active,
       CASE WHEN active IS NULL AND brain AND NOT (new OR larger OR bright) THEN false ELSE active END AS read
FROM judged;

CREATE TEMP TABLE latest_scan AS
WITH told AS (
    SELECT person_id, day, read, day_last, min(day_last) OVER (PARTITION BY person_id ORDER BY day, day_last, mri_id
           ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until
    FROM scan WHERE NOT coalesce(is_cord, false) OR active)
SELECT t.trial, s.read FROM trial t JOIN told s ON s.person_id = t.person_id AND s.day_last <= t.day
    AND coalesce(s.until, DATE '9999-12-31') > t.day
WHERE s.day >= (t.day - INTERVAL 24 MONTH)::DATE;

CREATE TEMP TABLE stop AS
SELECT DISTINCT c.person_id, c.stop AS day FROM course c SEMI JOIN person USING (person_id)
WHERE c.stop < DATE '9999-12-31' AND NOT EXISTS (
    SELECT 1 FROM course o WHERE o.person_id = c.person_id AND o.therapy <> c.therapy AND o.start <= c.stop
        AND o.stop > c.stop);

CREATE TEMP TABLE happened AS
SELECT 0::TINYINT AS what, person_id, onset AS day FROM relapse WHERE counted AND onset IS NOT NULL
UNION ALL SELECT 1, person_id, day FROM scan WHERE active
UNION ALL SELECT 2, person_id, date FROM events WHERE event = 'infection' AND serious AND date IS NOT NULL
UNION ALL SELECT 3, person_id, date FROM events WHERE event = 'death' AND date IS NOT NULL;

CREATE TEMP TABLE first_day AS
SELECT t.trial, min(h.day) FILTER (what = 0) AS relapse, min(h.day) FILTER (what <= 1) AS any_activity,
       min(h.day) FILTER (what = 2) AS serious_infection, min(h.day) FILTER (what = 3) AS death
FROM trial t JOIN happened h ON h.person_id = t.person_id AND h.day > t.day GROUP BY t.trial;

CREATE TEMP TABLE acted AS
SELECT t.trial, min(s.day) AS day FROM trial t JOIN stop s ON s.person_id = t.person_id AND s.day >= t.day
GROUP BY t.trial;

CREATE TEMP TABLE score AS
SELECT person_id, visit_id, date AS day, last_of(date, date_precision) AS day_last, edss,
       row_number() OVER (PARTITION BY person_id ORDER BY date, last_of(date, date_precision), visit_id) AS seq
FROM visits SEMI JOIN person USING (person_id) WHERE edss IS NOT NULL AND NOT coalesce(during_relapse, false);

-- The last score by each entry, and the first one of its day, which is the baseline.
CREATE TEMP TABLE baseline AS
WITH lasting AS (
    SELECT person_id, day, day_last, edss, min(day_last) OVER (PARTITION BY person_id ORDER BY day, visit_id
           ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until FROM score),
first_of_day AS (
    SELECT person_id, day, day_last, seq, edss FROM score)
SELECT t.trial, t.person_id, t.last_day, t.day AS entered, s.edss AS last_edss, f.seq, f.edss,
       s.day >= (t.day - INTERVAL 12 MONTH)::DATE AS recent
FROM trial t JOIN lasting s ON s.person_id = t.person_id AND s.day_last <= t.day
    AND coalesce(s.until, DATE '9999-12-31') > t.day
JOIN (SELECT person_id, day, min(seq) AS seq, arg_min(edss, seq) AS edss FROM first_of_day GROUP BY person_id, day) f
    ON f.person_id = s.person_id AND f.day = s.day
WHERE s.day >= (t.day - INTERVAL 24 MONTH)::DATE;

-- Worsening: a rise by the step of its baseline that lasts until a visit 24 weeks later or more.
CREATE TEMP TABLE worse AS
WITH reach AS (
    SELECT b.person_id, b.last_day, b.edss AS base, min(b.seq) AS seq,
           b.edss + CASE WHEN b.edss = 0 THEN 1.5 WHEN b.edss <= 5.5 THEN 1 ELSE 0.5 END AS least
    FROM baseline b WHERE b.recent GROUP BY b.person_id, b.last_day, b.edss),
levels AS (
    SELECT r.* FROM reach r JOIN (SELECT person_id, max(edss) AS highest FROM score GROUP BY person_id) h
        ON h.person_id = r.person_id AND h.highest >= r.least),
later AS (
    SELECT l.person_id, l.last_day, l.base, s.seq, s.day, s.day_last, s.edss >= l.least AS high
    FROM score s JOIN levels l ON l.person_id = s.person_id AND s.seq > l.seq AND s.day_last <= l.last_day),
runs AS (
    SELECT *, min(seq) FILTER (NOT high) OVER (PARTITION BY person_id, last_day, base ORDER BY seq
                  ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS fell,
           min(seq) OVER (PARTITION BY person_id, last_day, base ORDER BY day
                  RANGE BETWEEN INTERVAL 168 DAY FOLLOWING AND UNBOUNDED FOLLOWING) AS confirms
    FROM later),
inexact AS (
    SELECT r.person_id, r.last_day, r.base, r.seq, min(o.seq) AS confirms
    FROM later r JOIN later o ON o.person_id = r.person_id AND o.last_day = r.last_day AND o.base = r.base
        AND o.day >= r.day_last + 168
    WHERE r.day_last > r.day GROUP BY ALL),
rises AS (
    SELECT r.person_id, r.last_day, r.base, r.seq, r.day FROM runs r
    LEFT JOIN inexact i ON r.day_last > r.day AND i.person_id = r.person_id AND i.last_day = r.last_day
        AND i.base = r.base AND i.seq = r.seq
    WHERE r.high AND CASE WHEN r.day_last > r.day THEN coalesce(fell > i.confirms, i.confirms IS NOT NULL)
                          ELSE coalesce(fell > r.confirms, r.confirms IS NOT NULL) END)
SELECT b.trial, min(r.day) AS day FROM baseline b JOIN rises r ON r.person_id = b.person_id
    AND r.last_day = b.last_day AND r.base = b.edss AND r.seq > b.seq
WHERE b.recent GROUP BY b.trial, b.entered HAVING min(r.day) > b.entered;

CREATE TEMP TABLE last_scan AS
SELECT t.trial, max(s.day) AS day FROM trial t JOIN scan s ON s.person_id = t.person_id AND s.day > t.day
    AND s.day <= t.last_day
WHERE s.active OR (s.brain AND s.active IS NOT NULL) GROUP BY t.trial;

CREATE TABLE later_scans AS
SELECT t.person_id, t.day AS index_day, (s.day - t.day)::DOUBLE AS after, s.active::DOUBLE AS active
FROM trial t JOIN (SELECT person_id, day, max(active) AS active FROM scan WHERE active IS NOT NULL
                   GROUP BY person_id, day) s ON s.person_id = t.person_id AND s.day > t.day AND s.day <= t.day + 731;
CREATE TABLE later_relapses AS
SELECT t.person_id, t.day AS index_day, (r.onset - t.day)::DOUBLE AS after
FROM trial t JOIN relapse r ON r.person_id = t.person_id AND r.counted AND r.onset > t.day AND r.onset <= t.day + 731;

CREATE TABLE drug AS FROM (VALUES
    ('ahsct', 'ahsct', 'high'), ('alemtuzumab', 'alemtuzumab', 'high'), ('cladribine', 'cladribine', 'high'),
    ('dimethyl-fumarate', 'fumarate', 'moderate'), ('diroximel-fumarate', 'fumarate', 'moderate'),
    ('fingolimod', 's1p', 'high'), ('glatiramer-acetate', 'injectable', 'moderate'),
    ('interferon-beta', 'injectable', 'moderate'), ('mitoxantrone', 'mitoxantrone', NULL),
    ('monomethyl-fumarate', 'fumarate', 'moderate'), ('natalizumab', 'natalizumab', 'high'),
    ('ocrelizumab', 'anti-cd20', 'high'), ('ofatumumab', 'anti-cd20', 'high'), ('ozanimod', 's1p', 'high'),
    ('peginterferon-beta-1a', 'injectable', 'moderate'), ('ponesimod', 's1p', 'high'),
    ('rituximab', 'anti-cd20', 'high'), ('siponimod', 's1p', 'high'), ('tegomil-fumarate', 'fumarate', NULL),
    ('teriflunomide', 'teriflunomide', 'moderate'), ('ublituximab', 'anti-cd20', 'high')
) AS d(therapy, therapy_group, efficacy);

CREATE TABLE analysis AS
SELECT t.person_id, t.day AS index_day, t.last_day - t.day AS end, a.day - t.day AS acted, f.death - t.day AS death,
       f.relapse - t.day AS relapse, f.any_activity - t.day AS any_activity, w.day - t.day AS confirmed_worsening,
       f.serious_infection - t.day AS serious_infection, coalesce(b.recent, false) AS has_baseline,
       s.day - t.day AS last_scan, p.apart, years(p.born_last, t.day) AS age, p.sex, t.years_stable,
       l.read AS active_on_last_scan, d.therapy_group, b.last_edss AS edss,
       CASE WHEN p.course <> 'SPMS' OR t.day >= p.later_last THEN p.course WHEN t.day < p.later THEN 'RRMS' END AS course,
       t.years_on, d.efficacy
FROM trial t LEFT JOIN patient p USING (person_id) LEFT JOIN drug d USING (therapy) LEFT JOIN first_day f USING (trial)
LEFT JOIN acted a USING (trial) LEFT JOIN worse w USING (trial) LEFT JOIN baseline b USING (trial)
LEFT JOIN last_scan s USING (trial) LEFT JOIN latest_scan l USING (trial);
