//! Two invented people and how they are drawn.
//!
//! Faces are drawn in a space where the chin lies at 1, the crown at -1.1 and the ears at ±0.74, so that one drawing
//! serves the portrait on a document and the selfie.

use anyhow::Result;

use super::canvas::{Canvas, round_rect};

/// Somebody who does not exist.
pub(super) struct Person {
    pub(super) surname: &'static str,
    pub(super) given: &'static str,
    /// `F`, `M` or `<`, as in the machine readable zone.
    pub(super) sex: char,
    /// YYMMDD.
    pub(super) birth: &'static str,
    pub(super) expiry: &'static str,
    pub(super) passport: &'static str,
    pub(super) card: &'static str,
    pub(super) room: u32,
    look: Look,
}

struct Look {
    skin: u32,
    skin_shade: u32,
    lips: u32,
    hair: u32,
    hair_light: u32,
    iris: u32,
    shirt: u32,
    collar: u32,
    long_hair: bool,
    beard_and_glasses: bool,
}

impl Person {
    /// Whose documents these are.
    pub(super) const fn holder() -> Self {
        Self {
            surname: "ANANDA",
            given: "LUNA MAYA",
            sex: 'F',
            birth: "940312",
            expiry: "340531",
            passport: "SP0000017",
            card: "UT4700213",
            room: 0x00c9_d9d2,
            look: Look {
                skin: 0x00c9_8f6b,
                skin_shade: 0x00a8_6f4e,
                lips: 0x00a1_4c4a,
                hair: 0x002b_1d1a,
                hair_light: 0x0056_3a30,
                iris: 0x0045_2a1c,
                shirt: 0x001f_5a4c,
                collar: 0x0017_463b,
                long_hair: true,
                beard_and_glasses: false,
            },
        }
    }

    /// Whose documents these are not.
    pub(super) const fn other() -> Self {
        Self {
            surname: "BERG",
            given: "OTTO",
            sex: 'M',
            birth: "710828",
            expiry: "310119",
            passport: "SP0000025",
            card: "UT4700221",
            room: 0x00dc_cfbb,
            look: Look {
                skin: 0x00e8_bd9c,
                skin_shade: 0x00c9_9675,
                lips: 0x00b5_6a5f,
                hair: 0x008d_8a86,
                hair_light: 0x00b4_b1ab,
                iris: 0x003d_6a86,
                shirt: 0x0033_4a6b,
                collar: 0x0026_3852,
                long_hair: false,
                beard_and_glasses: true,
            },
        }
    }

    pub(super) fn birth_text(&self) -> String {
        written(19, self.birth)
    }

    pub(super) fn expiry_text(&self) -> String {
        written(20, self.expiry)
    }

    /// Draws head and shoulders where the canvas has been placed; shoulders go on to 6, so that any frame cuts them.
    pub(super) fn draw(&self, canvas: &mut Canvas) -> Result<()> {
        let look = &self.look;
        look.back_hair(canvas)?;
        look.shoulders(canvas)?;
        look.head(canvas)?;
        for side in [-1.0, 1.0] {
            look.eye(canvas, side)?;
        }
        look.front_hair(canvas)?;
        if look.beard_and_glasses {
            look.beard(canvas)?;
        }
        look.nose_and_mouth(canvas)?;
        if look.beard_and_glasses { look.glasses(canvas) } else { Ok(()) }
    }
}

/// `940312` of the twentieth century as people write it: `12 MAR 1994`.
fn written(century: u8, yymmdd: &str) -> String {
    const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let month = yymmdd[2..4].parse::<usize>().ok().and_then(|m| MONTHS.get(m - 1)).unwrap_or(&"???");
    format!("{} {month} {century}{}", &yymmdd[4..], &yymmdd[..2])
}

impl Look {
    fn back_hair(&self, c: &mut Canvas) -> Result<()> {
        if !self.long_hair {
            return Ok(());
        }
        c.fill(
            "M -0.93 -0.2 C -1.02 -1.1 -0.52 -1.34 0 -1.34 C 0.52 -1.34 1.02 -1.1 0.93 -0.2 \
             C 0.96 0.5 1.18 1.2 1.02 2.05 C 0.6 2.3 -0.6 2.3 -1.02 2.05 C -1.18 1.2 -0.96 0.5 -0.93 -0.2 Z",
            self.hair,
            1.0,
        )
    }

    fn shoulders(&self, c: &mut Canvas) -> Result<()> {
        c.fill("M -0.34 0.6 L -0.34 1.45 L -0.8 1.75 L 0 2.45 L 0.8 1.75 L 0.34 1.45 L 0.34 0.6 Z", self.skin, 1.0)?;
        c.fill(
            "M -0.34 0.72 C -0.2 1.2 0.2 1.2 0.34 0.72 L 0.34 1.0 C 0.2 1.45 -0.2 1.45 -0.34 1.0 Z",
            self.skin_shade,
            0.75,
        )?;
        c.fill(
            "M -2.25 6 C -2.35 2.6 -1.75 2.05 -0.62 1.62 C -0.4 2.1 -0.2 2.32 0 2.36 C 0.2 2.32 0.4 2.1 0.62 1.62 \
             C 1.75 2.05 2.35 2.6 2.25 6 Z",
            self.shirt,
            1.0,
        )?;
        c.stroke("M -0.62 1.62 C -0.4 2.1 -0.2 2.32 0 2.36 C 0.2 2.32 0.4 2.1 0.62 1.62", 0.13, self.collar, 1.0)?;
        c.stroke("M -1.45 3.1 C -1.42 3.6 -1.42 4.2 -1.45 6", 0.05, self.collar, 0.8)?;
        c.stroke("M 1.45 3.1 C 1.42 3.6 1.42 4.2 1.45 6", 0.05, self.collar, 0.8)
    }

    fn head(&self, c: &mut Canvas) -> Result<()> {
        for side in [-1.0, 1.0] {
            c.ellipse(0.74 * side, 0.0, 0.1, 0.19, self.skin, 1.0)?;
            c.ellipse(0.75 * side, 0.0, 0.05, 0.11, self.skin_shade, 0.6)?;
        }
        c.fill(
            "M -0.73 -0.25 C -0.75 -0.95 -0.45 -1.12 0 -1.12 C 0.45 -1.12 0.75 -0.95 0.73 -0.25 \
             C 0.72 0.3 0.5 1.0 0 1.0 C -0.5 1.0 -0.72 0.3 -0.73 -0.25 Z",
            self.skin,
            1.0,
        )?;
        // The side away from the window.
        c.fill(
            "M 0.73 -0.25 C 0.72 0.3 0.5 1.0 0 1.0 C 0.36 0.86 0.58 0.4 0.58 -0.1 C 0.58 -0.4 0.66 -0.5 0.72 -0.5 Z",
            self.skin_shade,
            0.45,
        )?;
        for side in [-1.0, 1.0] {
            c.ellipse(0.42 * side, 0.3, 0.17, 0.11, self.lips, 0.16)?;
        }
        Ok(())
    }

    fn eye(&self, c: &mut Canvas, side: f32) -> Result<()> {
        let x = |px: f32| px * side;
        let lid = format!("M {} -0.05 C {} -0.2 {} -0.2 {} -0.05", x(0.12), x(0.2), x(0.37), x(0.46));
        c.fill(&format!("{lid} C {} 0.05 {} 0.05 {} -0.05 Z", x(0.37), x(0.2), x(0.12)), 0x00fb_f8f4, 1.0)?;
        c.ellipse(x(0.29), -0.072, 0.082, 0.082, self.iris, 1.0)?;
        c.ellipse(x(0.29), -0.072, 0.04, 0.04, 0x0014_0e0c, 1.0)?;
        // The same window shines in both eyes.
        c.ellipse(x(0.29) - 0.028, -0.104, 0.02, 0.02, 0x00ff_ffff, 0.95)?;
        c.stroke(&lid, if self.long_hair { 0.045 } else { 0.03 }, 0x0026_1a17, 1.0)?;
        let brow = format!("M {} -0.27 C {} -0.36 {} -0.38 {} -0.28", x(0.12), x(0.24), x(0.4), x(0.51));
        c.stroke(&brow, 0.058, self.hair, 0.92)
    }

    fn nose_and_mouth(&self, c: &mut Canvas) -> Result<()> {
        c.stroke(
            "M 0.03 -0.04 C 0.06 0.12 0.13 0.2 0.11 0.28 C 0.06 0.34 -0.06 0.34 -0.1 0.28",
            0.03,
            self.skin_shade,
            0.95,
        )?;
        c.fill(
            "M -0.25 0.54 C -0.13 0.47 -0.05 0.46 0 0.49 C 0.05 0.46 0.13 0.47 0.25 0.54 C 0.12 0.7 -0.12 0.7 -0.25 0.54 Z",
            self.lips,
            1.0,
        )?;
        c.stroke("M -0.25 0.54 C -0.1 0.57 0.1 0.57 0.25 0.54", 0.02, 0x0050_201e, 0.7)?;
        c.stroke("M -0.09 0.74 C -0.03 0.76 0.03 0.76 0.09 0.74", 0.025, self.skin_shade, 0.6)
    }

    fn front_hair(&self, c: &mut Canvas) -> Result<()> {
        if self.long_hair {
            c.fill(
                "M 0.12 -1.2 C -0.55 -1.36 -1.0 -0.9 -0.9 0.05 C -0.86 0.5 -0.9 0.9 -1.0 1.3 C -0.7 1.0 -0.66 0.5 -0.7 0.1 \
                 C -0.72 -0.25 -0.6 -0.55 -0.35 -0.72 C -0.1 -0.86 0.06 -0.98 0.12 -1.2 Z",
                self.hair,
                1.0,
            )?;
            c.fill(
                "M 0.12 -1.2 C 0.2 -0.95 0.36 -0.8 0.5 -0.66 C 0.68 -0.46 0.72 -0.2 0.7 0.1 C 0.66 0.5 0.7 1.0 1.0 1.3 \
                 C 0.9 0.9 0.86 0.5 0.9 0.05 C 0.98 -0.9 0.6 -1.38 0.12 -1.2 Z",
                self.hair,
                1.0,
            )?;
            for strand in [
                "M -0.02 -1.16 C -0.45 -1.1 -0.78 -0.75 -0.8 -0.1",
                "M -0.2 -1.06 C -0.5 -0.92 -0.7 -0.6 -0.74 -0.15",
                "M 0.3 -1.1 C 0.6 -0.98 0.8 -0.7 0.82 -0.1",
                "M -0.86 0.5 C -0.86 0.9 -0.92 1.3 -0.95 1.7",
                "M 0.86 0.5 C 0.86 0.9 0.92 1.3 0.95 1.7",
            ] {
                c.stroke(strand, 0.03, self.hair_light, 0.8)?;
            }
            return Ok(());
        }
        c.fill(
            "M -0.78 -0.1 C -0.98 -1.25 -0.35 -1.45 0.1 -1.38 C 0.72 -1.4 0.96 -0.9 0.78 -0.1 C 0.74 -0.42 0.68 -0.6 0.56 -0.74 \
             C 0.25 -0.62 -0.3 -0.68 -0.52 -0.8 C -0.66 -0.62 -0.74 -0.42 -0.78 -0.1 Z",
            self.hair,
            1.0,
        )?;
        c.stroke("M -0.6 -1.0 C -0.3 -1.25 0.2 -1.25 0.55 -1.08", 0.04, self.hair_light, 0.8)?;
        c.stroke("M -0.5 -0.86 C -0.2 -1.05 0.25 -1.06 0.62 -0.9", 0.03, self.hair_light, 0.7)
    }

    fn beard(&self, c: &mut Canvas) -> Result<()> {
        c.fill(
            "M -0.74 -0.1 C -0.78 0.5 -0.52 1.14 0 1.16 C 0.52 1.14 0.78 0.5 0.74 -0.1 C 0.68 0.22 0.55 0.4 0.34 0.42 \
             C 0.12 0.34 -0.12 0.34 -0.34 0.42 C -0.55 0.4 -0.68 0.22 -0.74 -0.1 Z",
            self.hair,
            0.96,
        )?;
        c.stroke("M -0.4 0.95 C -0.2 1.05 0.2 1.05 0.4 0.95", 0.03, self.hair_light, 0.7)?;
        c.stroke("M -0.28 0.84 C -0.1 0.9 0.1 0.9 0.28 0.84", 0.03, self.hair_light, 0.5)
    }

    fn glasses(&self, c: &mut Canvas) -> Result<()> {
        for left in [-0.54, 0.08] {
            c.stroke(&round_rect(left, -0.24, 0.46, 0.34, 0.13), 0.045, 0x0022_2428, 1.0)?;
        }
        c.stroke("M -0.08 -0.12 C -0.03 -0.16 0.03 -0.16 0.08 -0.12", 0.045, 0x0022_2428, 1.0)?;
        c.stroke("M -0.54 -0.12 L -0.74 -0.08", 0.04, 0x0022_2428, 1.0)?;
        c.stroke("M 0.54 -0.12 L 0.74 -0.08", 0.04, 0x0022_2428, 1.0)
    }
}
