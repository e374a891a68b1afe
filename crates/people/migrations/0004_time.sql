-- Public holidays and journeys: what alters a member's working time beside hours and time off.
-- One row for each member who chose a source. The days are kept as one text, because they are
-- always read together: [["2026-12-25", "Christmas Day"], …], by date, each date once.
CREATE TABLE holidays (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('file', 'address')),
  -- the name of the file, or the address
  name TEXT NOT NULL,
  fetched_at BIGINT NULL,
  problem TEXT NULL,
  days {json} NOT NULL,
  PRIMARY KEY (workspace, member),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);

-- Who works somewhere else for a while: the same weekly hours in another zone. The versions of the
-- schedule are in `schedules`; this says that they belong together.
CREATE TABLE travels (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  zone TEXT NOT NULL,
  city TEXT NULL,
  home_zone TEXT NOT NULL,
  -- the last day there, and the instant at which it ends
  last_day TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (workspace, member),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
