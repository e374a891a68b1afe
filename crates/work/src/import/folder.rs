//! The files beside an export. A name in the export is never made a path: it is looked up among the files that
//! are there, so it cannot point anywhere else.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use topics::FileId;

use super::plan::Content;

/// How deep folders are looked into, and how many files are noted at most.
const DEPTH: usize = 5;
const MOST: usize = 50_000;

/// What is there, by the names by which it is looked up.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// Name of the file, and the names of the folders above it.
    files: Vec<(String, Vec<String>, Content)>,
    by_name: HashMap<String, Vec<usize>>,
}

/// What a file of an export may be called.
pub(super) struct Wanted<'a> {
    /// The id of the attachment.
    pub id: &'a str,
    /// Ids and short names of the card that has it.
    pub card: [&'a str; 2],
    /// Its names, the likeliest first.
    pub names: &'a [String],
}

impl Folder {
    /// The folder in which an export is, and what is below it. What cannot be read is not there.
    pub(super) fn beside(export: &Path) -> io::Result<Self> {
        let mut folder = Self::default();
        let above = export.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut next = vec![(above.to_owned(), Vec::new())];
        while let Some((path, names)) = next.pop() {
            for entry in fs::read_dir(&path)?.filter_map(Result::ok) {
                let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else {
                    continue;
                };
                // Links are not followed: they could lead out of the folder.
                if kind.is_dir() && names.len() < DEPTH {
                    next.push((entry.path(), [&names[..], &[name]].concat()));
                } else if kind.is_file() && folder.files.len() < MOST && entry.path() != export {
                    folder.add(&name, names.clone(), Content::Path(entry.path()));
                }
            }
        }
        Ok(folder)
    }

    /// Files that were uploaded for an import.
    pub(super) fn uploaded(files: impl IntoIterator<Item = (FileId, String)>) -> Self {
        let mut folder = Self::default();
        for (id, name) in files {
            folder.add(&name, Vec::new(), Content::Uploaded(id));
        }
        folder
    }

    fn add(&mut self, name: &str, folders: Vec<String>, content: Content) {
        self.by_name.entry(plain(name)).or_default().push(self.files.len());
        self.files.push((name.to_owned(), folders, content));
    }

    /// The file of an attachment: by its id in the name, in a folder of its card, or by a name that only
    /// one file has.
    pub(super) fn find(&self, wanted: &Wanted<'_>) -> Option<Content> {
        if self.files.is_empty() {
            return None;
        }
        let with_id = |(name, folders, _): &&(String, Vec<String>, Content)| {
            wanted.id.len() >= 8
                && (name.contains(wanted.id) || folders.iter().any(|folder| folder == wanted.id))
        };
        if let Some((_, _, content)) = self.files.iter().find(with_id) {
            return Some(content.clone());
        }
        for name in wanted.names {
            let found: Vec<&(String, Vec<String>, Content)> = self
                .by_name
                .get(&plain(name))
                .into_iter()
                .flatten()
                .filter_map(|at| self.files.get(*at))
                .collect();
            let of_card = found.iter().find(|(_, folders, _)| {
                folders
                    .iter()
                    .any(|folder| wanted.card.iter().any(|card| !card.is_empty() && folder.contains(*card)))
            });
            match (of_card, found.as_slice()) {
                (Some((_, _, content)), _) | (None, [(_, _, content)]) => return Some(content.clone()),
                _ => {}
            }
        }
        None
    }
}

/// A name without what differs between an upload and its copy: case, spaces and percent signs.
fn plain(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '.').collect()
}

/// Where content of an attachment may be read from.
pub(super) fn readable(path: &Path) -> Option<PathBuf> {
    let about = fs::symlink_metadata(path).ok()?;
    (about.is_file() && about.len() <= topics::files::LARGEST).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(content: Option<Content>) -> Option<String> {
        match content? {
            Content::Path(path) => Some(path.file_name()?.to_string_lossy().into_owned()),
            Content::Uploaded(_) => None,
        }
    }

    #[test]
    fn files_are_found_beside_the_export_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("export/attachments/AbCdEfGh")).unwrap();
        for name in [
            "secret.txt",
            "export/board.json",
            "export/attachments/5cf5a37c9a63d746fb82b4d6.png",
            "export/attachments/AbCdEfGh/plan.png",
            "export/attachments/plan.png",
            "export/attachments/Screen_Shot_1.PNG",
        ] {
            fs::write(at(name), name).unwrap();
        }
        let files = Folder::beside(&at("export/board.json")).unwrap();
        let find = |id: &str, card: &str, name: &str| {
            path(files.find(&Wanted { id, card: [card, ""], names: &[name.to_owned()] }))
        };
        assert_eq!(find("5cf5a37c9a63d746fb82b4d6", "", "x").unwrap(), "5cf5a37c9a63d746fb82b4d6.png");
        assert_eq!(find("", "AbCdEfGh", "plan.png").unwrap(), "plan.png");
        // Two files have this name, and neither is of this card.
        assert_eq!(find("", "elsewhere", "plan.png"), None);
        assert_eq!(find("", "", "Screen Shot 1.png").unwrap(), "Screen_Shot_1.PNG");
        for trick in ["../secret.txt", "/etc/passwd", "..", "", "board.json"] {
            assert_eq!(find("", "", trick), None, "{trick}");
        }
    }
}
