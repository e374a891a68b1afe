-- Where a task was made from, acceptance of deliverables, and goals with their results.
ALTER TABLE tasks ADD COLUMN from_topic {uuid} NULL;
ALTER TABLE tasks ADD COLUMN from_ask {uuid} NULL;
-- how its requester stands to what came out of it, and the ask by which they are asked
ALTER TABLE tasks ADD COLUMN acceptance TEXT NULL;
ALTER TABLE tasks ADD COLUMN acceptance_ask {uuid} NULL;
UPDATE tasks SET from_topic = (SELECT p.topic FROM posts p WHERE p.workspace = tasks.workspace AND p.id = tasks.from_post)
  WHERE from_post IS NOT NULL;
CREATE INDEX tasks_made_from ON tasks (workspace, from_topic) WHERE from_topic IS NOT NULL;
-- Deliverables by the day on which they are due: which of them slipped.
CREATE INDEX deliverables_due ON tasks (workspace, due_at) WHERE deliverable;
CREATE INDEX tasks_of_requester ON tasks (workspace, requester) WHERE done_at IS NULL;

-- Each time that a deliverable was done, and what its requester said to it.
CREATE TABLE acceptances (
  workspace {uuid} NOT NULL,
  task {uuid} NOT NULL,
  no BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'accepted', 'sent_back', 'taken_back')),
  ask {uuid} NULL,
  asked_by {uuid} NOT NULL,
  asked_at BIGINT NOT NULL,
  -- the instant at which the task was due then
  due_at BIGINT NULL,
  -- posts of the task that show what came out of it, and an address
  posts {json} NOT NULL,
  link TEXT NOT NULL,
  decided_by {uuid} NULL,
  decided_at BIGINT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (workspace, task, no),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id),
  CHECK ((decided_at IS NULL) = (decided_by IS NULL))
);
CREATE INDEX acceptances_decided ON acceptances (workspace, decided_at) WHERE state = 'accepted';

-- Each time that a deliverable was put off, with the cause as it was stated.
CREATE TABLE slips (
  workspace {uuid} NOT NULL,
  task {uuid} NOT NULL,
  no BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  -- null: it is due at no time any more
  to_at BIGINT NULL,
  cause TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, task, no),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id)
);
CREATE INDEX slips_at ON slips (workspace, at);

CREATE TABLE goals (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  space {uuid} NOT NULL,
  title TEXT NOT NULL,
  -- how one will know that it is reached
  measure TEXT NOT NULL,
  owner {uuid} NULL,
  target_date TEXT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'reached', 'dropped')),
  -- key results, in order
  results {json} NOT NULL,
  -- the newest line of its owner
  line {json} NULL,
  created_by {uuid} NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, space) REFERENCES spaces (workspace, id),
  FOREIGN KEY (workspace, owner) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, created_by) REFERENCES members (workspace, id)
);
CREATE INDEX goals_of_space ON goals (workspace, space);

-- The projects and the tasks that belong to a goal.
CREATE TABLE goal_parts (
  workspace {uuid} NOT NULL,
  goal {uuid} NOT NULL,
  no BIGINT NOT NULL,
  project {uuid} NULL,
  task {uuid} NULL,
  PRIMARY KEY (workspace, goal, no),
  FOREIGN KEY (workspace, goal) REFERENCES goals (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id),
  CHECK ((project IS NULL) <> (task IS NULL))
);

-- Everything that changed about a goal, the lines of its owner as well.
CREATE TABLE goal_changes (
  workspace {uuid} NOT NULL,
  goal {uuid} NOT NULL,
  no BIGINT NOT NULL,
  what TEXT NOT NULL,
  -- the key result that it is about, by its name then
  name TEXT NOT NULL,
  from_text TEXT NOT NULL,
  to_text TEXT NOT NULL,
  by_member {uuid} NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, goal, no),
  FOREIGN KEY (workspace, goal) REFERENCES goals (workspace, id)
);
