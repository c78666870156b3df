//! Illustrated selfies: a person at arm's length in a room.

use anyhow::Result;
use image::RgbImage;

use super::camera;
use super::canvas::{Canvas, Style, round_rect};
use super::letters::{Face, Letters};
use super::person::Person;

/// Draws `person` as a phone's front camera would frame them, 900 x 1200.
pub(super) fn draw(person: &Person, letters: &Letters) -> Result<RgbImage> {
    let mut room = Canvas::new(900, 1200, person.room)?;
    window(&mut room)?;
    shelf(&mut room)?;
    plant(&mut room)?;
    // The room lies behind the plane of focus.
    let mut c = Canvas::of_picture(&camera::soften(&room.into_picture(), 3.0))?;
    c.place(450.0, 560.0, 268.0, -2.5);
    person.draw(&mut c)?;
    c.unplace();
    c.round_rect(24.0, 1128.0, 250.0, 48.0, 24.0, 0x00ff_ffff, 0.82)?;
    c.text(letters, "SPECIMEN", 52.0, 1161.0, Style::new(Face::Bold, 28.0, 0x0012_4f43).spaced(3.0));
    Ok(camera::grain(&c.into_picture(), 3))
}

fn window(c: &mut Canvas) -> Result<()> {
    c.rect(40.0, 60.0, 270.0, 440.0, 0x00ff_ffff, 0.9)?;
    for (x, y) in [(58.0, 78.0), (182.0, 78.0), (58.0, 288.0), (182.0, 288.0)] {
        c.gradient(x, y, 110.0, 194.0, 0x00bf_dff0, 0x00e8_f4f5)?;
    }
    Ok(())
}

fn shelf(c: &mut Canvas) -> Result<()> {
    c.rect(600.0, 330.0, 300.0, 18.0, 0x008a_6a4c, 1.0)?;
    let books = [
        (622.0, 34.0, 150.0, 0x00b8_5c44),
        (660.0, 28.0, 176.0, 0x003e_6e7e),
        (692.0, 40.0, 140.0, 0x00d9_b45f),
        (736.0, 30.0, 168.0, 0x0058_7a55),
    ];
    for (x, w, h, rgb) in books {
        c.rect(x, 330.0 - h, w, h, rgb, 1.0)?;
    }
    c.fill(&round_rect(60.0, 560.0, 200.0, 260.0, 6.0), 0x00f3_ede0, 1.0)?;
    c.fill("M 80 800 L 140 690 L 180 740 L 210 700 L 240 800 Z", 0x0089_a894, 1.0)?;
    c.ellipse(205.0, 620.0, 24.0, 24.0, 0x00e0_a55a, 1.0)
}

fn plant(c: &mut Canvas) -> Result<()> {
    c.fill("M 760 1010 L 870 1010 L 856 1130 L 774 1130 Z", 0x00b5_6b4a, 1.0)?;
    for leaf in [
        "M 815 1010 C 700 930 690 820 720 760 C 770 840 810 910 815 1010 Z",
        "M 815 1010 C 800 880 820 760 860 700 C 880 800 860 920 815 1010 Z",
        "M 815 1010 C 850 920 880 880 900 870 L 900 960 C 870 980 840 1000 815 1010 Z",
    ] {
        c.fill(leaf, 0x004d_7d58, 1.0)?;
    }
    Ok(())
}
