//! Draws the specimen pictures: invented documents of an invented country, and illustrated faces.
//!
//! A newcomer without an ID at hand plays the applicant with them, and tests read them. They are drawn, not
//! photographed: no real person, no real document, no licence to ask for, and the truth about each is known.
//! Everything is a function of the code and the font, so drawing again gives the same files.
//!
//! *Invariant:* every picture says SPECIMEN and names the country of Utopia (ICAO Doc 9303's own example, `UTO`).

mod camera;
mod canvas;
mod card;
mod letters;
mod mrz;
mod passport;
mod person;
mod selfie;

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use camera::{Pose, Scene};
use letters::Letters;
use person::Person;

/// Chat pictures are about this large; more would only make the repository heavy.
const FILE_BYTES_MAX: usize = 150_000;
const JPEG_QUALITY: u8 = 82;

/// Draws every specimen into the folder `out`, which is made when missing.
///
/// # Errors
/// When the fonts are not found (the message says where to get them), a file cannot be written, or is too large.
pub fn draw_all(out: &Path) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    let letters = Letters::load()?;
    let (holder, other) = (Person::holder(), Person::other());

    let page = passport::data_page(&holder, &letters)?;
    let on_table = camera::shoot(&page, Scene::Table, Pose::GOOD)?;
    let specimens = [
        ("passport", on_table.clone()),
        ("passport_blurred", camera::out_of_focus(&on_table)),
        ("passport_glare", camera::with_glare(&on_table)),
        ("passport_dark", camera::too_dark(&on_table)),
        ("passport_too_bright", camera::too_bright(&on_table)),
        ("passport_small", camera::too_small(&on_table)),
        ("passport_cut_off", camera::shoot(&page, Scene::Table, Pose::CUT_OFF)?),
        ("passport_screen", camera::shoot(&page, Scene::Screen, Pose::ON_SCREEN)?),
        ("passport_cover", camera::shoot(&passport::cover(&letters)?, Scene::Table, Pose::UPRIGHT)?),
        ("id_front", camera::shoot(&card::front(&holder, &letters)?, Scene::Table, Pose::CARD)?),
        ("id_back", camera::shoot(&card::back(&holder, &letters)?, Scene::Table, Pose::CARD)?),
        ("selfie_match", selfie::draw(&holder, &letters)?),
        ("selfie_other", selfie::draw(&other, &letters)?),
    ];
    for (name, picture) in specimens {
        write(out, name, &picture)?;
    }
    Ok(())
}

fn write(out: &Path, name: &str, picture: &RgbImage) -> Result<()> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, JPEG_QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_optimized_huffman_tables(true);
    let (width, height) = (u16::try_from(picture.width())?, u16::try_from(picture.height())?);
    encoder.encode(picture.as_raw(), width, height, ColorType::Rgb)?;
    ensure!(file.len() <= FILE_BYTES_MAX, "{name} has {} bytes, more than {FILE_BYTES_MAX}", file.len());
    let path = out.join(name).with_extension("jpg");
    std::fs::write(&path, file).with_context(|| format!("cannot write {}", path.display()))
}
