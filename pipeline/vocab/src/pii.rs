//! Personal data that cannot slip out.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why personal data is being read; names the reader for whoever audits the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To send a message to this person.
    Send,
    /// To be encrypted at once.
    Seal,
    /// To be shown to someone whose access has been recorded.
    Show,
    /// To be compared or hashed under a key.
    Compare,
}

/// A personal value: no `Display`, no `Serialize`, and `Debug` prints only the type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Reads the value, saying why.
    pub const fn expose(&self, _purpose: Purpose) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pii<{}>", std::any::type_name::<T>().rsplit("::").next().unwrap_or("?"))
    }
}

/// `#[serde(with = "portico_vocab::sealed")]` on a field of a form that is encrypted before it is stored; the only
/// way for a [`Pii`] (or an option of one: add `default`) through serde, so that each such place can be found.
pub mod sealed {
    use super::{Deserialize, DeserializeOwned, Deserializer, Pii, Serialize, Serializer};

    /// # Errors
    /// What the serializer says.
    pub fn serialize<T: SealedForm, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.write(serializer)
    }

    /// # Errors
    /// What the deserializer says.
    pub fn deserialize<'de, T: SealedForm, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }

    /// What `sealed` can carry.
    pub trait SealedForm: Sized {
        /// # Errors
        /// What the serializer says.
        fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
        /// # Errors
        /// What the deserializer says.
        fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
    }

    impl<T: Serialize + DeserializeOwned> SealedForm for Pii<T> {
        fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.serialize(serializer)
        }
        fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            T::deserialize(deserializer).map(Pii)
        }
    }

    impl<T: Serialize + DeserializeOwned> SealedForm for Option<Pii<T>> {
        fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.as_ref().map(|p| &p.0).serialize(serializer)
        }
        fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Option::<T>::deserialize(deserializer).map(|value| value.map(Pii))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_only_the_type() {
        let value = Pii::new(String::from("Asha"));
        assert_eq!(format!("{value:?}"), "Pii<String>");
        assert_eq!(value.expose(Purpose::Show), "Asha");
    }
}
