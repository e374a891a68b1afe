use std::error::Error as StdError;

use jiff::Timestamp;
use kernel::{Id, Kind};
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use uuid::Uuid;

/// One value on its way to or from the database.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL of any type.
    Null,
    /// BOOLEAN; SQLite keeps 0 or 1.
    Bool(bool),
    /// Any integer type, and instants as UTC microseconds.
    Int(i64),
    /// DOUBLE PRECISION.
    Float(f64),
    /// TEXT.
    Text(String),
    /// BLOB or BYTEA.
    Bytes(Vec<u8>),
    /// UUID; SQLite keeps its 16 bytes.
    Uuid(Uuid),
}

/// A type that a column can hold. Implement it for a type of your own to pass it to [`args!`].
pub trait ToValue {
    /// The value that is bound to a parameter.
    fn to_value(&self) -> Value;
}

/// Makes the list of values for a statement; takes each by reference, so nothing is moved:
/// `args![workspace, &name, 3, None::<String>]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::ToValue::to_value(&$value)),*] };
}

macro_rules! to_value {
    ($($type:ty => |$value:ident| $make:expr;)*) => {$(
        impl ToValue for $type {
            fn to_value(&self) -> Value {
                let $value = self;
                $make
            }
        }
        impl From<$type> for Value {
            fn from(value: $type) -> Self { value.to_value() }
        }
        impl From<&$type> for Value {
            fn from(value: &$type) -> Self { value.to_value() }
        }
    )*};
}
to_value! {
    bool => |value| Value::Bool(*value);
    i64 => |value| Value::Int(*value);
    i32 => |value| Value::Int((*value).into());
    i16 => |value| Value::Int((*value).into());
    u32 => |value| Value::Int((*value).into());
    u16 => |value| Value::Int((*value).into());
    u8 => |value| Value::Int((*value).into());
    f64 => |value| Value::Float(*value);
    String => |value| Value::Text(value.clone());
    Vec<u8> => |value| Value::Bytes(value.clone());
    Uuid => |value| Value::Uuid(*value);
    Timestamp => |value| Value::Int(value.as_microsecond());
}

impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}
impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}
impl ToValue for [u8] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}
impl<const N: usize> ToValue for [u8; N] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}
impl<K: Kind> ToValue for Id<K> {
    fn to_value(&self) -> Value {
        Value::Uuid(self.uuid())
    }
}
impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
}
impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        T::to_value(self)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        value.to_value()
    }
}
impl<K: Kind> From<Id<K>> for Value {
    fn from(value: Id<K>) -> Self {
        value.to_value()
    }
}
impl<K: Kind> From<&Id<K>> for Value {
    fn from(value: &Id<K>) -> Self {
        value.to_value()
    }
}
impl<T: ToValue> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.to_value()
    }
}

impl Value {
    /// About how many bytes it takes in memory.
    pub(crate) const fn size(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Text(text) => text.len(),
                Self::Bytes(bytes) => bytes.len(),
                _ => 0,
            }
    }

    /// What it is, for error messages that must not quote contents.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Uuid(_) => "a UUID",
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Integer((*value).into()),
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Float(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
            Self::Uuid(value) => ValueRef::Blob(value.as_bytes()),
        }))
    }
}

impl TryFrom<ValueRef<'_>> for Value {
    type Error = std::str::Utf8Error;
    fn try_from(value: ValueRef<'_>) -> Result<Self, Self::Error> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Int(value),
            ValueRef::Real(value) => Self::Float(value),
            ValueRef::Text(value) => Self::Text(std::str::from_utf8(value)?.to_owned()),
            ValueRef::Blob(value) => Self::Bytes(value.to_vec()),
        })
    }
}

type Boxed = Box<dyn StdError + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match (self, wanted) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Bool(value), &Type::BOOL) => value.to_sql(wanted, out),
            (Self::Int(value), &Type::INT8) => value.to_sql(wanted, out),
            (Self::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(wanted, out),
            (Self::Int(value), &Type::INT2) => i16::try_from(*value)?.to_sql(wanted, out),
            (Self::Int(value), &Type::OID) => u32::try_from(*value)?.to_sql(wanted, out),
            (Self::Int(value), &Type::FLOAT8) => (*value as f64).to_sql(wanted, out),
            (Self::Float(value), &Type::FLOAT8) => value.to_sql(wanted, out),
            (Self::Float(value), &Type::FLOAT4) => (*value as f32).to_sql(wanted, out),
            (Self::Text(value), text) if is_text(text) => value.to_sql(wanted, out),
            (Self::Bytes(value), &Type::BYTEA) => value.to_sql(wanted, out),
            (Self::Bytes(value), &Type::UUID) => Uuid::from_slice(value)?.to_sql(wanted, out),
            (Self::Uuid(value), &Type::UUID) => value.to_sql(wanted, out),
            (Self::Uuid(value), &Type::BYTEA) => value.as_bytes().as_slice().to_sql(wanted, out),
            _ => Err(format!("{} where the server expects {wanted}", self.name()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Boxed> {
        Ok(match *kind {
            Type::BOOL => Self::Bool(bool::from_sql(kind, raw)?),
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(kind, raw)?.into()),
            Type::OID => Self::Int(u32::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => Self::Float(f64::from_sql(kind, raw)?),
            Type::FLOAT4 => Self::Float(f32::from_sql(kind, raw)?.into()),
            Type::NUMERIC => numeric(raw)?,
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            Type::UUID => Self::Uuid(Uuid::from_sql(kind, raw)?),
            ref text if is_text(text) => Self::Text(std::str::from_utf8(raw)?.to_owned()),
            ref other => return Err(format!("type {other} is not read by this program").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Boxed> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn is_text(kind: &Type) -> bool {
    matches!(*kind, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON)
}

/// `SUM` of a BIGINT is NUMERIC on PostgreSQL and an integer on SQLite. A number without a
/// fraction becomes an integer here, so that both read the same. The server sends the count of
/// base-10000 digits, the weight of the first, the sign and the scale, 16 bits each, then the
/// digits.
fn numeric(raw: &[u8]) -> Result<Value, Boxed> {
    let words: Vec<u16> =
        raw.chunks_exact(2).filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?))).collect();
    let [_, weight, sign, scale, digits @ ..] = words.as_slice() else {
        return Err("a numeric value is cut short".into());
    };
    let weight = i32::from(weight.cast_signed());
    let magnitude: f64 =
        (0..).zip(digits).map(|(place, digit)| f64::from(*digit) * 10_000_f64.powi(weight - place)).sum();
    let whole = (0..=weight).try_fold(0_i64, |sum, place| {
        let digit = usize::try_from(place).ok().and_then(|place| digits.get(place)).copied().unwrap_or(0);
        sum.checked_mul(10_000)?.checked_add(digit.into())
    });
    match (*sign, *scale, whole) {
        (0x0000, 0, Some(whole)) => Ok(Value::Int(whole)),
        (0x4000, 0, Some(whole)) => Ok(Value::Int(-whole)),
        (0x0000, ..) => Ok(Value::Float(magnitude)),
        (0x4000, ..) => Ok(Value::Float(-magnitude)),
        _ => Err("a numeric value that is not a number".into()),
    }
}
