-- How many are in a space, so that nobody counts them for each post and each list.
ALTER TABLE spaces ADD COLUMN member_count BIGINT NOT NULL DEFAULT 0;
UPDATE spaces SET member_count = (
  SELECT COUNT(*) FROM space_members sm WHERE sm.workspace = spaces.workspace AND sm.space = spaces.id
);
