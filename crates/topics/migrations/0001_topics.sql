-- Topics, posts, files, responses, read marks and asks. Every key begins with the workspace.
CREATE TABLE topics (
  workspace {uuid} NOT NULL REFERENCES workspaces (id),
  id {uuid} NOT NULL,
  -- five characters for people to read aloud: the address of the topic
  code TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('thread')),
  title TEXT NOT NULL,
  -- NULL: a direct topic, for its participants
  space {uuid} NULL,
  created_by {uuid} NOT NULL,
  created_at BIGINT NOT NULL,
  -- the newest post, kept here so that lists need no join
  last_no BIGINT NOT NULL,
  post_count BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  last_by {uuid} NOT NULL,
  snippet TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  outcome TEXT NULL,
  outcome_html TEXT NULL,
  closed_by {uuid} NULL,
  closed_at BIGINT NULL,
  summary TEXT NULL,
  summary_html TEXT NULL,
  summary_by {uuid} NULL,
  summary_at BIGINT NULL,
  -- where an import found it (the root's Message-ID): a second run finds it again
  source_key TEXT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, code),
  UNIQUE (workspace, source_key),
  FOREIGN KEY (workspace, space) REFERENCES spaces (workspace, id),
  FOREIGN KEY (workspace, created_by) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, last_by) REFERENCES members (workspace, id),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX topics_of_space ON topics (workspace, space, last_at DESC, id);

-- The people of a direct topic. A topic in a space has none here.
CREATE TABLE topic_participants (
  workspace {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  member {uuid} NOT NULL,
  PRIMARY KEY (workspace, topic, member),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
CREATE INDEX topics_of_participant ON topic_participants (workspace, member, topic);

CREATE TABLE posts (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  no BIGINT NOT NULL CHECK (no >= 1),
  author {uuid} NOT NULL,
  source TEXT NOT NULL,
  html TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  edits BIGINT NOT NULL,
  edited_at BIGINT NULL,
  deleted_at BIGINT NULL,
  deleted_by {uuid} NULL,
  imported BOOLEAN NOT NULL,
  -- the Message-ID of an imported mail
  source_key TEXT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, topic, no),
  UNIQUE (workspace, source_key),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id),
  FOREIGN KEY (workspace, author) REFERENCES members (workspace, id)
);

-- What a post said before each edit.
CREATE TABLE post_history (
  workspace {uuid} NOT NULL,
  post {uuid} NOT NULL,
  no BIGINT NOT NULL,
  source TEXT NOT NULL,
  html TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_member {uuid} NOT NULL,
  PRIMARY KEY (workspace, post, no),
  FOREIGN KEY (workspace, post) REFERENCES posts (workspace, id)
);

CREATE TABLE mentions (
  workspace {uuid} NOT NULL,
  post {uuid} NOT NULL,
  member {uuid} NOT NULL,
  PRIMARY KEY (workspace, post, member),
  FOREIGN KEY (workspace, post) REFERENCES posts (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);

CREATE TABLE responses (
  workspace {uuid} NOT NULL,
  post {uuid} NOT NULL,
  member {uuid} NOT NULL,
  word TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, post, word, member),
  FOREIGN KEY (workspace, post) REFERENCES posts (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);

CREATE TABLE files (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  -- NULL until a post carries it
  post {uuid} NULL,
  place BIGINT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  width BIGINT NULL,
  height BIGINT NULL,
  hash TEXT NOT NULL,
  uploaded_by {uuid} NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, post) REFERENCES posts (workspace, id),
  FOREIGN KEY (workspace, uploaded_by) REFERENCES members (workspace, id)
);
CREATE INDEX files_of_post ON files (workspace, post, place);
CREATE INDEX files_by_hash ON files (hash);

-- How one member stands to one topic. Unread is derived from here: nothing is written
-- for every follower when somebody posts.
CREATE TABLE marks (
  workspace {uuid} NOT NULL,
  member {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  following BOOLEAN NOT NULL,
  reason TEXT NULL CHECK (reason IN ('started', 'mentioned', 'asked', 'posted', 'participant', 'follows')),
  read_no BIGINT NOT NULL,
  done_no BIGINT NOT NULL,
  mention_no BIGINT NOT NULL,
  later_until BIGINT NULL,
  kept BOOLEAN NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, member, topic),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id)
);
CREATE INDEX followers_of_topic ON marks (workspace, topic, member);

CREATE TABLE asks (
  workspace {uuid} NOT NULL,
  id {uuid} NOT NULL,
  topic {uuid} NOT NULL,
  post {uuid} NULL,
  kind TEXT NOT NULL CHECK (kind IN ('answer', 'decide', 'review', 'do', 'acknowledge')),
  question TEXT NOT NULL,
  asker {uuid} NOT NULL,
  asked {uuid} NOT NULL,
  budget {json} NOT NULL,
  asked_at BIGINT NOT NULL,
  delivered_at BIGINT NOT NULL,
  due_at BIGINT NULL,
  promised_at BIGINT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'answered', 'closed', 'declined', 'passed_on', 'withdrawn')),
  answer_post {uuid} NULL,
  reason TEXT NULL,
  suggested {uuid} NULL,
  passed_to {uuid} NULL,
  passed_from {uuid} NULL,
  ended_at BIGINT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, topic) REFERENCES topics (workspace, id),
  FOREIGN KEY (workspace, post) REFERENCES posts (workspace, id),
  FOREIGN KEY (workspace, answer_post) REFERENCES posts (workspace, id),
  FOREIGN KEY (workspace, asker) REFERENCES members (workspace, id),
  FOREIGN KEY (workspace, asked) REFERENCES members (workspace, id),
  CHECK ((state IN ('open', 'accepted', 'answered')) = (ended_at IS NULL))
);
CREATE INDEX asks_owed ON asks (workspace, asked, state, due_at);
CREATE INDEX asks_waited_for ON asks (workspace, asker, state, due_at);
CREATE INDEX asks_of_topic ON asks (workspace, topic, asked_at);

-- Full-text search: words are normalised by words.rs before they get here, so both engines
-- index and find exactly the same tokens.
-- sqlite
CREATE TABLE search_entries (
  workspace {uuid} NOT NULL,
  -- the row of the full-text index
  entry INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  topic {uuid} NOT NULL,
  -- the post, or the topic itself for its title
  part {uuid} NOT NULL,
  at BIGINT NOT NULL,
  -- what people read, for the excerpt
  text TEXT NOT NULL,
  UNIQUE (workspace, part)
);
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = "ascii");
-- postgres
CREATE TABLE search_entries (
  workspace {uuid} NOT NULL,
  entry BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic {uuid} NOT NULL,
  part {uuid} NOT NULL,
  at BIGINT NOT NULL,
  -- what people read, for the excerpt
  text TEXT NOT NULL,
  words TSVECTOR NOT NULL,
  UNIQUE (workspace, part)
);
CREATE INDEX search_words ON search_entries USING GIN (words);
