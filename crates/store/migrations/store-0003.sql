-- Who may see a change, checked by comparing. For a list of more than two words SQLite makes a table
-- of its own for each row that is written.
-- sqlite
-- Only the text of the rule changes and not what it says, so no row is touched: the table is a log of
-- years, and copying it would take minutes.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
  'CHECK (audience_kind IN (''workspace'', ''space'', ''topic'', ''person'', ''member'', ''admins''))',
  'CHECK (audience_kind = ''workspace'' OR audience_kind = ''space'' OR audience_kind = ''topic''
            OR audience_kind = ''person'' OR audience_kind = ''member'' OR audience_kind = ''admins'')')
WHERE type = 'table' AND name = 'changes';
PRAGMA writable_schema = RESET;
-- Whoever has read the schema before reads it again.
CREATE TABLE changes_are_checked (no INTEGER);
DROP TABLE changes_are_checked;
-- postgres
