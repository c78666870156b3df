//! Whether what is committed survives a power cut, as the store itself says.

/// The store's word on what makes a commit durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durability {
    /// Its name and version, such as `PostgreSQL 15.18`.
    pub engine: String,
    pub settings: Vec<DurabilitySetting>,
}

/// One setting, by the engine's own name for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurabilitySetting {
    pub name: &'static str,
    pub value: String,
    /// With another value an acknowledged commit may be lost, or the store damaged.
    pub sound: bool,
}

impl Durability {
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.settings.iter().all(|setting| setting.sound)
    }

    /// The settings that are not sound, as `fsync = off, …`.
    #[must_use]
    pub fn unsound(&self) -> String {
        let unsound = self.settings.iter().filter(|setting| !setting.sound);
        let unsound: Vec<_> = unsound.map(|setting| format!("{} = {}", setting.name, setting.value)).collect();
        unsound.join(", ")
    }
}
