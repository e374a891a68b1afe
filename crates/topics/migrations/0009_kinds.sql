-- Every kind of topic has its posts, asks and marks here; an event is a post that says what happened
-- and has no text of its own; who got something to do follows it for that reason.
ALTER TABLE posts ADD COLUMN event {json} NULL;
-- Whether a job tells others what becomes of an ask.
ALTER TABLE asks ADD COLUMN watched BOOLEAN NOT NULL DEFAULT FALSE;
-- sqlite
CREATE TABLE topics_of_all_kinds (
  workspace {uuid} NOT NULL REFERENCES workspaces (id),
  id {uuid} NOT NULL,
  -- for people to read aloud, the address of the topic: five characters, or the key of its kind
  code TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN
    ('thread', 'announcement', 'task', 'doc', 'decision', 'clip', 'check_in', 'meeting')),
  title TEXT NOT NULL,
  -- NULL: a direct topic, for its participants
  space {uuid} NULL,
  created_by {uuid} NOT NULL,
  created_at BIGINT NOT NULL,
  -- the newest post, kept here so that lists need no join
  last_no BIGINT NOT NULL,
  post_count BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  last_by {uuid} NOT NULL,
  snippet TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  outcome TEXT NULL,
  outcome_html TEXT NULL,
  closed_by {uuid} NULL,
  closed_at BIGINT NULL,
  summary TEXT NULL,
  summary_html TEXT NULL,
  summary_by {uuid} NULL,
  summary_at BIGINT NULL,
  -- where an import found it (the root's Message-ID): a second run finds it again
  source_key TEXT NULL,
  summary_version BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 0,
  posts_version BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, code),
  UNIQUE (workspace, source_key),
  FOREIGN KEY (workspace, space) REFERENCES spaces (workspace, id),
  FOREIGN KEY (workspace, created_by) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, last_by) REFERENCES members (workspace, id),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
INSERT INTO topics_of_all_kinds (workspace, id, code, kind, title, space, created_by, created_at, last_no,
    post_count, last_at, last_by, snippet, state, outcome, outcome_html, closed_by, closed_at, summary,
    summary_html, summary_by, summary_at, source_key, summary_version, version, posts_version)
  SELECT workspace, id, code, kind, title, space, created_by, created_at, last_no,
    post_count, last_at, last_by, snippet, state, outcome, outcome_html, closed_by, closed_at, summary,
    summary_html, summary_by, summary_at, source_key, summary_version, version, posts_version
  FROM topics;
DROP TABLE topics;
ALTER TABLE topics_of_all_kinds RENAME TO topics;
CREATE TABLE marks_for_all_reasons (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  following BOOLEAN NOT NULL,
  -- not IN: for a list of words SQLite makes a table of its own for each mark that is written
  reason TEXT NULL CHECK (reason = 'started' OR reason = 'mentioned' OR reason = 'asked' OR reason = 'assigned'
    OR reason = 'posted' OR reason = 'participant' OR reason = 'follows'),
  read_no BIGINT NOT NULL,
  done_no BIGINT NOT NULL,
  mention_no BIGINT NOT NULL,
  later_until BIGINT NULL,
  kept BOOLEAN NOT NULL,
  changed_at BIGINT NOT NULL,
  delivered_no BIGINT NOT NULL DEFAULT 0,
  arrived_at BIGINT NULL,
  PRIMARY KEY (workspace, member, topic),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id)
);
INSERT INTO marks_for_all_reasons (workspace, member, topic, following, reason, read_no, done_no, mention_no,
    later_until, kept, changed_at, delivered_no, arrived_at)
  SELECT workspace, member, topic, following, reason, read_no, done_no, mention_no,
    later_until, kept, changed_at, delivered_no, arrived_at
  FROM marks;
DROP TABLE marks;
ALTER TABLE marks_for_all_reasons RENAME TO marks;
CREATE INDEX followers_of_topic ON marks (workspace, topic, member);
CREATE INDEX marks_at_hand ON marks (workspace, member) WHERE kept OR delivered_no > done_no;
-- postgres
ALTER TABLE topics
  DROP CONSTRAINT topics_kind_check,
  ADD CONSTRAINT topics_kind_check CHECK (kind IN
    ('thread', 'announcement', 'task', 'doc', 'decision', 'clip', 'check_in', 'meeting'));
DROP INDEX topics_of_space;
ALTER TABLE marks
  DROP CONSTRAINT marks_reason_check,
  ADD CONSTRAINT marks_reason_check CHECK (reason IN
    ('started', 'mentioned', 'asked', 'assigned', 'posted', 'participant', 'follows'));
-- common
-- A space's lists are of one kind each.
CREATE INDEX topics_of_space ON topics (workspace, space, kind, last_at DESC, id);
