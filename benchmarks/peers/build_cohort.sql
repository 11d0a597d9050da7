-- The table of a study of stopping at 50, as an analyst writes it for registries whose dates are all exact and
-- complete: no bounds for what is known to the year, and unknown is taken as no. {folder} is the registry.
CREATE TEMP TABLE relapse AS
WITH episodes AS (
    SELECT person_id, onset FROM '{folder}/relapses.parquet' WHERE lasted_24h AND NOT fever_or_infection)
SELECT person_id, onset FROM (
    SELECT *, lag(onset) OVER (PARTITION BY person_id ORDER BY onset) AS earlier FROM episodes)
WHERE earlier IS NULL OR onset - earlier >= 30;

CREATE TEMP TABLE scan AS
SELECT person_id, date AS day, coalesce(new_t2 > 0 AND earlier IS NOT NULL, false) OR gd_enhancing > 0 AS active
FROM (SELECT *, lag(date) OVER (PARTITION BY person_id ORDER BY date, mri_id) AS earlier
      FROM '{folder}/mri.parquet');

CREATE TEMP TABLE course AS
SELECT person_id, therapy, min(start) AS start, max(stop) AS stop FROM (
    SELECT *, sum(begins::INT) OVER (PARTITION BY person_id, therapy ORDER BY start) AS run FROM (
        SELECT *, coalesce(start - lag(stop) OVER w > CASE
                   WHEN therapy IN ('ocrelizumab', 'rituximab') THEN 270
                   WHEN therapy IN ('alemtuzumab', 'cladribine') THEN 730 ELSE 90 END, true) AS begins
        FROM (SELECT person_id, therapy, start, coalesce(stop, DATE '9999-01-01') AS stop
              FROM '{folder}/treatments.parquet')
        WINDOW w AS (PARTITION BY person_id, therapy ORDER BY start)))
GROUP BY person_id, therapy, run;

CREATE TEMP TABLE stop AS
SELECT DISTINCT t.person_id, t.stop AS day FROM '{folder}/treatments.parquet' t
WHERE t.stop IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM '{folder}/treatments.parquet' o
    WHERE o.person_id = t.person_id AND o.start <= t.stop AND (o.stop IS NULL OR o.stop > t.stop)
      AND o.treatment_id <> t.treatment_id);

CREATE TEMP TABLE taken AS
SELECT v.visit_id AS trial, v.person_id, v.date AS day, p.birth_date, p.sex, p.course, o.first_day, o.last_day,
       arg_max(t.therapy, t.start) AS therapy
FROM '{folder}/visits.parquet' v
JOIN '{folder}/patients.parquet' p USING (person_id)
JOIN '{folder}/observation_periods.parquet' o USING (person_id)
JOIN '{folder}/treatments.parquet' t USING (person_id)
WHERE p.diagnosis = 'MS' AND v.date >= p.birth_date + INTERVAL 50 YEAR
  AND v.date BETWEEN o.first_day AND o.last_day AND v.date >= o.first_day + INTERVAL 2 YEAR
  AND t.start < v.date AND (t.stop IS NULL OR t.stop >= v.date)
GROUP BY ALL;

CREATE TEMP TABLE trial AS
SELECT k.*, (k.day - c.start) / 365.25 AS years_on,
       (k.day - greatest(k.first_day, coalesce(r.onset, k.first_day))) / 365.25 AS years_stable
FROM taken k
JOIN course c ON c.person_id = k.person_id AND c.therapy = k.therapy AND c.start <= k.day AND c.stop >= k.day
LEFT JOIN (SELECT k.trial, max(r.onset) AS onset FROM taken k JOIN relapse r USING (person_id)
           WHERE r.onset <= k.day GROUP BY 1) r USING (trial)
WHERE k.day >= c.start + INTERVAL 1 YEAR
  AND k.day >= greatest(k.first_day, coalesce(r.onset, k.first_day)) + INTERVAL 2 YEAR;

CREATE TEMP TABLE score AS
SELECT person_id, date AS day, edss FROM '{folder}/visits.parquet'
WHERE edss IS NOT NULL AND NOT coalesce(during_relapse, false);

CREATE TEMP TABLE baseline AS
SELECT t.trial, t.person_id, t.last_day, max(s.day) AS day, arg_max(s.edss, s.day) AS edss
FROM trial t JOIN score s USING (person_id)
WHERE s.day <= t.day AND s.day >= t.day - INTERVAL 24 MONTH GROUP BY ALL;

CREATE TEMP TABLE worse AS
WITH later AS (
    SELECT b.trial, s.day, s.edss >= b.edss + CASE WHEN b.edss = 0 THEN 1.5 WHEN b.edss <= 5.5 THEN 1 ELSE 0.5
                                              END AS high
    FROM (SELECT b.* FROM baseline b JOIN score s USING (person_id) WHERE s.day > b.day GROUP BY ALL
          HAVING max(s.edss) - b.edss >= 0.5) b
    JOIN score s USING (person_id) WHERE s.day > b.day AND s.day <= b.last_day),
runs AS (
    SELECT *, min(CASE WHEN NOT high THEN day END) OVER (PARTITION BY trial ORDER BY day
                  ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS fell,
           min(day) OVER (PARTITION BY trial ORDER BY day
                  RANGE BETWEEN INTERVAL 168 DAY FOLLOWING AND UNBOUNDED FOLLOWING) AS confirms
    FROM later)
SELECT trial, min(day) AS day FROM runs
WHERE high AND confirms IS NOT NULL AND (fell IS NULL OR fell > confirms) GROUP BY 1;

CREATE TEMP TABLE happened AS
SELECT 'relapse' AS what, person_id, onset AS day FROM relapse
UNION ALL SELECT 'scan', person_id, day FROM scan WHERE active
UNION ALL SELECT 'infection', person_id, date FROM '{folder}/events.parquet' WHERE event = 'infection' AND serious
UNION ALL SELECT 'death', person_id, date FROM '{folder}/events.parquet' WHERE event = 'death';

CREATE TEMP TABLE first_day AS
SELECT t.trial, min(h.day) FILTER (what = 'relapse') AS relapse,
       min(h.day) FILTER (what IN ('relapse', 'scan')) AS any_activity,
       min(h.day) FILTER (what = 'infection') AS serious_infection, min(h.day) FILTER (what = 'death') AS death
FROM trial t JOIN happened h USING (person_id) WHERE h.day > t.day GROUP BY 1;

CREATE TEMP TABLE acted AS
SELECT t.trial, min(s.day) AS day FROM trial t JOIN stop s USING (person_id) WHERE s.day >= t.day GROUP BY 1;

CREATE TEMP TABLE last_scan AS
SELECT t.trial, arg_max(s.active, s.day) AS active FROM trial t JOIN scan s USING (person_id)
WHERE s.day <= t.day AND s.day >= t.day - INTERVAL 24 MONTH GROUP BY 1;

CREATE TABLE analysis AS
SELECT t.*, (t.day - t.birth_date) / 365.25 AS age, b.edss, l.active, a.day AS acted, w.day AS confirmed_worsening,
       f.relapse, f.any_activity, f.serious_infection, f.death
FROM trial t LEFT JOIN baseline b USING (trial) LEFT JOIN last_scan l USING (trial) LEFT JOIN acted a USING (trial)
LEFT JOIN worse w USING (trial) LEFT JOIN first_day f USING (trial) ORDER BY trial;
