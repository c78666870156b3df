//! An identity card of Utopia: front and back.

use anyhow::Result;
use image::RgbImage;

use super::canvas::{Canvas, Style, round_rect};
use super::letters::{Face, Letters};
use super::mrz;
use super::person::Person;

/// Pixels of the flat card: ID-1, 85.6 x 54 mm (ISO/IEC 7810), at 16 a millimetre.
const CARD: (u32, u32) = (1370, 864);
const INK: u32 = 0x0020_2a44;
const LABEL: u32 = 0x005d_6a8c;

pub(super) fn front(person: &Person, letters: &Letters) -> Result<RgbImage> {
    let mut c = sheet()?;
    c.rect(0.0, 0.0, 1370.0, 120.0, 0x002c_3f73, 0.95)?;
    c.text(letters, "UTOPIA", 56.0, 80.0, Style::new(Face::Bold, 52.0, 0x00ff_ffff).spaced(8.0));
    c.text(letters, "IDENTITY CARD", 880.0, 76.0, Style::new(Face::Plain, 42.0, 0x00ff_ffff).spaced(3.0));

    let mut frame = Canvas::new(370, 480, 0x00dd_e2ec)?;
    frame.gradient(0.0, 0.0, 370.0, 480.0, 0x00ee_f1f7, 0x00cb_d3e3)?;
    frame.place(185.0, 230.0, 108.0, 0.0);
    person.draw(&mut frame)?;
    c.paste(&frame, 60.0, 180.0);
    c.stroke(&round_rect(60.0, 180.0, 370.0, 480.0, 4.0), 3.0, INK, 0.5)?;

    let (birth, expiry) = (person.birth_text(), person.expiry_text());
    let name = person.given;
    let table: [(&str, &str, f32, f32); 6] = [
        ("Surname", person.surname, 490.0, 206.0),
        ("Given names", name, 490.0, 318.0),
        ("Date of birth", &birth, 490.0, 430.0),
        ("Nationality", mrz::STATE, 980.0, 430.0),
        ("Card No.", person.card, 490.0, 542.0),
        ("Date of expiry", &expiry, 490.0, 654.0),
    ];
    for (label, value, x, y) in table {
        c.text(letters, label, x, y, Style::new(Face::Plain, 25.0, LABEL));
        c.text(letters, value, x, y + 48.0, Style::new(Face::Bold, 42.0, INK).spaced(1.0));
    }
    chip(&mut c, 1140.0, 540.0)?;
    watermark(&mut c, letters);
    c.text(letters, "Drawn for tests. Not a document.", 60.0, 800.0, Style::new(Face::Plain, 25.0, LABEL));
    Ok(c.into_picture())
}

pub(super) fn back(person: &Person, letters: &Letters) -> Result<RgbImage> {
    let mut c = sheet()?;
    c.rect(0.0, 44.0, 1370.0, 96.0, 0x0028_2c36, 0.92)?;
    let table: [(&str, &str, f32); 2] =
        [("Address", "7 GARDEN STEPS, CITY OF UTOPIA", 216.0), ("Issued by", "REGISTRY OF UTOPIA", 326.0)];
    for (label, value, y) in table {
        c.text(letters, label, 60.0, y, Style::new(Face::Plain, 25.0, LABEL));
        c.text(letters, value, 60.0, y + 46.0, Style::new(Face::Bold, 36.0, INK).spaced(1.0));
    }
    bars(&mut c, 60.0, 430.0, 700.0, 92.0)?;
    watermark(&mut c, letters);
    c.rect(0.0, 566.0, 1370.0, 298.0, 0x00fb_fafc, 0.96)?;
    for (line, y) in mrz::card(person).iter().zip([650.0, 730.0, 810.0]) {
        c.text(letters, line, 58.0, y, Style::new(Face::Mono, 60.0, 0x0012_1212).spaced(5.6));
    }
    Ok(c.into_picture())
}

fn sheet() -> Result<Canvas> {
    let mut c = Canvas::new(CARD.0, CARD.1, 0x00f2_f3f8)?;
    c.gradient(0.0, 0.0, 1370.0, 864.0, 0x00e6_ebf6, 0x00f7_ecdf)?;
    c.waves(0.0, -60.0, 1370.0, 980.0, 48, 0x0087_9dcb, 0.4);
    c.waves(0.0, 40.0, 1370.0, 800.0, 28, 0x00d9_a97e, 0.34);
    Ok(c)
}

fn watermark(c: &mut Canvas, letters: &Letters) {
    c.place(330.0, 660.0, 1.0, -16.0);
    c.text(letters, "SPECIMEN", 0.0, 0.0, Style::new(Face::Bold, 140.0, 0x00b0_3a2e).spaced(22.0).faint(0.16));
    c.unplace();
}

fn chip(c: &mut Canvas, x: f32, y: f32) -> Result<()> {
    c.round_rect(x, y, 150.0, 120.0, 20.0, 0x00d8_b25a, 1.0)?;
    c.round_rect(x + 52.0, y + 40.0, 46.0, 40.0, 10.0, 0x00c2_9a41, 1.0)?;
    for line in [
        "M 0 40 L 52 40",
        "M 0 80 L 52 80",
        "M 98 40 L 150 40",
        "M 98 80 L 150 80",
        "M 75 0 L 75 40",
        "M 75 80 L 75 120",
    ] {
        c.place(x, y, 1.0, 0.0);
        c.stroke(line, 3.0, 0x008b_6a22, 0.9)?;
        c.unplace();
    }
    Ok(())
}

/// Stripes that look like a barcode and say nothing.
fn bars(c: &mut Canvas, x: f32, y: f32, width: f32, height: f32) -> Result<()> {
    let mut at = 0.0;
    for bar in 0..150_u32 {
        let thickness = f32::from(2 + (bar * bar * 7 + bar * 3) as u8 % 4);
        if at + thickness > width {
            break;
        }
        c.rect(x + at, y, thickness, height, 0x0014_1414, 0.95)?;
        at += thickness + f32::from(3 + (bar * 5 + bar / 3) as u8 % 4);
    }
    Ok(())
}
