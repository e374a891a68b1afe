-- The index in the order of time, so that the newest results are at one end of it and nothing is
-- sorted; and with marks of workspace, author and space among the words, so that whoever may see
-- little need not go through what all others wrote. search.rs says how the marks are made.
-- sqlite
CREATE TABLE search_renumbered (
  -- the milliseconds of its instant since 1970, or the next number that is free
  entry INTEGER NOT NULL PRIMARY KEY,
  workspace {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  -- the post, or the topic itself for its title
  part {uuid} NOT NULL,
  author {uuid} NOT NULL,
  at BIGINT NOT NULL,
  -- what people read, for the excerpt
  text TEXT NOT NULL,
  UNIQUE (workspace, part)
);
-- Each takes the number of its instant, or the one after the entry before it.
INSERT INTO search_renumbered (entry, workspace, topic, part, author, at, text)
SELECT place + MAX(number - place) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING),
  workspace, topic, part, author, at, text
FROM (
  SELECT ROW_NUMBER() OVER (ORDER BY e.at, e.entry) AS place,
    CASE WHEN e.at >= 0 THEN e.at / 1000 ELSE (e.at - 999) / 1000 END AS number,
    e.workspace, e.topic, e.part, COALESCE(p.author, t.created_by) AS author, e.at, e.text
  FROM search_entries e
  JOIN topics t ON t.workspace = e.workspace AND t.id = e.topic
  LEFT JOIN posts p ON p.workspace = e.workspace AND p.id = e.part
);
CREATE TABLE search_moves (
  before INTEGER NOT NULL PRIMARY KEY,
  entry INTEGER NOT NULL,
  marks TEXT NOT NULL
);
INSERT INTO search_moves (before, entry, marks)
SELECT e.entry, r.entry,
  char(57344) || 'w' || lower(hex(substr(r.workspace, 9, 8))) || ' ' ||
  char(57344) || 'a' || lower(hex(substr(r.author, 9, 8))) || ' ' ||
  CASE WHEN t.space IS NULL
    THEN COALESCE(
      (SELECT group_concat(char(57344) || 'p' || lower(hex(substr(tp.member, 9, 8))), ' ')
       FROM topic_participants tp WHERE tp.workspace = t.workspace AND tp.topic = t.id),
      '')
    ELSE char(57344) || 's' || lower(hex(substr(t.space, 9, 8)))
  END
FROM search_entries e
JOIN search_renumbered r ON r.workspace = e.workspace AND r.part = e.part
JOIN topics t ON t.workspace = e.workspace AND t.id = e.topic;
CREATE VIRTUAL TABLE search_words_renumbered USING fts5 (words, content = '', contentless_delete = 1, tokenize = "ascii");
-- The words are only in the old index, by word. They are sorted by entry for some thousand entries at
-- a time, which bounds the memory; the trigger is the loop.
CREATE VIRTUAL TABLE search_instances USING fts5vocab (search_words, instance);
CREATE TABLE search_portions (first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TRIGGER search_portion AFTER INSERT ON search_portions BEGIN
  INSERT INTO search_words_renumbered (rowid, words)
  SELECT m.entry, m.marks || ' ' || said.words
  FROM (
    SELECT i.doc, group_concat(i.term, ' ' ORDER BY i.offset) AS words FROM search_instances i
    WHERE i.doc >= NEW.first AND i.doc < NEW.last GROUP BY i.doc
  ) said CROSS JOIN search_moves m ON m.before = said.doc;
END;
WITH RECURSIVE portions (first) AS (
  SELECT MIN(before) FROM search_moves HAVING COUNT(*) > 0
  UNION ALL
  SELECT first + 20000 FROM portions WHERE first + 20000 <= (SELECT MAX(before) FROM search_moves)
)
INSERT INTO search_portions (first, last) SELECT first, first + 20000 FROM portions;
-- What has no words has marks.
INSERT INTO search_words_renumbered (rowid, words)
SELECT entry, marks FROM search_moves WHERE entry NOT IN (SELECT id FROM search_words_renumbered_docsize);
DROP TRIGGER search_portion;
DROP TABLE search_portions;
DROP TABLE search_instances;
DROP TABLE search_moves;
DROP TABLE search_words;
DROP TABLE search_entries;
ALTER TABLE search_renumbered RENAME TO search_entries;
ALTER TABLE search_words_renumbered RENAME TO search_words;
-- postgres
ALTER TABLE search_entries ADD COLUMN author UUID NULL;
UPDATE search_entries e SET author = COALESCE(
  (SELECT p.author FROM posts p WHERE p.workspace = e.workspace AND p.id = e.part),
  (SELECT t.created_by FROM topics t WHERE t.workspace = e.workspace AND t.id = e.topic));
ALTER TABLE search_entries ALTER COLUMN author SET NOT NULL;
UPDATE search_entries e SET words = e.words || array_to_tsvector(
  ARRAY[
    chr(57344) || 'w' || right(replace(e.workspace::text, '-', ''), 16),
    chr(57344) || 'a' || right(replace(e.author::text, '-', ''), 16)
  ] || CASE WHEN t.space IS NULL
    THEN ARRAY(SELECT chr(57344) || 'p' || right(replace(tp.member::text, '-', ''), 16)
      FROM topic_participants tp WHERE tp.workspace = t.workspace AND tp.topic = t.id)
    ELSE ARRAY[chr(57344) || 's' || right(replace(t.space::text, '-', ''), 16)]
  END)
FROM topics t WHERE t.workspace = e.workspace AND t.id = e.topic;
CREATE INDEX search_newest ON search_entries (workspace, at DESC, entry DESC);
