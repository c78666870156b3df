//! A sheet to draw on: shapes written as SVG path data, text, gradients, waves.
//!
//! Path data is the shortest readable form of a curve, and any drawing program reads it too.
//! *Invariant:* colours are `0xRRGGBB`; opacity is given apart, 0 to 1.

use anyhow::{Context as _, Result, bail};
use image::RgbImage;
use tiny_skia::{
    Color, ColorU8, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder, Pixmap,
    PixmapPaint, Point, Rect, Shader, SpreadMode, Stroke, Transform,
};

use super::letters::{Face, Letters};

pub(super) struct Canvas {
    pixmap: Pixmap,
    at: Transform,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32, ground: u32) -> Result<Self> {
        let mut pixmap = Pixmap::new(width, height).context("a canvas needs two sides")?;
        pixmap.fill(colour(ground, 1.0));
        Ok(Self { pixmap, at: Transform::identity() })
    }

    /// A sheet that begins as a picture.
    pub(super) fn of_picture(picture: &RgbImage) -> Result<Self> {
        let mut canvas = Self::new(picture.width(), picture.height(), 0)?;
        for (out, pixel) in canvas.pixmap.pixels_mut().iter_mut().zip(picture.pixels()) {
            let [r, g, b] = pixel.0;
            *out = ColorU8::from_rgba(r, g, b, 255).premultiply();
        }
        Ok(canvas)
    }

    /// From here on, drawing is scaled by `scale`, turned by `degrees` and moved so that the origin lies at `x`, `y`.
    pub(super) fn place(&mut self, x: f32, y: f32, scale: f32, degrees: f32) {
        self.at = Transform::from_scale(scale, scale).post_rotate(degrees).post_translate(x, y);
    }

    /// Back to plain pixels.
    pub(super) fn unplace(&mut self) {
        self.at = Transform::identity();
    }

    /// Fills the shape of some path data.
    pub(super) fn fill(&mut self, data: &str, rgb: u32, opacity: f32) -> Result<()> {
        self.fill_path(&path(data)?, &paint(rgb, opacity));
        Ok(())
    }

    /// Draws along some path data with a round pen.
    pub(super) fn stroke(&mut self, data: &str, width: f32, rgb: u32, opacity: f32) -> Result<()> {
        self.stroke_path(&path(data)?, width, rgb, opacity);
        Ok(())
    }

    pub(super) fn rect(&mut self, x: f32, y: f32, w: f32, h: f32, rgb: u32, opacity: f32) -> Result<()> {
        let rect = Rect::from_xywh(x, y, w, h).context("a rectangle needs two sides")?;
        self.fill_path(&PathBuilder::from_rect(rect), &paint(rgb, opacity));
        Ok(())
    }

    pub(super) fn round_rect(&mut self, x: f32, y: f32, w: f32, h: f32, r: f32, rgb: u32, opacity: f32) -> Result<()> {
        self.fill(&round_rect(x, y, w, h, r), rgb, opacity)
    }

    pub(super) fn ellipse(&mut self, x: f32, y: f32, rx: f32, ry: f32, rgb: u32, opacity: f32) -> Result<()> {
        let rect = Rect::from_xywh(x - rx, y - ry, 2.0 * rx, 2.0 * ry).context("an ellipse needs two radii")?;
        let oval = PathBuilder::from_oval(rect).context("an ellipse needs two radii")?;
        self.fill_path(&oval, &paint(rgb, opacity));
        Ok(())
    }

    /// A circle drawn with a thin pen.
    pub(super) fn ring(&mut self, x: f32, y: f32, r: f32, width: f32, rgb: u32, opacity: f32) -> Result<()> {
        let circle = PathBuilder::from_circle(x, y, r).context("a ring needs a radius")?;
        self.stroke_path(&circle, width, rgb, opacity);
        Ok(())
    }

    /// Lays another sheet on this one.
    pub(super) fn paste(&mut self, sheet: &Self, x: f32, y: f32) {
        let at = Transform::from_translate(x, y);
        self.pixmap.draw_pixmap(0, 0, sheet.pixmap.as_ref(), &PixmapPaint::default(), at, None);
    }

    /// Fills a rectangle from `from` at its upper left to `to` at its lower right.
    pub(super) fn gradient(&mut self, x: f32, y: f32, w: f32, h: f32, from: u32, to: u32) -> Result<()> {
        let stops = vec![GradientStop::new(0.0, colour(from, 1.0)), GradientStop::new(1.0, colour(to, 1.0))];
        let (start, end) = (Point::from_xy(x, y), Point::from_xy(x + w, y + h));
        let shader = LinearGradient::new(start, end, stops, SpreadMode::Pad, Transform::identity());
        let paint =
            Paint { shader: shader.context("a gradient needs a length")?, anti_alias: true, ..Paint::default() };
        let rect = Rect::from_xywh(x, y, w, h).context("a rectangle needs two sides")?;
        self.fill_path(&PathBuilder::from_rect(rect), &paint);
        Ok(())
    }

    /// Fine waves across a rectangle, as on banknotes: `lines` of them, each a little out of step with the last.
    pub(super) fn waves(&mut self, x: f32, y: f32, w: f32, h: f32, lines: u16, rgb: u32, opacity: f32) {
        for line in 0..lines {
            let part = f32::from(line) / f32::from(lines);
            let mut pen = PathBuilder::new();
            for step in 0..=120_u16 {
                let along = f32::from(step) / 120.0;
                let swing = (along * 19.0 + part * 9.0).sin() * 0.055 + (along * 7.0 - part * 14.0).sin() * 0.075;
                let (px, py) = (x + along * w, y + (part + swing).clamp(0.0, 1.0) * h);
                if step == 0 { pen.move_to(px, py) } else { pen.line_to(px, py) }
            }
            if let Some(path) = pen.finish() {
                self.stroke_path(&path, 1.1, rgb, opacity);
            }
        }
    }

    /// Writes one line with its baseline beginning at `x`, `y`; gives its width.
    pub(super) fn text(&mut self, letters: &Letters, text: &str, x: f32, y: f32, style: Style) -> f32 {
        let (outline, width) = letters.outline(text, style.face, style.size, style.spacing);
        if let Some(outline) = outline.and_then(|o| o.transform(Transform::from_translate(x, y))) {
            self.fill_path(&outline, &paint(style.rgb, style.opacity));
        }
        width
    }

    /// Writes one line so that its middle is at `x`.
    pub(super) fn text_centred(&mut self, letters: &Letters, text: &str, x: f32, y: f32, style: Style) {
        let (_, width) = letters.outline(text, style.face, style.size, style.spacing);
        self.text(letters, text, x - width / 2.0, y, style);
    }

    pub(super) fn into_picture(self) -> RgbImage {
        let (width, height) = (self.pixmap.width(), self.pixmap.height());
        RgbImage::from_fn(width, height, |x, y| {
            let c = self.pixmap.pixel(x, y).map(|c| c.demultiply());
            image::Rgb(c.map_or([0; 3], |c| [c.red(), c.green(), c.blue()]))
        })
    }

    fn fill_path(&mut self, path: &Path, paint: &Paint<'_>) {
        self.pixmap.fill_path(path, paint, FillRule::Winding, self.at, None);
    }

    fn stroke_path(&mut self, path: &Path, width: f32, rgb: u32, opacity: f32) {
        let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        self.pixmap.stroke_path(path, &paint(rgb, opacity), &stroke, self.at, None);
    }
}

/// How a line of text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    face: Face,
    size: f32,
    rgb: u32,
    opacity: f32,
    spacing: f32,
}

impl Style {
    pub(super) const fn new(face: Face, size: f32, rgb: u32) -> Self {
        Self { face, size, rgb, opacity: 1.0, spacing: 0.0 }
    }

    pub(super) const fn spaced(self, spacing: f32) -> Self {
        Self { spacing, ..self }
    }

    pub(super) const fn faint(self, opacity: f32) -> Self {
        Self { opacity, ..self }
    }
}

/// Path data of a rectangle with round corners.
pub(super) fn round_rect(x: f32, y: f32, w: f32, h: f32, r: f32) -> String {
    let (right, bottom) = (x + w, y + h);
    format!(
        "M {} {y} L {} {y} Q {right} {y} {right} {} L {right} {} Q {right} {bottom} {} {bottom} \
         L {} {bottom} Q {x} {bottom} {x} {} L {x} {} Q {x} {y} {} {y} Z",
        x + r,
        right - r,
        y + r,
        bottom - r,
        right - r,
        x + r,
        bottom - r,
        y + r,
        x + r,
    )
}

fn colour(rgb: u32, opacity: f32) -> Color {
    let [_, r, g, b] = rgb.to_be_bytes();
    let mut colour = Color::from_rgba8(r, g, b, 255);
    colour.apply_opacity(opacity);
    colour
}

fn paint(rgb: u32, opacity: f32) -> Paint<'static> {
    Paint { shader: Shader::SolidColor(colour(rgb, opacity)), anti_alias: true, ..Paint::default() }
}

/// Reads absolute `M L Q C Z` path data (SVG 2, section 9.3), numbers apart by spaces or commas.
fn path(data: &str) -> Result<Path> {
    let mut pen = PathBuilder::new();
    let mut words = data.split([' ', ',']).filter(|w| !w.is_empty());
    while let Some(command) = words.next() {
        let mut number = || -> Result<f32> {
            let word = words.next().with_context(|| format!("path data ends after {command}"))?;
            word.parse().with_context(|| format!("expected a number after {command}, got {word}"))
        };
        match command {
            "M" => pen.move_to(number()?, number()?),
            "L" => pen.line_to(number()?, number()?),
            "Q" => pen.quad_to(number()?, number()?, number()?, number()?),
            "C" => pen.cubic_to(number()?, number()?, number()?, number()?, number()?, number()?),
            "Z" => pen.close(),
            _ => bail!("expected one of M L Q C Z in path data, got {command}"),
        }
    }
    pen.finish().context("path data draws nothing")
}
