//! One way to introduce kinds of ids.

/// Introduces kinds of ids: for each its mark, its name, and the prefix of its text.
#[macro_export]
macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident, $id:ident, $prefix:literal;)*) => {$(
        $(#[$about])*
        #[derive(Debug)]
        pub enum $kind {}
        impl $crate::Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$about])*
        pub type $id = $crate::Id<$kind>;
    )*};
}
