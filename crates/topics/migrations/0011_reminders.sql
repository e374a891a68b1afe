-- What its trade still wants a member to be reminded of: taken away when it is done, so that a notice
-- on its way falls out.
CREATE TABLE reminders (
  workspace {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  member {uuid} NOT NULL,
  due_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, topic, member),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
