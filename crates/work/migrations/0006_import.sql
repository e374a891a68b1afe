-- What came from elsewhere: which of our things each of theirs became, so that an import can be run again
-- and adds only what is new. Every key begins with the workspace.
CREATE TABLE import_origins (
  workspace {uuid} NOT NULL,
  project {uuid} NOT NULL,
  -- the kind of the thing and its id where it came from: `card:5ceedf1bc6515254e2db2b28`
  origin TEXT NOT NULL,
  -- what it became: a project, task, step, file, label, stage or field
  id {uuid} NOT NULL,
  PRIMARY KEY (workspace, project, origin),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id)
);
CREATE INDEX import_origins_by_origin ON import_origins (workspace, origin);

-- People of another tool, and the members that they became.
CREATE TABLE import_people (
  workspace {uuid} NOT NULL,
  origin TEXT NOT NULL,
  member {uuid} NOT NULL,
  PRIMARY KEY (workspace, origin),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);

-- Imports that were begun in the browser.
CREATE TABLE imports (
  workspace {uuid} NOT NULL REFERENCES workspaces (id),
  id {uuid} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'stopping', 'stopped', 'done', 'failed')),
  -- what is imported, and how
  wish {json} NOT NULL,
  file_name TEXT NOT NULL,
  source TEXT NOT NULL,
  space {uuid} NOT NULL,
  project {uuid} NULL,
  done BIGINT NOT NULL,
  tasks BIGINT NOT NULL,
  report TEXT NULL,
  problem TEXT NULL,
  created_by {uuid} NOT NULL,
  created_at BIGINT NOT NULL,
  -- when it last came on
  moved_at BIGINT NOT NULL,
  ended_at BIGINT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, space) REFERENCES spaces (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id),
  FOREIGN KEY (workspace, created_by) REFERENCES members (workspace, id)
);
CREATE INDEX imports_newest ON imports (workspace, created_at);
