-- How often "where we are" was written: who writes it says which version they saw.
ALTER TABLE topics ADD COLUMN summary_version BIGINT NOT NULL DEFAULT 0;
UPDATE topics SET summary_version = 1 WHERE summary IS NOT NULL;
