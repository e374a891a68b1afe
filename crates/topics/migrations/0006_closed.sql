-- Whether an ask closed by itself. Of those that are closed already the log knows.
ALTER TABLE asks ADD COLUMN closed_by_itself BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE asks SET closed_by_itself = TRUE WHERE state = 'closed' AND (workspace, ended_at) IN
    (SELECT workspace, at FROM changes WHERE verb = 'ask.closed_by_itself');
