-- What the program needs to reach people outside of it.

-- Secrets that it makes for itself: the key by which push services know it, and the one that signs
-- the links for ending mails. They are of the program, not of a workspace.
CREATE TABLE program_secrets (
  name TEXT NOT NULL PRIMARY KEY,
  secret {bytes} NOT NULL,
  created_at BIGINT NOT NULL
);

-- The browsers that a member wants to be told on.
CREATE TABLE push_subscriptions (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  member {uuid} NOT NULL,
  endpoint TEXT NOT NULL UNIQUE,
  p256dh {bytes} NOT NULL,
  auth {bytes} NOT NULL,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_ok_at BIGINT NULL,
  problem TEXT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
CREATE INDEX push_subscriptions_of_member ON push_subscriptions (workspace, member);

-- How far each push has come on each browser: one that was told is not told again when the same
-- notice is tried for another.
CREATE TABLE pushes (
  workspace {uuid} NOT NULL,
  notice {uuid} NOT NULL,
  subscription {uuid} NOT NULL,
  tries BIGINT NOT NULL,
  -- null: it is over, sent or given up
  next_at BIGINT NULL,
  PRIMARY KEY (workspace, notice, subscription),
  FOREIGN KEY (workspace, notice) REFERENCES notices (workspace, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace, subscription) REFERENCES push_subscriptions (workspace, id) ON DELETE CASCADE
);

-- Mails that were not taken at once, and those that were given up.
CREATE TABLE late_mails (
  workspace {uuid} NOT NULL,
  notice {uuid} NOT NULL,
  first_tried_at BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  problem TEXT NOT NULL,
  given_up_at BIGINT NULL,
  PRIMARY KEY (workspace, notice),
  FOREIGN KEY (workspace, notice) REFERENCES notices (workspace, id) ON DELETE CASCADE
);

-- How the mail server does. There is one.
CREATE TABLE mail_health (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  last_ok_at BIGINT NULL,
  failing_since BIGINT NULL,
  problem TEXT NULL
);
