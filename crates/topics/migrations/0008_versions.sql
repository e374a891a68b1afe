-- How often what is shown of a topic, and of the posts that it had, has changed: who has encoded them
-- before knows by these whether they still look the same. A new post changes the first and not the
-- second.
ALTER TABLE topics ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE topics ADD COLUMN posts_version BIGINT NOT NULL DEFAULT 0;

-- From now on a row says that there is something to tell; those of which everything was told go.
DELETE FROM told WHERE no >= (
  SELECT t.last_no FROM topics t WHERE t.workspace = told.workspace AND t.id = told.topic
);

-- What may be in an inbox now, among all that was ever read there.
CREATE INDEX marks_at_hand ON marks (workspace, member) WHERE kept OR delivered_no > done_no;
