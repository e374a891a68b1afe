-- A task that comes again: the next one is made like the newest.
CREATE TABLE series (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  -- RFC 5545, and the day on which it begins
  rule TEXT NOT NULL,
  begins_on TEXT NOT NULL,
  at_time TEXT NULL,
  days_off TEXT NOT NULL CHECK (days_off = 'skip' OR days_off = 'move' OR days_off = 'cover'),
  -- how many working days before it is due it is made
  lead BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'running' OR state = 'paused' OR state = 'ended'),
  -- why the program has paused it
  stopped TEXT NULL,
  -- whose it is; one of them may be their cover's
  owner {uuid} NULL,
  cover {uuid} NULL,
  made_by {uuid} NOT NULL,
  -- the newest task, the day that the rule says for it, and the one on which it is due
  latest {uuid} NOT NULL,
  latest_on TEXT NOT NULL,
  latest_due TEXT NOT NULL,
  next_due TEXT NULL,
  next_at BIGINT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id),
  FOREIGN KEY (workspace, latest) REFERENCES tasks (workspace, id)
);
CREATE INDEX series_of_latest ON series (workspace, latest);
CREATE INDEX series_waiting ON series (next_at) WHERE next_at IS NOT NULL;

-- The tasks of a series, each with the one that came after it.
CREATE TABLE repeated (
  workspace {uuid} NOT NULL,
  task {uuid} NOT NULL,
  series {uuid} NOT NULL,
  previous {uuid} NULL,
  next {uuid} NULL,
  PRIMARY KEY (workspace, task),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id),
  FOREIGN KEY (workspace, series) REFERENCES series (workspace, id)
);

-- What of a task rules, reminders and series have seen.
CREATE TABLE task_seen (
  workspace {uuid} NOT NULL,
  task {uuid} NOT NULL,
  stage {uuid} NOT NULL,
  owner {uuid} NULL,
  labels {json} NOT NULL,
  due_at BIGINT NULL,
  done BOOLEAN NOT NULL,
  archived BOOLEAN NOT NULL,
  steps_left BIGINT NOT NULL,
  waits BIGINT NOT NULL,
  PRIMARY KEY (workspace, task),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id)
);
INSERT INTO task_seen (workspace, task, stage, owner, labels, due_at, done, archived, steps_left, waits)
  SELECT workspace, id, stage, owner, labels, due_at, done_at IS NOT NULL, archived_at IS NOT NULL,
    steps - steps_done, waits FROM tasks;

-- What has happened to a task by itself around the due instant that it has, and when something does next.
CREATE TABLE task_clocks (
  workspace {uuid} NOT NULL,
  task {uuid} NOT NULL,
  owner {uuid} NULL,
  due_at BIGINT NOT NULL,
  told {json} NOT NULL,
  next_at BIGINT NULL,
  PRIMARY KEY (workspace, task),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id)
);
CREATE INDEX task_clocks_waiting ON task_clocks (next_at) WHERE next_at IS NOT NULL;
INSERT INTO jobs (workspace, kind, key, payload, run_at)
  SELECT id, 'task.clock', 'all', '{}', 0 FROM workspaces;

-- When somebody wants to be reminded: working days before, and once after.
CREATE TABLE reminder_choices (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  days_before BIGINT NULL,
  once_after BOOLEAN NOT NULL,
  PRIMARY KEY (workspace, member),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);

-- When this happens, do that.
CREATE TABLE rules (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  happens TEXT NOT NULL,
  stage {uuid} NULL,
  label {uuid} NULL,
  does {json} NOT NULL,
  made_by {uuid} NOT NULL,
  made_at BIGINT NOT NULL,
  active BOOLEAN NOT NULL,
  -- why the program has switched it off
  stopped TEXT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id),
  FOREIGN KEY (workspace, made_by) REFERENCES members (workspace, id)
);
CREATE INDEX rules_of_project ON rules (workspace, project);

-- What has happened and rules have not looked at yet.
CREATE TABLE rule_events (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  task {uuid} NOT NULL,
  -- the order in which it happened
  no BIGINT NOT NULL,
  happened TEXT NOT NULL,
  -- the stage or the label
  what {uuid} NULL,
  -- the rules that led here, the first one first
  chain {json} NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id)
);
CREATE INDEX rule_events_of_task ON rule_events (workspace, task, no);

CREATE TABLE rule_runs (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  no BIGINT NOT NULL,
  rule {uuid} NOT NULL,
  event {uuid} NOT NULL,
  task {uuid} NOT NULL,
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome = 'done' OR outcome = 'left' OR outcome = 'failed'),
  why TEXT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, event, rule),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id)
);
CREATE INDEX rule_runs_of_project ON rule_runs (workspace, project, no);
CREATE INDEX rule_runs_old ON rule_runs (at);

CREATE TABLE templates (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  name TEXT NOT NULL,
  content {json} NOT NULL,
  made_by {uuid} NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id)
);
CREATE INDEX templates_of_project ON templates (workspace, project);

-- A page on which anybody who has its address asks for something.
CREATE TABLE forms (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  stage {uuid} NULL,
  fields {json} NOT NULL,
  -- the end of its address
  secret TEXT NOT NULL,
  made_by {uuid} NOT NULL,
  made_at BIGINT NOT NULL,
  open BOOLEAN NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (secret),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id),
  FOREIGN KEY (workspace, made_by) REFERENCES members (workspace, id)
);
CREATE INDEX forms_of_project ON forms (workspace, project);
