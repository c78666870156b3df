//! The camera: lays a flat drawing into a scene in perspective, and the ways a photograph goes wrong.

use anyhow::Result;
use image::{Rgb, RgbImage, imageops};

use super::canvas::{Canvas, round_rect};

/// Sides of a photo of a document.
const PHOTO: (u32, u32) = (1200, 850);

/// What the document lies on.
#[derive(Clone, Copy)]
pub(super) enum Scene {
    Table,
    /// It does not lie at all: it is shown on a monitor.
    Screen,
}

/// Where the corners of the flat drawing come to lie: upper left, upper right, lower right, lower left.
#[derive(Clone, Copy)]
pub(super) struct Pose([(f32, f32); 4]);

impl Pose {
    pub(super) const GOOD: Self = Self([(96.0, 62.0), (1110.0, 80.0), (1128.0, 790.0), (74.0, 776.0)]);
    pub(super) const CUT_OFF: Self = Self([(-330.0, -60.0), (950.0, 120.0), (880.0, 1010.0), (-400.0, 830.0)]);
    pub(super) const ON_SCREEN: Self = Self([(176.0, 128.0), (1030.0, 108.0), (1044.0, 716.0), (168.0, 706.0)]);
    pub(super) const UPRIGHT: Self = Self([(330.0, 36.0), (868.0, 46.0), (884.0, 814.0), (316.0, 806.0)]);
    pub(super) const CARD: Self = Self([(98.0, 92.0), (1096.0, 78.0), (1114.0, 736.0), (86.0, 758.0)]);
}

/// Takes the photo.
pub(super) fn shoot(flat: &RgbImage, scene: Scene, pose: Pose) -> Result<RgbImage> {
    let ground = match scene {
        Scene::Table => soften(&table(pose)?, 7.0),
        Scene::Screen => soften(&monitor()?, 1.5),
    };
    let view = View::new(pose, flat.dimensions());
    let mut photo = RgbImage::from_fn(PHOTO.0, PHOTO.1, |x, y| {
        let under = ground.get_pixel(x, y).0.map(f32::from);
        let seen = view.mean(flat, x as f32, y as f32, under);
        Rgb(seen.map(|v| v.round() as u8))
    });
    if matches!(scene, Scene::Screen) {
        photo = with_moire(&photo, &view);
    }
    Ok(grain(&evening_light(&photo), 2))
}

/// A wooden table with the shadow of what lies on it.
fn table(pose: Pose) -> Result<RgbImage> {
    let mut c = Canvas::new(PHOTO.0, PHOTO.1, 0x008a_6a4f)?;
    c.gradient(0.0, 0.0, 1200.0, 850.0, 0x00a8_8465, 0x0070_533d)?;
    c.waves(-40.0, -100.0, 1280.0, 1050.0, 60, 0x005c_4230, 0.4);
    for plank in [210.0, 470.0, 690.0] {
        c.rect(0.0, plank, 1200.0, 4.0, 0x0046_3122, 0.8)?;
    }
    let [a, b, d, e] = pose.0.map(|(x, y)| (x + 9.0, y + 15.0));
    let quad = format!("M {} {} L {} {} L {} {} L {} {} Z", a.0, a.1, b.0, b.1, d.0, d.1, e.0, e.1);
    c.fill(&quad, 0x001c_120b, 0.6)?;
    Ok(c.into_picture())
}

/// A monitor that shows the document in a window of some viewer.
fn monitor() -> Result<RgbImage> {
    let mut c = Canvas::new(PHOTO.0, PHOTO.1, 0x0014_1517)?;
    c.gradient(0.0, 0.0, 1200.0, 850.0, 0x0022_2427, 0x000b_0c0d)?;
    c.fill("M 74 30 L 1132 14 L 1150 800 L 62 790 Z", 0x004a_5563, 1.0)?;
    c.fill("M 74 30 L 1132 14 L 1134 66 L 73 80 Z", 0x00d5_dae0, 1.0)?;
    for (i, rgb) in [0x00d8_6a5c, 0x00d9_b45f, 0x0068_a874].into_iter().enumerate() {
        c.ellipse(112.0 + 36.0 * i as f32, 54.0 - 0.4 * i as f32, 11.0, 11.0, rgb, 1.0)?;
    }
    c.fill(&round_rect(470.0, 806.0, 240.0, 44.0, 8.0), 0x0019_1a1c, 1.0)?;
    Ok(c.into_picture())
}

/// The plane projection that carries photo pixels to the flat drawing.
struct View {
    /// Row-major 3 x 3, from photo to drawing.
    back: [f32; 9],
    sides: (f32, f32),
}

impl View {
    /// Heckbert, *Fundamentals of Texture Mapping and Image Warping* (1989), section 2.2.3: unit square to quadrilateral,
    /// then its adjoint for the way back.
    fn new(Pose([p0, p1, p2, p3]): Pose, (width, height): (u32, u32)) -> Self {
        let (dx1, dx2, dx3) = (p1.0 - p2.0, p3.0 - p2.0, p0.0 - p1.0 + p2.0 - p3.0);
        let (dy1, dy2, dy3) = (p1.1 - p2.1, p3.1 - p2.1, p0.1 - p1.1 + p2.1 - p3.1);
        let det = dx1 * dy2 - dx2 * dy1;
        let g = (dx3 * dy2 - dx2 * dy3) / det;
        let h = (dx1 * dy3 - dx3 * dy1) / det;
        let (a, b, c) = (p1.0 - p0.0 + g * p1.0, p3.0 - p0.0 + h * p3.0, p0.0);
        let (d, e, f) = (p1.1 - p0.1 + g * p1.1, p3.1 - p0.1 + h * p3.1, p0.1);
        let back = [
            e - f * h,
            c * h - b,
            b * f - c * e,
            f * g - d,
            a - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ];
        Self { back, sides: (width as f32, height as f32) }
    }

    /// Where a photo point lies on the drawing, in its pixels.
    fn find(&self, x: f32, y: f32) -> (f32, f32) {
        let m = &self.back;
        let w = m[6] * x + m[7] * y + m[8];
        let (u, v) = ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w);
        (u * self.sides.0, v * self.sides.1)
    }

    /// The mean of sixteen points of one photo pixel: smooth edges without a filter.
    fn mean(&self, flat: &RgbImage, x: f32, y: f32, under: [f32; 3]) -> [f32; 3] {
        let mut sum = [0.0; 3];
        for step in 0..16_u8 {
            let (dx, dy) = (f32::from(step % 4) / 4.0 + 0.125, f32::from(step / 4) / 4.0 + 0.125);
            let (u, v) = self.find(x + dx, y + dy);
            let inside = u >= 0.0 && v >= 0.0 && u < self.sides.0 && v < self.sides.1;
            let point = if inside { flat.get_pixel(u as u32, v as u32).0.map(f32::from) } else { under };
            sum.iter_mut().zip(point).for_each(|(s, p)| *s += p / 16.0);
        }
        sum
    }
}

/// A soft fall of light from the upper left.
fn evening_light(photo: &RgbImage) -> RgbImage {
    each(photo, |x, y, [r, g, b]| {
        let away = ((x - 0.3) * (x - 0.3) + (y - 0.2) * (y - 0.2)).sqrt();
        let light = 1.03 - 0.2 * away * away;
        [r * light, g * light, b * light * 0.985]
    })
}

/// The lens was set to another distance.
pub(super) fn out_of_focus(photo: &RgbImage) -> RgbImage {
    grain(&soften(photo, 5.0), 2)
}

/// A lamp mirrored in the laminate.
pub(super) fn with_glare(photo: &RgbImage) -> RgbImage {
    each(photo, |x, y, rgb| {
        let lamp = |cx: f32, cy: f32, rx: f32, ry: f32| {
            let (dx, dy) = ((x - cx) * 0.94 + (y - cy) * 0.34, (y - cy) * 0.94 - (x - cx) * 0.34);
            let away = ((dx / rx).powi(2) + (dy / ry).powi(2)).sqrt();
            (1.9 - 0.9 * away).clamp(0.0, 1.0).powi(2)
        };
        let veil = lamp(0.56, 0.45, 0.15, 0.11).max(lamp(0.8, 0.3, 0.04, 0.03));
        rgb.map(|v| v + (262.0 - v) * veil)
    })
}

/// The lamp was off.
pub(super) fn too_dark(photo: &RgbImage) -> RgbImage {
    grain(&each(photo, |_, _, [r, g, b]| [r * 0.19, g * 0.185, b * 0.2]), 3)
}

/// The sun was in the picture: everything washes out.
pub(super) fn too_bright(photo: &RgbImage) -> RgbImage {
    each(photo, |_, _, rgb| rgb.map(|v| 224.0 + v * 0.16))
}

/// Forwarded so often that little is left.
pub(super) fn too_small(photo: &RgbImage) -> RgbImage {
    imageops::resize(photo, 360, 255, imageops::FilterType::Lanczos3)
}

/// Rows and columns of a monitor's pixels beat against those of the camera: wide coloured bands.
fn with_moire(photo: &RgbImage, view: &View) -> RgbImage {
    let mut out = photo.clone();
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let (u, v) = view.find(x as f32, y as f32);
        if u < 0.0 || v < 0.0 || u >= view.sides.0 || v >= view.sides.1 {
            continue;
        }
        let grid = (u * 2.04).sin() * (v * 2.11).sin();
        let tints = [0.0, 2.1, 4.2];
        for (channel, tint) in pixel.0.iter_mut().zip(tints) {
            let band = (u * 0.031 + v * 0.012 + 1.8 * (v * 0.006).sin() + tint).sin();
            let level = f32::from(*channel) * (0.9 + 0.07 * band + 0.07 * grid) + if tint > 4.0 { 12.0 } else { 0.0 };
            *channel = level.clamp(0.0, 255.0) as u8;
        }
    }
    each(&out, |x, y, rgb| {
        let streak = (1.0 - ((x + 0.35 * y - 0.95) / 0.07).abs()).clamp(0.0, 1.0) * 0.16;
        rgb.map(|v| v + (245.0 - v) * streak)
    })
}

/// Gaussian softness.
pub(super) fn soften(photo: &RgbImage, sigma_px: f32) -> RgbImage {
    imageops::blur(photo, sigma_px)
}

/// Sensor noise of at most `level` either way, the same for every colour and every run.
pub(super) fn grain(photo: &RgbImage, level: u32) -> RgbImage {
    let mut out = photo.clone();
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        // A multiplicative hash of the place: noise that needs no generator.
        let mut hash = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca6b);
        hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
        hash ^= hash >> 12;
        let noise = (hash % (2 * level + 1)) as i32 - level as i32;
        pixel.0 = pixel.0.map(|v| (i32::from(v) + noise).clamp(0, 255) as u8);
    }
    out
}

/// Applies `f` to every pixel; places run from 0 to 1.
fn each(photo: &RgbImage, f: impl Fn(f32, f32, [f32; 3]) -> [f32; 3]) -> RgbImage {
    let (width, height) = (photo.width() as f32, photo.height() as f32);
    RgbImage::from_fn(photo.width(), photo.height(), |x, y| {
        let rgb = f(x as f32 / width, y as f32 / height, photo.get_pixel(x, y).0.map(f32::from));
        Rgb(rgb.map(|v| v.round().clamp(0.0, 255.0) as u8))
    })
}
