-- Who works on a project.
CREATE TABLE project_members (
  workspace {uuid} NOT NULL,
  project {uuid} NOT NULL,
  member {uuid} NOT NULL,
  PRIMARY KEY (workspace, project, member),
  FOREIGN KEY (workspace, project) REFERENCES projects (workspace, id),
  FOREIGN KEY (workspace, member) REFERENCES members (workspace, id)
);
