-- What went from the hands of somebody who left into those of others.
CREATE TABLE departures (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  member {uuid} NOT NULL,
  -- the space that they left; null for the workspace
  space {uuid} NULL,
  by_member {uuid} NOT NULL,
  at BIGINT NOT NULL,
  -- who takes the tasks of which project
  takers {json} NOT NULL,
  -- the last task that was passed on; null before the first one
  reached {uuid} NULL,
  tasks BIGINT NOT NULL,
  done_at BIGINT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, by_member) REFERENCES members (workspace, id)
);
CREATE INDEX departures_waiting ON departures (at) WHERE done_at IS NULL;
-- Steps of somebody else than the owner of their task.
CREATE INDEX steps_of_owner ON steps (workspace, owner) WHERE owner IS NOT NULL;
