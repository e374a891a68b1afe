-- A member's own calendar at a secret address. The address is signed and not kept: a number of the
-- feed that is no longer the newest opens nothing.
CREATE TABLE feeds (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  number BIGINT NOT NULL,
  -- null: there is none now
  made_at BIGINT NULL,
  PRIMARY KEY (workspace, member),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
