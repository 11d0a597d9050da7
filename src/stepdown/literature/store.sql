-- The tables of the store. A record counts when its file is whole, when no other record of its PMID has a
-- higher (version, sequence, place), and when no deletion of its version stands in the same or a later file.
CREATE TABLE store (schema_version INTEGER);
INSERT INTO store VALUES (1);
CREATE SEQUENCE file_ids;

-- sequence: where the file stands in the order of the baseline and the updates, by its year and number
CREATE TABLE files (
    id INTEGER PRIMARY KEY DEFAULT nextval('file_ids'), name VARCHAR, sha256 VARCHAR, sequence BIGINT,
    topic VARCHAR, records INTEGER, imported TIMESTAMP, is_whole BOOLEAN DEFAULT FALSE);

-- every record seen; skipped says why its text was not kept
CREATE TABLE records (
    pmid BIGINT, version INTEGER, file INTEGER, sequence BIGINT, place INTEGER, skipped VARCHAR);

CREATE TABLE texts (
    pmid BIGINT, file INTEGER, place INTEGER, title VARCHAR, citation VARCHAR);

CREATE TABLE deletions (pmid BIGINT, version INTEGER, file INTEGER, sequence BIGINT);

-- what a record says of the standing of another, or of its own, kept for records of every topic
CREATE TABLE notices (
    pmid BIGINT, file INTEGER, place INTEGER, kind VARCHAR, about BIGINT, notice BIGINT,
    source VARCHAR, published VARCHAR);

CREATE VIEW standing AS
    SELECT r.*, row_number() OVER (
        PARTITION BY r.pmid ORDER BY r.version DESC, r.sequence DESC, r.file DESC, r.place DESC) AS rank
    FROM records r
    WHERE r.file IN (SELECT id FROM files WHERE is_whole) AND NOT EXISTS (
        SELECT 1 FROM deletions d
        WHERE d.pmid = r.pmid AND d.version = r.version AND d.sequence >= r.sequence
            AND d.file IN (SELECT id FROM files WHERE is_whole));

CREATE VIEW citations AS
    SELECT t.pmid, s.version, t.title, t.citation
    FROM standing s JOIN texts t ON t.pmid = s.pmid AND t.file = s.file AND t.place = s.place
    WHERE s.rank = 1;

CREATE VIEW standing_notices AS
    SELECT n.* EXCLUDE (file, place)
    FROM standing s JOIN notices n ON n.pmid = s.pmid AND n.file = s.file AND n.place = s.place
    WHERE s.rank = 1;
