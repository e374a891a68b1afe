-- Notices are forgotten by their age, a portion at a time.
CREATE INDEX notices_at ON notices (at);
