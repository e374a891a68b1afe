-- Projects with their stages, labels and fields; tasks. A task is a topic: its posts, asks, marks and
-- files are there. Every key begins with the workspace.
CREATE TABLE projects (
  workspace {uuid} NOT NULL REFERENCES workspaces (id),
  id {uuid} NOT NULL,
  -- the beginning of its tasks' keys
  key TEXT NOT NULL,
  space {uuid} NOT NULL,
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  owner {uuid} NULL,
  health TEXT NULL CHECK (health IN ('on_track', 'at_risk', 'off_track')),
  health_note TEXT NOT NULL,
  health_at BIGINT NULL,
  health_by {uuid} NULL,
  created_by {uuid} NOT NULL,
  created_at BIGINT NOT NULL,
  archived_at BIGINT NULL,
  -- the number in the newest key
  last_number BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, key),
  FOREIGN KEY (workspace, space) REFERENCES spaces (workspace, id),
  FOREIGN KEY (workspace, owner) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, created_by) REFERENCES members (workspace, id)
);
CREATE INDEX projects_of_space ON projects (workspace, space);

-- Every key that a project has had: no other project takes it, because old keys still lead to tasks.
CREATE TABLE project_keys (
  workspace {uuid} NOT NULL,
  key TEXT NOT NULL,
  project {uuid} NOT NULL,
  PRIMARY KEY (workspace, key),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id)
);

CREATE TABLE stages (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('idea', 'open', 'done', 'not_now')),
  -- how many tasks people want in it at most; shown and not enforced
  most BIGINT NULL,
  place TEXT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id)
);
CREATE INDEX stages_of_project ON stages (workspace, project);

CREATE TABLE labels (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  name TEXT NOT NULL,
  colour TEXT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id)
);
CREATE INDEX labels_of_project ON labels (workspace, project);

CREATE TABLE project_fields (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('text', 'number', 'date', 'choice', 'member')),
  choices {json} NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id)
);
CREATE INDEX fields_of_project ON project_fields (workspace, project);

CREATE TABLE tasks (
  workspace {uuid} NOT NULL,
  -- that of its topic
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  -- the same as the code of its topic
  key TEXT NOT NULL,
  stage {uuid} NOT NULL,
  -- where it stands in its stage
  place TEXT NOT NULL,
  owner {uuid} NULL,
  requester {uuid} NOT NULL,
  -- as it was said, with the zone in which it was meant, and the instant
  due_date TEXT NULL,
  due_time TEXT NULL,
  due_zone TEXT NULL,
  due_at BIGINT NULL,
  starts_on TEXT NULL,
  labels {json} NOT NULL,
  steps_done BIGINT NOT NULL,
  steps BIGINT NOT NULL,
  -- how many of those that it waits for are not done
  waits BIGINT NOT NULL,
  parent {uuid} NULL,
  deliverable BOOLEAN NOT NULL,
  cover {uuid} NULL,
  field_values {json} NOT NULL,
  why TEXT NOT NULL,
  why_html TEXT NOT NULL,
  -- the post that it was made from
  from_post {uuid} NULL,
  -- the stage in which it was before it was done
  came_from {uuid} NULL,
  created_at BIGINT NOT NULL,
  moved_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  done_at BIGINT NULL,
  archived_at BIGINT NULL,
  -- goes up whenever the card or the page changes
  version BIGINT NOT NULL,
  -- at which version it was last moved, or its words were changed, and by whom
  moved_version BIGINT NOT NULL,
  moved_by {uuid} NOT NULL,
  edited_version BIGINT NOT NULL,
  edited_by {uuid} NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, key),
  FOREIGN KEY (workspace, id) REFERENCES topics (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id),
  FOREIGN KEY (workspace, stage) REFERENCES stages (workspace, id),
  FOREIGN KEY (workspace, owner) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, requester) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, parent) REFERENCES tasks (workspace, id),
  CHECK ((due_date IS NULL) = (due_at IS NULL) AND (due_date IS NULL) = (due_zone IS NULL)),
  CHECK (due_time IS NULL OR due_date IS NOT NULL)
);
CREATE INDEX tasks_of_project ON tasks (workspace, project);
CREATE INDEX tasks_of_stage ON tasks (workspace, stage, place);
CREATE INDEX tasks_of_owner ON tasks (workspace, owner) WHERE owner IS NOT NULL;
CREATE INDEX tasks_of_parent ON tasks (workspace, parent) WHERE parent IS NOT NULL;

-- Every key that a task has had and no longer has.
CREATE TABLE old_keys (
  workspace {uuid} NOT NULL,
  key TEXT NOT NULL,
  task {uuid} NOT NULL,
  PRIMARY KEY (workspace, key),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id)
);
CREATE INDEX old_keys_of_task ON old_keys (workspace, task);

CREATE TABLE steps (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  task {uuid} NOT NULL,
  place TEXT NOT NULL,
  text TEXT NOT NULL,
  owner {uuid} NULL,
  done_at BIGINT NULL,
  done_by {uuid} NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id),
  FOREIGN KEY (workspace, owner) REFERENCES members (workspace, id),
  CHECK ((done_at IS NULL) = (done_by IS NULL))
);
CREATE INDEX steps_of_task ON steps (workspace, task);

-- What a task waits for: another task, an ask, or a person.
CREATE TABLE waits (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  task {uuid} NOT NULL,
  for_task {uuid} NULL,
  for_ask {uuid} NULL,
  for_member {uuid} NULL,
  since BIGINT NOT NULL,
  done BOOLEAN NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, task, for_task),
  UNIQUE (workspace, task, for_ask),
  UNIQUE (workspace, task, for_member),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id),
  FOREIGN KEY (workspace, for_task) REFERENCES tasks (workspace, id),
  FOREIGN KEY (workspace, for_ask) REFERENCES asks (workspace, id),
  FOREIGN KEY (workspace, for_member) REFERENCES members (workspace, id),
  CHECK ((CASE WHEN for_task IS NULL THEN 0 ELSE 1 END) + (CASE WHEN for_ask IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN for_member IS NULL THEN 0 ELSE 1 END) = 1)
);
CREATE INDEX waits_for_task ON waits (workspace, for_task) WHERE for_task IS NOT NULL;
CREATE INDEX waits_for_ask ON waits (workspace, for_ask) WHERE for_ask IS NOT NULL;

-- Whose a task was, and in which stage: what the page tells.
CREATE TABLE hand_overs (
  workspace {uuid} NOT NULL,
  task {uuid} NOT NULL,
  no BIGINT NOT NULL,
  from_member {uuid} NULL,
  to_member {uuid} NULL,
  by_member {uuid} NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, task, no),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id)
);
-- The names, because stages come and go.
CREATE TABLE stage_moves (
  workspace {uuid} NOT NULL,
  task {uuid} NOT NULL,
  no BIGINT NOT NULL,
  from_stage TEXT NOT NULL,
  to_stage TEXT NOT NULL,
  by_member {uuid} NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, task, no),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id)
);
-- postgres
-- Places compare byte by byte, whatever the language of the database.
ALTER TABLE stages ALTER COLUMN place TYPE TEXT COLLATE "C";
ALTER TABLE tasks ALTER COLUMN place TYPE TEXT COLLATE "C";
ALTER TABLE steps ALTER COLUMN place TYPE TEXT COLLATE "C";
