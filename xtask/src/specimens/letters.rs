//! Letters as outlines, from a free font found on the machine.
//!
//! The font is not kept in the repository; the folder is named by a variable, because where Debian, Fedora or macOS
//! put it differs and no machine's path belongs in code.

use std::path::Path;

use ab_glyph::{Font as _, FontVec, OutlineCurve, ScaleFont as _};
use anyhow::{Context as _, Result};
use tiny_skia::{Path as Outline, PathBuilder};

/// Names the folder that holds `DejaVuSans.ttf`, `DejaVuSans-Bold.ttf` and `DejaVuSansMono.ttf`.
const FOLDER: &str = "PORTICO_SPECIMEN_FONTS";

/// Which cut of the font.
#[derive(Clone, Copy)]
pub(super) enum Face {
    Plain,
    Bold,
    /// Stands in for OCR-B in the machine readable zone.
    Mono,
}

pub(super) struct Letters {
    plain: FontVec,
    bold: FontVec,
    mono: FontVec,
}

impl Letters {
    pub(super) fn load() -> Result<Self> {
        let folder = std::env::var_os(FOLDER).with_context(|| {
            format!(
                "set {FOLDER} to the folder that holds DejaVuSans.ttf, DejaVuSans-Bold.ttf and DejaVuSansMono.ttf \
                 (Debian: `apt-get install fonts-dejavu-core`, then `dpkg -L fonts-dejavu-core` shows the folder)"
            )
        })?;
        let load = |name: &str| {
            let path = Path::new(&folder).join(name);
            let bytes = std::fs::read(&path).with_context(|| format!("{FOLDER} holds no readable {name}"))?;
            FontVec::try_from_vec(bytes).with_context(|| format!("{name} is not a TrueType font"))
        };
        Ok(Self {
            plain: load("DejaVuSans.ttf")?,
            bold: load("DejaVuSans-Bold.ttf")?,
            mono: load("DejaVuSansMono.ttf")?,
        })
    }

    /// The outline of one line of text, its baseline beginning at the origin, `spacing` pixels between letters; and its width.
    pub(super) fn outline(&self, text: &str, face: Face, size: f32, spacing: f32) -> (Option<Outline>, f32) {
        let font = match face {
            Face::Plain => &self.plain,
            Face::Bold => &self.bold,
            Face::Mono => &self.mono,
        };
        let per_unit = size / font.units_per_em().unwrap_or(1000.0);
        let scaled = font.as_scaled(size * font.height_unscaled() / font.units_per_em().unwrap_or(1000.0));
        let mut pen = PathBuilder::new();
        let mut x = 0.0;
        for letter in text.chars() {
            let glyph = font.glyph_id(letter);
            if let Some(outline) = font.outline(glyph) {
                trace(&mut pen, &outline.curves, x, per_unit);
            }
            x += scaled.h_advance(glyph) + spacing;
        }
        (pen.finish(), x - spacing)
    }
}

fn trace(pen: &mut PathBuilder, curves: &[OutlineCurve], x: f32, scale: f32) {
    let at = |p: ab_glyph::Point| (x + p.x * scale, -p.y * scale);
    let mut last = None;
    for curve in curves {
        let (from, to) = match curve {
            OutlineCurve::Line(a, b) | OutlineCurve::Quad(a, _, b) | OutlineCurve::Cubic(a, _, _, b) => {
                (at(*a), at(*b))
            }
        };
        // A new contour begins wherever a curve does not go on from the last one.
        if last != Some(from) {
            if last.is_some() {
                pen.close();
            }
            pen.move_to(from.0, from.1);
        }
        match curve {
            OutlineCurve::Line(..) => pen.line_to(to.0, to.1),
            OutlineCurve::Quad(_, c, _) => pen.quad_to(at(*c).0, at(*c).1, to.0, to.1),
            OutlineCurve::Cubic(_, c, d, _) => pen.cubic_to(at(*c).0, at(*c).1, at(*d).0, at(*d).1, to.0, to.1),
        }
        last = Some(to);
    }
    pen.close();
}
