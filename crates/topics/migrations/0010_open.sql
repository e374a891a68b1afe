-- What is open among the asks of years: for the clocks that are wound at every start and hour, and for
-- whether somebody has been asked about a late one.
CREATE INDEX asks_open ON asks (workspace, id) WHERE ended_at IS NULL;
CREATE INDEX asks_escalating ON asks (workspace, escalates) WHERE escalates IS NOT NULL;
