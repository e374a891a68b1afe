-- Views of a project that somebody named: what they show of its tasks, and how.
CREATE TABLE views (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  project {uuid} NOT NULL,
  -- whose alone it is; null: everybody's who sees the project
  owner {uuid} NULL,
  name TEXT NOT NULL,
  shows {json} NOT NULL,
  made_by {uuid} NOT NULL,
  made_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id),
  FOREIGN KEY (workspace, owner) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, made_by) REFERENCES members (workspace, id)
);
CREATE INDEX views_of_project ON views (workspace, project);

-- A large board is found without looking at its tasks, nor at their topics.
DROP INDEX tasks_of_project;
CREATE INDEX tasks_of_project ON tasks (workspace, project, id, version, archived_at);
CREATE INDEX topics_of_tasks ON topics (workspace, space, id, post_count) WHERE kind = 'task';

-- How many of the posts on a task say what happened, and have no words of their own.
ALTER TABLE tasks ADD COLUMN events BIGINT NOT NULL DEFAULT 0;
UPDATE tasks SET events = (SELECT COUNT(*) FROM posts p WHERE p.workspace = tasks.workspace
  AND p.topic = tasks.id AND p.event IS NOT NULL AND p.source = '');
