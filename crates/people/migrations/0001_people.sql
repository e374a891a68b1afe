-- Workspaces, the people in them, their time, and the spaces they belong to.
-- Every key begins with the workspace. Instants are UTC microseconds; wall times are ISO texts.
CREATE TABLE workspaces (
  id {uuid} NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);

-- The one row that the first start leaves behind: of two set-ups at once, one wins.
CREATE TABLE first_start (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  at BIGINT NOT NULL
);

CREATE TABLE members (
  workspace {uuid} NOT NULL REFERENCES workspaces (id),
  id {uuid} NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'guest')),
  state TEXT NOT NULL CHECK (state IN ('active', 'imported', 'removed')),
  email TEXT NULL,
  -- the e-mail as it is compared: lower case, trimmed
  email_key TEXT NULL,
  password_hash TEXT NULL,
  name TEXT NOT NULL,
  short_name TEXT NOT NULL,
  slug TEXT NOT NULL,
  city TEXT NULL,
  picture TEXT NULL,
  hue BIGINT NOT NULL CHECK (hue BETWEEN 1 AND 8),
  settings {json} NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, slug),
  UNIQUE (workspace, email_key),
  CHECK (state <> 'active' OR (email_key IS NOT NULL AND password_hash IS NOT NULL))
);

-- Versions of a schedule; the newest row that begins at or before an instant holds then.
-- week NULL: the member took their schedule away again, it is unknown.
CREATE TABLE schedules (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  begins_at BIGINT NOT NULL,
  zone TEXT NULL,
  week {json} NULL,
  PRIMARY KEY (workspace, member, begins_at),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);

CREATE TABLE time_off (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  member {uuid} NOT NULL,
  from_local TEXT NOT NULL,
  to_local TEXT NOT NULL,
  cover {uuid} NULL,
  -- for the member alone: nobody sees the reason for leave
  note TEXT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, cover) REFERENCES members (workspace, id),
  CHECK (from_local < to_local)
);
CREATE INDEX time_off_of_member ON time_off (workspace, member, from_local);

CREATE TABLE invitations (
  workspace {uuid} NOT NULL REFERENCES workspaces (id),
  id {uuid} NOT NULL,
  secret_hash {bytes} NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('admin', 'member', 'guest')),
  email TEXT NULL,
  spaces {json} NOT NULL,
  created_by {uuid} NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_by {uuid} NULL,
  revoked_at BIGINT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, created_by) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, used_by) REFERENCES members (workspace, id)
);

CREATE TABLE sessions (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  member {uuid} NOT NULL,
  secret_hash {bytes} NOT NULL UNIQUE,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);

CREATE TABLE tokens (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  member {uuid} NOT NULL,
  secret_hash {bytes} NOT NULL UNIQUE,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);

CREATE TABLE spaces (
  workspace {uuid} NOT NULL REFERENCES workspaces (id),
  id {uuid} NOT NULL,
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  purpose TEXT NOT NULL,
  visibility TEXT NOT NULL CHECK (visibility IN ('open', 'private')),
  social BOOLEAN NOT NULL,
  hue BIGINT NOT NULL CHECK (hue BETWEEN 1 AND 8),
  created_by {uuid} NULL,
  created_at BIGINT NOT NULL,
  archived_at BIGINT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, slug),
  FOREIGN KEY (workspace, created_by) REFERENCES members (workspace, id)
);

CREATE TABLE space_members (
  workspace {uuid} NOT NULL,
  space {uuid} NOT NULL,
  member {uuid} NOT NULL,
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, space, member),
  FOREIGN KEY (workspace, space) REFERENCES spaces (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
CREATE INDEX spaces_of_member ON space_members (workspace, member, space);

-- Who may see which space. Every permission in the product reads this view.
-- An open space is for all but guests; a private one, and any space for a guest, for those in it.
CREATE VIEW visible_spaces AS
  SELECT m.workspace, m.id AS member, s.id AS space
  FROM members m JOIN spaces s ON s.workspace = m.workspace
  WHERE m.state = 'active'
    AND ((s.visibility = 'open' AND m.role <> 'guest')
      OR EXISTS (SELECT 1 FROM space_members sm
                 WHERE sm.workspace = s.workspace AND sm.space = s.id AND sm.member = m.id));

-- Who may see whom. A guest sees those with whom they share a space, and themselves.
CREATE VIEW visible_members AS
  SELECT viewer.workspace, viewer.id AS viewer, seen.id AS member
  FROM members viewer JOIN members seen ON seen.workspace = viewer.workspace
  WHERE viewer.state = 'active'
    AND (viewer.role <> 'guest' OR viewer.id = seen.id
      OR EXISTS (SELECT 1 FROM space_members a JOIN space_members b
                   ON b.workspace = a.workspace AND b.space = a.space
                 WHERE a.workspace = viewer.workspace AND a.member = viewer.id AND b.member = seen.id));
