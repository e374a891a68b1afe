-- What is written and not sent yet, on all devices of its author; and what somebody who is away is
-- to be shown when they are back.
CREATE TABLE drafts (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  member {uuid} NOT NULL,
  -- where it is going
  place {json} NOT NULL,
  title TEXT NULL,
  source TEXT NOT NULL,
  -- whom to notify besides those it names
  recipients {json} NOT NULL,
  ask {json} NULL,
  files {json} NOT NULL,
  version BIGINT NOT NULL,
  -- which device wrote this version
  device TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  send_at BIGINT NULL,
  send_when {json} NULL,
  -- the ids of what will be made: they make it once
  send_ids {json} NULL,
  problem TEXT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id),
  CHECK ((send_at IS NULL) = (send_when IS NULL)),
  CHECK ((send_at IS NULL) = (send_ids IS NULL))
);
CREATE INDEX drafts_of_member ON drafts (workspace, member, changed_at);

-- Uploads that a draft carries are not swept. No reference to the file: it may be used or gone.
CREATE TABLE draft_files (
  workspace {uuid} NOT NULL,
  draft {uuid} NOT NULL,
  file {uuid} NOT NULL,
  PRIMARY KEY (workspace, draft, file),
  FOREIGN KEY (workspace, draft) REFERENCES drafts (workspace, id)
);
CREATE INDEX drafts_of_file ON draft_files (workspace, file);

-- "Show it to them when they are back."
CREATE TABLE shows (
  workspace {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  member {uuid} NOT NULL,
  by_member {uuid} NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, topic, member, by_member),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, by_member) REFERENCES members (workspace, id)
);
CREATE INDEX shows_to_member ON shows (workspace, member, at);

-- The page for coming back asks what became of one's threads in a stretch of time.
CREATE INDEX changes_of_places ON changes (workspace, at) WHERE verb IN ('topic.moved', 'topic.renamed');
