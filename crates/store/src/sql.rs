/// A statement. Made by [`sql!`](crate::sql!), which also registers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sql(pub &'static str);

/// The text of a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) text: &'a str,
    /// Whether it is written in the program, and so is always at the same place.
    pub(crate) is_fixed: bool,
}

impl<'a> Text<'a> {
    /// One that was made from the catalog, which no registry can know.
    pub(crate) fn made(text: &'a str) -> Self {
        Self { text, is_fixed: false }
    }
}

impl From<Sql> for Text<'static> {
    fn from(sql: Sql) -> Self {
        Self { text: sql.0, is_fixed: true }
    }
}

/// Where a statement may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One text for both: the rule.
    Both,
    /// Only SQLite understands it.
    Sqlite,
    /// Only PostgreSQL understands it.
    Postgres,
}

/// A statement somewhere in the linked program, for the test that prepares all of them.
#[derive(Debug)]
pub struct Registered {
    /// Its text.
    pub sql: &'static str,
    /// Who understands it.
    pub engine: Engine,
    /// Source file and line.
    pub place: (&'static str, u32),
}

inventory::collect!(Registered);

/// A statement for both engines: `sql!("SELECT …")`. The two halves of
/// [`Tx::pick`](crate::Tx::pick) are `sql!(sqlite: "…")` and `sql!(postgres: "…")`.
/// `concat!` and other constant expressions are fine.
#[macro_export]
macro_rules! sql {
    (sqlite: $text:expr) => { $crate::sql!(@ Sqlite, $text) };
    (postgres: $text:expr) => { $crate::sql!(@ Postgres, $text) };
    (@ $engine:ident, $text:expr) => {{
        const TEXT: &str = $text;
        $crate::inventory::submit! {
            $crate::Registered {
                sql: TEXT,
                engine: $crate::Engine::$engine,
                place: (file!(), line!()),
            }
        }
        $crate::Sql(TEXT)
    }};
    ($text:expr) => { $crate::sql!(@ Both, $text) };
}
