-- What has arrived for each member, and what is on its way to them.
ALTER TABLE marks ADD COLUMN delivered_no BIGINT NOT NULL DEFAULT 0;
ALTER TABLE marks ADD COLUMN arrived_at BIGINT NULL;

-- Until now everything arrived as it happened.
UPDATE marks SET
  delivered_no = (SELECT t.last_no FROM topics t WHERE t.workspace = marks.workspace AND t.id = marks.topic),
  arrived_at = (SELECT t.last_at FROM topics t WHERE t.workspace = marks.workspace AND t.id = marks.topic);

-- Single things that arrive apart from the deliveries: a post that answers somebody, up to its
-- number, or an ask. A row goes when it has arrived.
CREATE TABLE arrivals (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  -- the ask, or the topic of the post: what is on its way once
  part {uuid} NOT NULL,
  at BIGINT NOT NULL,
  topic {uuid} NOT NULL,
  no BIGINT NULL,
  ask {uuid} NULL,
  reason TEXT NOT NULL CHECK (reason IN ('reply', 'ask')),
  PRIMARY KEY (workspace, member, part),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id),
  CHECK ((reason = 'reply') = (no IS NOT NULL) AND (reason = 'ask') = (ask IS NOT NULL))
);
CREATE INDEX arrivals_due ON arrivals (at);

-- Up to which post those were told who receive as it happens.
CREATE TABLE told (
  workspace {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  no BIGINT NOT NULL,
  PRIMARY KEY (workspace, topic),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id)
);

-- Where things can leave the inbox to: 'mail' while the operator has said how it goes out.
CREATE TABLE outlets (
  channel TEXT NOT NULL PRIMARY KEY CHECK (channel IN ('push', 'mail'))
);

-- What leaves the inbox by push or mail. The payload names things only; they are read when it is
-- sent, as the member may read them then.
CREATE TABLE notices (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  member {uuid} NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('push', 'mail')),
  kind TEXT NOT NULL CHECK (kind IN ('delivery', 'ask', 'reply', 'reminder', 'late', 'urgent', 'moved', 'digest')),
  at BIGINT NOT NULL,
  payload {json} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'unwanted', 'failed')),
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
CREATE INDEX notices_of_member ON notices (workspace, member, at);
