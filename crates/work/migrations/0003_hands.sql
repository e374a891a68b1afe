-- Handoffs: a task that is offered to somebody with what they need to know. It is theirs once they accept it.
CREATE TABLE handoffs (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  task {uuid} NOT NULL,
  -- whose it was when it was offered; null for nobody's
  from_member {uuid} NULL,
  to_member {uuid} NOT NULL,
  by_member {uuid} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'returned', 'taken_back')),
  baton {json} NOT NULL,
  -- the post that offers it
  post_no BIGINT NULL,
  -- whether the queue of its project passed it on
  by_queue BOOLEAN NOT NULL,
  offered_at BIGINT NOT NULL,
  -- until then it can be accepted
  ends_at BIGINT NULL,
  settled_at BIGINT NULL,
  settled_by {uuid} NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, task) REFERENCES tasks (workspace, id),
  FOREIGN KEY (workspace, from_member) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, to_member) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, by_member) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, settled_by) REFERENCES members (workspace, id),
  CHECK ((state = 'offered') = (settled_at IS NULL))
);
CREATE INDEX handoffs_of_task ON handoffs (workspace, task);
CREATE UNIQUE INDEX handoffs_open ON handoffs (workspace, task) WHERE state = 'offered';
CREATE INDEX handoffs_to ON handoffs (workspace, to_member) WHERE state = 'offered';
CREATE INDEX handoffs_from ON handoffs (workspace, from_member) WHERE state = 'offered';

-- When a task last went from one person to another, and from whom.
ALTER TABLE tasks ADD COLUMN handed_from {uuid} NULL;
ALTER TABLE tasks ADD COLUMN handed_at BIGINT NULL;

-- Who takes turns in the queue of a project, and which of its tasks follow them around the sun.
CREATE TABLE queue_members (
  workspace {uuid} NOT NULL,
  project {uuid} NOT NULL,
  member {uuid} NOT NULL,
  place BIGINT NOT NULL,
  PRIMARY KEY (workspace, project, member),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
CREATE INDEX queues_of_member ON queue_members (workspace, member);
ALTER TABLE tasks ADD COLUMN queued BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX tasks_queued ON tasks (workspace, project) WHERE queued;
