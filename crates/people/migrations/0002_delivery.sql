-- When things reach a member: what they chose, and how far it has come.
CREATE TABLE delivery_plans (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  -- {"kind": "as_it_happens" | "three" | "one"} or {"kind": "fixed", "times": ["09:00"]}
  plan {json} NOT NULL,
  -- a weekly pattern, as that of a schedule
  focus {json} NOT NULL,
  focus_until BIGINT NULL,
  -- {"asks": true, "digest": false}
  email {json} NOT NULL,
  PRIMARY KEY (workspace, member),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);

-- One row for each active member. What was written before `through` has arrived; until
-- `open_until` everything arrives as it happens.
CREATE TABLE deliveries (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  through BIGINT NOT NULL,
  open_until BIGINT NULL,
  next_at BIGINT NULL,
  last_at BIGINT NULL,
  came_back_from BIGINT NULL,
  came_back_until BIGINT NULL,
  -- the last first moment after a leave that was looked at
  back_done BIGINT NOT NULL,
  -- whether nothing may leave the inbox: their hours hold no working time
  quiet BOOLEAN NOT NULL,
  -- when there is something to do next: a delivery, the end of an open window, a return
  run_at BIGINT NULL,
  PRIMARY KEY (workspace, member),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
CREATE INDEX deliveries_due ON deliveries (run_at);

-- Until now everything arrived as it happened. Each one's deliveries are planned at the next start.
INSERT INTO deliveries (workspace, member, through, back_done, quiet, run_at)
  SELECT m.workspace, m.id, c.at, c.at, FALSE, c.at
  FROM members m
  JOIN (SELECT workspace, MAX(at) + 1 AS at FROM changes GROUP BY workspace) c ON c.workspace = m.workspace
  WHERE m.state = 'active';
-- sqlite
INSERT INTO jobs (workspace, kind, key, payload, run_at)
  SELECT x'00000000000000000000000000000000', 'deliver', 'first', 'null', 0 WHERE EXISTS (SELECT 1 FROM deliveries);
-- postgres
INSERT INTO jobs (workspace, kind, key, payload, run_at)
  SELECT '00000000-0000-0000-0000-000000000000', 'deliver', 'first', 'null', 0
  WHERE EXISTS (SELECT 1 FROM deliveries);
