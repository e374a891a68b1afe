-- The change log: one gap-free sequence for each workspace.
CREATE TABLE change_heads (
    workspace {uuid} NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
);

CREATE TABLE changes (
    workspace {uuid} NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor {uuid},
    verb TEXT NOT NULL,
    audience_kind TEXT NOT NULL
        CHECK (audience_kind IN ('workspace', 'space', 'topic', 'person', 'member', 'admins')),
    audience_id {uuid},
    operation TEXT,
    rows {json} NOT NULL,
    PRIMARY KEY (workspace, seq)
);

-- What a retried request finds: the changes that its first try made.
CREATE TABLE receipts (
    workspace {uuid} NOT NULL,
    member {uuid} NOT NULL,
    key TEXT NOT NULL,
    fingerprint {bytes} NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, member, key)
);
CREATE INDEX receipts_at ON receipts (at);

-- Work to be done after a commit. A finished job is deleted; a dead one stays for people to see.
CREATE TABLE jobs (
    workspace {uuid} NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload {json} NOT NULL,
    run_at BIGINT NOT NULL,
    -- Grows when the job is enqueued again; a run that started before does not finish it.
    generation BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    lease {uuid},
    leased_until BIGINT,
    last_error TEXT,
    dead BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (workspace, kind, key)
);
CREATE INDEX jobs_due ON jobs (dead, run_at);

CREATE TABLE job_schedules (
    workspace {uuid} NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload {json} NOT NULL,
    every BIGINT NOT NULL CHECK (every > 0),
    next_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, name)
);
CREATE INDEX job_schedules_next ON job_schedules (next_at);
