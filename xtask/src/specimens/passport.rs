//! A passport of Utopia: its data page and its cover.

use anyhow::Result;
use image::RgbImage;

use super::canvas::{Canvas, Style};
use super::letters::{Face, Letters};
use super::mrz;
use super::person::Person;

/// Pixels of the flat page: 125 x 88 mm (ICAO Doc 9303, part 4) at 12 a millimetre.
const PAGE: (u32, u32) = (1500, 1056);
const INK: u32 = 0x001d_2b36;
const LABEL: u32 = 0x0046_6b72;
const GREEN: u32 = 0x0012_4f43;

/// The page with the portrait and the machine readable zone.
pub(super) fn data_page(person: &Person, letters: &Letters) -> Result<RgbImage> {
    let mut c = Canvas::new(PAGE.0, PAGE.1, 0x00f3_efe4)?;
    c.gradient(0.0, 0.0, 1500.0, 1056.0, 0x00ea_f1ea, 0x00f6_e9dc)?;
    c.waves(0.0, -80.0, 1500.0, 1040.0, 46, 0x0079_ab9c, 0.42);
    c.waves(0.0, 40.0, 1500.0, 900.0, 34, 0x00d0_9a78, 0.34);
    rosette(&mut c, 1180.0, 560.0, 230.0, 0x0079_ab9c)?;

    c.rect(0.0, 0.0, 1500.0, 104.0, GREEN, 0.94)?;
    c.text(letters, "UTOPIA", 60.0, 72.0, Style::new(Face::Bold, 50.0, 0x00ff_ffff).spaced(8.0));
    c.text(letters, "PASSPORT  ·  PASSEPORT", 900.0, 68.0, Style::new(Face::Plain, 36.0, 0x00ff_ffff).spaced(2.0));

    portrait(&mut c, person, 60.0, 160.0)?;
    fields(&mut c, person, letters);
    let faint = Style::new(Face::Bold, 132.0, 0x00b0_3a2e).spaced(26.0).faint(0.16);
    c.place(400.0, 800.0, 1.0, -14.0);
    c.text(letters, "SPECIMEN", 0.0, 0.0, faint);
    c.unplace();

    c.rect(0.0, 866.0, 1500.0, 190.0, 0x00fa_f8f2, 0.96)?;
    for (line, y) in mrz::passport(person).iter().zip([944.0, 1016.0]) {
        c.text(letters, line, 56.0, y, Style::new(Face::Mono, 50.0, 0x0012_1212).spaced(1.6));
    }
    Ok(c.into_picture())
}

/// The closed booklet: what people send when they were asked for the page with the photo.
pub(super) fn cover(letters: &Letters) -> Result<RgbImage> {
    let mut c = Canvas::new(PAGE.1, PAGE.0, GREEN)?;
    c.gradient(0.0, 0.0, 1056.0, 1500.0, 0x0018_5d4f, 0x000d_3d34)?;
    c.waves(0.0, 0.0, 1056.0, 1500.0, 90, 0x0020_6d5d, 0.25);
    let gold = 0x00d9_b866;
    c.text_centred(letters, "UTOPIA", 528.0, 300.0, Style::new(Face::Bold, 104.0, gold).spaced(18.0));
    emblem(&mut c, 528.0, 720.0, gold)?;
    c.text_centred(letters, "PASSPORT", 528.0, 1190.0, Style::new(Face::Bold, 88.0, gold).spaced(14.0));
    c.text_centred(letters, "SPECIMEN", 528.0, 1300.0, Style::new(Face::Plain, 52.0, gold).spaced(12.0));
    c.stroke("M 70 60 L 986 60 Q 1006 60 1006 80 L 1006 1420 Q 1006 1440 986 1440 L 70 1440", 3.0, gold, 0.55)?;
    c.rect(0.0, 0.0, 26.0, 1500.0, 0x0009_2d26, 0.7)?;
    Ok(c.into_picture())
}

/// The framed portrait, 360 x 464 pixels.
fn portrait(c: &mut Canvas, person: &Person, x: f32, y: f32) -> Result<()> {
    let mut frame = Canvas::new(360, 464, 0x00dd_e6e8)?;
    frame.gradient(0.0, 0.0, 360.0, 464.0, 0x00ed_f2f2, 0x00c9_d6d8)?;
    frame.place(180.0, 222.0, 104.0, 0.0);
    person.draw(&mut frame)?;
    c.paste(&frame, x, y);
    c.stroke(&super::canvas::round_rect(x, y, 360.0, 464.0, 4.0), 3.0, INK, 0.55)
}

fn fields(c: &mut Canvas, person: &Person, letters: &Letters) {
    let label = Style::new(Face::Plain, 21.0, LABEL);
    let value = Style::new(Face::Bold, 37.0, INK).spaced(1.0);
    let sex = person.sex.to_string();
    let (birth, expiry) = (person.birth_text(), person.expiry_text());
    let table: [(&str, &str, f32, f32); 9] = [
        ("Type", "P", 480.0, 180.0),
        ("Code of state", mrz::STATE, 700.0, 180.0),
        ("Passport No.", person.passport, 1010.0, 180.0),
        ("Surname", person.surname, 480.0, 280.0),
        ("Given names", person.given, 480.0, 380.0),
        ("Nationality", "UTOPIAN", 480.0, 480.0),
        ("Date of birth", &birth, 480.0, 580.0),
        ("Sex", &sex, 900.0, 580.0),
        ("Date of expiry", &expiry, 480.0, 680.0),
    ];
    for (name, text, x, y) in table {
        c.text(letters, name, x, y, label);
        c.text(letters, text, x, y + 42.0, value);
    }
    c.text(letters, "Authority", 900.0, 680.0, label);
    c.text(letters, "CITY OF UTOPIA", 900.0, 722.0, value);
    c.text(letters, "Signature of holder", 60.0, 664.0, label);
    let signature = "M 70 740 C 110 660 130 790 160 720 C 180 680 190 770 215 730 C 240 700 250 760 280 726 C 310 700 340 760 400 704";
    // The path is a constant of this file; a drawing without it would still be a specimen.
    let _drawn = c.stroke(signature, 4.0, 0x0023_3a6e, 0.9);
}

/// Circles around a circle: the ornament of security printing.
fn rosette(c: &mut Canvas, x: f32, y: f32, radius: f32, rgb: u32) -> Result<()> {
    for petal in 0..36_u16 {
        let turn = f32::from(petal) * std::f32::consts::TAU / 36.0;
        let (px, py) = (x + turn.cos() * radius * 0.5, y + turn.sin() * radius * 0.5);
        c.ring(px, py, radius * 0.5, 1.1, rgb, 0.5)?;
    }
    Ok(())
}

/// A gate with a sun in it: a portico.
fn emblem(c: &mut Canvas, x: f32, y: f32, rgb: u32) -> Result<()> {
    c.place(x, y, 1.0, 0.0);
    c.fill("M -230 -90 L 0 -230 L 230 -90 Z", rgb, 1.0)?;
    c.rect(-230.0, -70.0, 460.0, 26.0, rgb, 1.0)?;
    for column in [-190.0, -80.0, 40.0, 150.0] {
        c.rect(column, -30.0, 40.0, 220.0, rgb, 1.0)?;
    }
    c.rect(-240.0, 204.0, 480.0, 28.0, rgb, 1.0)?;
    c.rect(-270.0, 240.0, 540.0, 24.0, rgb, 1.0)?;
    c.ellipse(0.0, -140.0, 34.0, 34.0, GREEN, 1.0)?;
    c.unplace();
    Ok(())
}
