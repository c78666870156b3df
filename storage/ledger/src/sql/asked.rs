//! What an engine is asked about its durability: part of each dialect, because every engine has its own settings.

/// A setting that can make a commit less than durable.
#[derive(Debug)]
pub struct Asked {
    /// The engine's own name for it.
    pub name: &'static str,
    /// Answers its value as text, in one row of one column.
    pub text: &'static str,
    /// Values with which an acknowledged commit may be lost or the store damaged.
    pub unsound: &'static [&'static str],
}
