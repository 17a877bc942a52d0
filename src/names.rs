//! The names that serde gives to the variants of an enumeration, for where they are not in JSON.

use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Serialize};

/// The name of a variant; `None` for a variant with content.
pub fn name_of(variant: impl Serialize) -> Option<String> {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(name)) => Some(name),
        Ok(_) | Err(_) => None,
    }
}

/// The variant with that name.
pub fn variant<'de, T: Deserialize<'de>>(name: &'de str) -> Option<T> {
    let name: StrDeserializer<Error> = name.into_deserializer();
    T::deserialize(name).ok()
}
