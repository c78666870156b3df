//! Where an installation stands: what a bank configures there and what people there say, as data.
//!
//! *Invariant:* two countries share nothing here: no number, no account, no key, no S3, no picture.

use anyhow::Result;
use portico_simulator::Number;
use portico_vocab::{CountryCode, Language, PhoneNumberId, WabaId};

/// See the module. Everything is invented.
#[derive(Debug)]
pub struct Country {
    pub code: &'static str,
    pub phone_number_id: &'static str,
    pub waba_id: &'static str,
    pub bank_name: &'static str,
    pub timezone: &'static str,
    pub language: &'static str,
    /// 32 bytes in base64.
    pub(crate) master_key: &'static str,
    /// What its account system shows `/v1`.
    pub(crate) api_token: &'static str,
    /// Names an S3 of a region that its profile allows: endpoint, region and keys as JSON; see xtask/README.md.
    pub(crate) s3: &'static str,
    pub(crate) region: &'static str,
    /// The decision that its profile allows on a chat photo, and the event that tells of it.
    pub(crate) decision: &'static str,
    pub(crate) event: &'static str,
    /// What somebody there opens a chat with, and ends it with.
    pub hello: &'static str,
    pub stop: &'static str,
    /// What is said there of a blurred picture.
    pub(crate) blurred: &'static str,
    /// The document that people there choose.
    pub(crate) document: &'static str,
    /// Its sides and then the face, as `fixtures/images` names them.
    pub pictures: &'static [&'static str],
}

pub static BRAZIL: Country = Country {
    code: "BR",
    phone_number_id: "106540352242933",
    waba_id: "102290129340409",
    bank_name: "Banco Exemplo",
    timezone: "America/Sao_Paulo",
    language: "pt_BR",
    master_key: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    api_token: "pk_example",
    s3: "PORTICO_TEST_S3_2",
    region: "sa-east-1",
    decision: "approved",
    event: "kyc.account.approved",
    hello: "oi",
    stop: "PARAR",
    blurred: "borrada",
    document: "document:national_id",
    pictures: &["specimens/id_front.jpg", "specimens/id_back.jpg", "real/portrait_collins.jpg"],
};

pub static GERMANY: Country = Country {
    code: "DE",
    phone_number_id: "106540352242944",
    waba_id: "102290129340418",
    bank_name: "Beispielbank",
    timezone: "Europe/Berlin",
    language: "de",
    master_key: "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
    api_token: "pk_beispiel",
    s3: "PORTICO_TEST_S3_1",
    region: "eu-central-1",
    // No account is opened on a photo there.
    decision: "handed_off",
    event: "kyc.decision.made",
    hello: "Hallo",
    stop: "STOPP",
    blurred: "unscharf",
    document: "document:passport",
    pictures: &["specimens/passport.jpg", "real/portrait_hopper.jpg"],
};

impl Country {
    /// # Errors
    /// Never: the table is well formed.
    pub fn parsed(&self) -> Result<CountryCode> {
        Ok(CountryCode::parse(self.code)?)
    }

    /// The cell's bucket, database file and the like.
    pub(crate) fn lower(&self) -> String {
        self.code.to_lowercase()
    }

    /// The source of its events.
    pub(crate) fn source(&self) -> String {
        format!("portico/{}", self.code)
    }

    /// The bank's number there, as Meta knows it.
    pub(crate) fn number(&self) -> Result<Number> {
        Ok(Number {
            country: self.parsed()?,
            phone_number_id: PhoneNumberId::parse(self.phone_number_id)?,
            waba_id: WabaId::parse(self.waba_id)?,
            // Never used for routing.
            display_number: "550000000000".to_owned(),
            bank_name: self.bank_name.to_owned(),
            languages: vec![Language::parse(self.language)?],
        })
    }
}
