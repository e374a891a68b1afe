-- Groups of members, and how people reply here: norms of the workspace and of each space.
CREATE TABLE groups (
  workspace {uuid} NOT NULL REFERENCES workspaces (id),
  id {uuid} NOT NULL,
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  created_by {uuid} NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, slug),
  FOREIGN KEY (workspace, created_by) REFERENCES members (workspace, id)
);

CREATE TABLE group_members (
  workspace {uuid} NOT NULL,
  of_group {uuid} NOT NULL,
  member {uuid} NOT NULL,
  PRIMARY KEY (workspace, of_group, member),
  FOREIGN KEY (workspace, of_group) REFERENCES groups (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
CREATE INDEX groups_of_member ON group_members (workspace, member, of_group);

ALTER TABLE workspaces ADD COLUMN norms {json} NOT NULL
  DEFAULT '{"budgets":{},"urgent_reasons":["Production is down","A customer cannot work"],"rota":[],"note":""}';
-- NULL: the norms of the workspace hold
ALTER TABLE spaces ADD COLUMN norms {json} NULL;
-- a member: whoever is asked when an ask has become late
ALTER TABLE spaces ADD COLUMN lead {uuid} NULL;
