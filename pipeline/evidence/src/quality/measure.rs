//! The measures themselves: pure functions of the grey copy, integers throughout.

use crate::Grey;

/// Side of the tiles that sharpness is measured in.
const TILE_PX: usize = 64;
/// A tile whose mean step between neighbours is below this (in thousandths of a grey level) shows nothing to judge.
const TILE_CONTRAST_MIN: i64 = 1500;
/// Half the width of the box that stands for "a slight blur".
const BLUR_RADIUS_PX: usize = 4;

/// How sharp the sharper part of the picture is: 0 to 1000.
///
/// After Crete, Dolmiere, Ladret, Nicolas, *The blur effect* (2007): blur the picture once more and see how much of the
/// steps between neighbours is lost. A sharp picture loses much, a blurred one has little left to lose. It is a ratio,
/// so it does not depend on contrast; taken tile by tile, so that an empty wall or a soft background says nothing. Of
/// the tiles with contrast the upper quartile counts: a document has sharp tiles if the lens was sharp anywhere.
pub(super) fn sharpness(grey: &Grey) -> i64 {
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let mut scores = Vec::new();
    for top in (0..height).step_by(TILE_PX) {
        for left in (0..width).step_by(TILE_PX) {
            let tile = Tile { left, top, right: (left + TILE_PX).min(width), bottom: (top + TILE_PX).min(height) };
            scores.extend(tile.sharpness(grey.pixels(), width, height));
        }
    }
    scores.sort_unstable();
    scores.get(scores.len() * 3 / 4).copied().unwrap_or(0)
}

struct Tile {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Tile {
    /// The lesser of the sharpness along rows and along columns (a shaken camera blurs one way only), or nothing for a
    /// tile without contrast.
    fn sharpness(&self, pixels: &[u8], width: usize, height: usize) -> Option<i64> {
        let rows = (self.top..self.bottom).map(|y| Line { start: y * width, step: 1, len: width });
        let along_rows = Steps::sum(pixels, rows, self.left..self.right);
        let columns = (self.left..self.right).map(|x| Line { start: x, step: width, len: height });
        let along_columns = Steps::sum(pixels, columns, self.top..self.bottom);
        let both: Vec<i64> = [along_rows, along_columns].iter().filter_map(Steps::sharpness).collect();
        both.into_iter().min()
    }
}

/// One row or column of the picture.
struct Line {
    start: usize,
    step: usize,
    len: usize,
}

/// Steps between neighbours, and what a slight blur takes away of them.
#[derive(Default)]
struct Steps {
    count: i64,
    total: i64,
    lost: i64,
}

impl Steps {
    fn sum(pixels: &[u8], lines: impl Iterator<Item = Line>, range: std::ops::Range<usize>) -> Self {
        let mut steps = Self::default();
        let box_len = (2 * BLUR_RADIUS_PX + 1) as i64;
        for line in lines {
            let at = |i: usize| pixels.get(line.start + i * line.step).copied().map_or(0, i64::from);
            // Only where the whole box lies inside the picture.
            let from = range.start.max(BLUR_RADIUS_PX + 1);
            let to = range.end.min(line.len.saturating_sub(BLUR_RADIUS_PX));
            for i in from..to {
                let step = (at(i) - at(i - 1)).abs();
                // Two boxes shifted by one differ by what enters and what leaves.
                let blurred = (at(i + BLUR_RADIUS_PX) - at(i - 1 - BLUR_RADIUS_PX)).abs();
                steps.count += 1;
                steps.total += box_len * step;
                steps.lost += (box_len * step - blurred).max(0);
            }
        }
        steps
    }

    fn sharpness(&self) -> Option<i64> {
        let contrast = 1000 * self.total / (2 * BLUR_RADIUS_PX as i64 + 1) / self.count.max(1);
        (contrast >= TILE_CONTRAST_MIN).then(|| 1000 * self.lost / self.total.max(1))
    }
}

/// How light the lightest and how dark the darkest parts are.
pub(super) struct Light {
    /// The level that a tenth of the pixels reach, 0 black to 1000 white.
    pub(super) highlights: i64,
    /// The level that a fiftieth of the pixels fall to, 0 white to 1000 black.
    pub(super) shadows: i64,
}

/// Parts, not the mean: a bright page on a black table is well lit, and a white page with print is not overexposed.
pub(super) fn light(grey: &Grey) -> Light {
    let mut histogram = [0_usize; 256];
    for &level in grey.pixels() {
        histogram[usize::from(level)] += 1;
    }
    let total = grey.pixels().len();
    let level_of = |share: usize| {
        let mut seen = 0;
        let at = histogram.iter().position(|n| {
            seen += n;
            1000 * seen >= share * total
        });
        at.map_or(0, |level| level as i64 * 1000 / 255)
    };
    Light { highlights: level_of(900), shadows: 1000 - level_of(20) }
}

/// Side of the cells that glare is looked for in.
const CELL_PX: usize = 8;
/// From this level on a pixel is blown out.
const BLOWN: u8 = 250;

/// Share of the picture outside the largest blown-out patch: 0 to 1000.
///
/// A reflection is a patch of pure white inside the picture, with a soft edge. White that touches the border of the
/// picture is background: scanned pages and light tables are not glare.
pub(super) fn unhidden(grey: &Grey) -> i64 {
    let (columns, rows) = (grey.width() as usize / CELL_PX, grey.height() as usize / CELL_PX);
    let mut blown: Vec<bool> = (0..rows * columns).map(|i| is_blown(grey, i % columns, i / columns)).collect();
    let mut largest = 0;
    for start in 0..blown.len() {
        let patch = take_patch(&mut blown, start, columns);
        let touches_border = patch
            .iter()
            .any(|&i| i % columns == 0 || i % columns == columns - 1 || i / columns == 0 || i / columns == rows - 1);
        if !touches_border {
            largest = largest.max(patch.len());
        }
    }
    1000 - (1000 * largest / (rows * columns).max(1)) as i64
}

/// A cell is blown out when nine tenths of its pixels are.
fn is_blown(grey: &Grey, column: usize, row: usize) -> bool {
    let width = grey.width() as usize;
    let line = |y: usize| &grey.pixels()[y * width + column * CELL_PX..][..CELL_PX];
    let blown = (row * CELL_PX..(row + 1) * CELL_PX).flat_map(line).filter(|&&level| level >= BLOWN).count();
    10 * blown >= 9 * CELL_PX * CELL_PX
}

/// Takes the connected patch around `start` out of the map and returns its cells.
fn take_patch(blown: &mut [bool], start: usize, columns: usize) -> Vec<usize> {
    let mut patch = Vec::new();
    let mut open = vec![start];
    while let Some(cell) = open.pop() {
        if !std::mem::replace(&mut blown[cell], false) {
            continue;
        }
        patch.push(cell);
        let (column, row) = (cell % columns, cell / columns);
        open.extend((column > 0).then(|| cell - 1));
        open.extend((column + 1 < columns).then_some(cell + 1));
        open.extend((row > 0).then(|| cell - columns));
        open.extend((cell + columns < blown.len()).then_some(cell + columns));
    }
    patch
}
