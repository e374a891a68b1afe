/// A closed set of words that the database keeps as text and JSON writes the same way.
macro_rules! words {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$word_about:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$word_about])* $variant,)* }

        impl store::ToValue for $name {
            fn to_value(&self) -> store::Value {
                let word = match self { $(Self::$variant => $word,)* };
                store::Value::Text(word.to_owned())
            }
        }
        impl store::FromValue for $name {
            fn from_value(value: &store::Value) -> Result<Self, String> {
                match String::from_value(value)?.as_str() {
                    $($word => Ok(Self::$variant),)*
                    other => Err(format!("{other:?} is not a {}", stringify!($name))),
                }
            }
        }
    };
}
pub(crate) use words;
