-- What an import that was begun in the browser left behind, object by object, in portions: its report has the
-- first of each group.
CREATE TABLE import_left_out (
  workspace {uuid} NOT NULL,
  import {uuid} NOT NULL,
  portion BIGINT NOT NULL,
  -- each with the place of its group in the report
  objects {json} NOT NULL,
  PRIMARY KEY (workspace, import, portion),
  FOREIGN KEY (workspace, import) REFERENCES imports (workspace, id)
);
