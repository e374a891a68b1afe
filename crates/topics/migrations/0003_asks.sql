-- The whole ask: to groups, with a clock of its own, silence rules and urgency; and when a post
-- was written, where that differs from when it came.
ALTER TABLE posts ADD COLUMN written_at BIGINT NULL;
-- sqlite
CREATE TABLE asks_whole (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  post {uuid} NULL,
  -- the number of that post
  no BIGINT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('answer', 'decide', 'review', 'do', 'acknowledge')),
  question TEXT NOT NULL,
  asker {uuid} NOT NULL,
  -- NULL: asked of a group, and nobody has claimed it
  asked {uuid} NULL,
  -- no reference: what was asked of a group outlives it
  asked_group {uuid} NULL,
  budget {json} NOT NULL,
  asked_at BIGINT NOT NULL,
  -- since when somebody's time runs: the asked person's since it was asked, claimed, opened again
  -- or came back; the asker's since the answer came
  clock_from BIGINT NOT NULL,
  delivered_at BIGINT NOT NULL,
  due_at BIGINT NULL,
  due_before BIGINT NULL,
  moved_because TEXT NULL CHECK (moved_because IN ('hours', 'time_off', 'holiday', 'zone', 'longer', 'back')),
  promised_at BIGINT NULL,
  nudge_at BIGINT NULL,
  nudged_at BIGINT NULL,
  late_at BIGINT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('open', 'accepted', 'answered', 'closed', 'declined', 'passed_on', 'withdrawn', 'proceeded')),
  silence {json} NOT NULL,
  accepted_at BIGINT NULL,
  answered_at BIGINT NULL,
  answer_post {uuid} NULL,
  reason TEXT NULL,
  suggested {uuid} NULL,
  passed_to {uuid} NULL,
  passed_from {uuid} NULL,
  -- who passed it on; NULL: the program, by a rule
  passed_by {uuid} NULL,
  escalates {uuid} NULL,
  urgent BOOLEAN NOT NULL,
  acknowledged_at BIGINT NULL,
  repeats BIGINT NOT NULL,
  repeat_at BIGINT NULL,
  judged TEXT NULL CHECK (judged IN ('justified', 'could_have_waited')),
  ended_at BIGINT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id),
  FOREIGN KEY (workspace, post) REFERENCES posts (workspace, id),
  FOREIGN KEY (workspace, answer_post) REFERENCES posts (workspace, id),
  FOREIGN KEY (workspace, asker) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, asked) REFERENCES members (workspace, id),
  CHECK ((state IN ('open', 'accepted', 'answered')) = (ended_at IS NULL)),
  CHECK (asked IS NOT NULL OR asked_group IS NOT NULL)
);
INSERT INTO asks_whole (workspace, id, topic, post, no, kind, question, asker, asked, budget, asked_at, clock_from,
    delivered_at, due_at, promised_at, state, silence, answered_at, answer_post, reason, suggested, passed_to,
    passed_from, passed_by, urgent, repeats, ended_at)
  SELECT a.workspace, a.id, a.topic, a.post,
    (SELECT p.no FROM posts p WHERE p.workspace = a.workspace AND p.id = a.post),
    a.kind, a.question, a.asker, a.asked, a.budget, a.asked_at,
    COALESCE((SELECT p.created_at FROM posts p WHERE p.workspace = a.workspace AND p.id = a.answer_post), a.asked_at),
    a.delivered_at, a.due_at,
    a.promised_at, a.state, '{"kind":"remind"}',
    (SELECT p.created_at FROM posts p WHERE p.workspace = a.workspace AND p.id = a.answer_post),
    a.answer_post, a.reason, a.suggested, a.passed_to, a.passed_from,
    CASE WHEN a.passed_to IS NULL THEN NULL ELSE a.asked END, FALSE, 0, a.ended_at
  FROM asks a;
DROP TABLE asks;
ALTER TABLE asks_whole RENAME TO asks;
CREATE INDEX asks_owed ON asks (workspace, asked, state, due_at);
CREATE INDEX asks_waited_for ON asks (workspace, asker, state, due_at);
CREATE INDEX asks_of_topic ON asks (workspace, topic, asked_at);
-- clocks for the asks that were open before there were clocks
INSERT INTO jobs (workspace, kind, key, payload, run_at)
  SELECT x'00000000000000000000000000000000', 'ask.clock', 'all', '{"ask":null}', 0
  WHERE EXISTS (SELECT 1 FROM asks WHERE ended_at IS NULL);
-- postgres
ALTER TABLE asks
  ALTER COLUMN asked DROP NOT NULL,
  -- the number of that post
  ADD COLUMN no BIGINT NULL,
  -- no reference: what was asked of a group outlives it
  ADD COLUMN asked_group {uuid} NULL,
  -- since when somebody's time runs: the asked person's since it was asked, claimed, opened again
  -- or came back; the asker's since the answer came
  ADD COLUMN clock_from BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN due_before BIGINT NULL,
  ADD COLUMN moved_because TEXT NULL
    CHECK (moved_because IN ('hours', 'time_off', 'holiday', 'zone', 'longer', 'back')),
  ADD COLUMN nudge_at BIGINT NULL,
  ADD COLUMN nudged_at BIGINT NULL,
  ADD COLUMN late_at BIGINT NULL,
  ADD COLUMN silence {json} NOT NULL DEFAULT '{"kind":"remind"}',
  ADD COLUMN accepted_at BIGINT NULL,
  ADD COLUMN answered_at BIGINT NULL,
  -- who passed it on; NULL: the program, by a rule
  ADD COLUMN passed_by {uuid} NULL,
  ADD COLUMN escalates {uuid} NULL,
  ADD COLUMN urgent BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN acknowledged_at BIGINT NULL,
  ADD COLUMN repeats BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN repeat_at BIGINT NULL,
  ADD COLUMN judged TEXT NULL CHECK (judged IN ('justified', 'could_have_waited')),
  DROP CONSTRAINT asks_state_check,
  ADD CONSTRAINT asks_state_check CHECK (state IN
    ('open', 'accepted', 'answered', 'closed', 'declined', 'passed_on', 'withdrawn', 'proceeded')),
  ADD CONSTRAINT asks_of_somebody CHECK (asked IS NOT NULL OR asked_group IS NOT NULL);
UPDATE asks SET
  clock_from = COALESCE(
    (SELECT p.created_at FROM posts p WHERE p.workspace = asks.workspace AND p.id = asks.answer_post), asked_at),
  passed_by = CASE WHEN passed_to IS NULL THEN NULL ELSE asked END,
  no = (SELECT p.no FROM posts p WHERE p.workspace = asks.workspace AND p.id = asks.post),
  answered_at = (SELECT p.created_at FROM posts p WHERE p.workspace = asks.workspace AND p.id = asks.answer_post);
ALTER TABLE asks
  ALTER COLUMN clock_from DROP DEFAULT,
  ALTER COLUMN silence DROP DEFAULT,
  ALTER COLUMN urgent DROP DEFAULT,
  ALTER COLUMN repeats DROP DEFAULT;
-- clocks for the asks that were open before there were clocks
INSERT INTO jobs (workspace, kind, key, payload, run_at)
  SELECT '00000000-0000-0000-0000-000000000000', 'ask.clock', 'all', '{"ask":null}', 0
  WHERE EXISTS (SELECT 1 FROM asks WHERE ended_at IS NULL);
-- common
CREATE INDEX asks_of_group ON asks (workspace, asked_group, state);
CREATE INDEX urgent_asks ON asks (workspace, urgent, asked_at);
