//! JPEG: markers and segments of ITU-T T.81, annex B.
//!
//! *Invariant:* accepted files have a frame, at least one scan and an end-of-image marker after the last scan; every
//! baseline scan holds all of its blocks. What our decoder would get wrong
//! without a word is refused here by name.

mod entropy;

use entropy::{Part, Table};

use super::{Cursor, Shape};
use crate::exif::Exif;
use crate::{Kind, Limits, Refusal};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DHT: u8 = 0xc4;
const DRI: u8 = 0xdd;
const APP1: u8 = 0xe1;

pub(super) fn walk(bytes: &[u8], limits: &Limits) -> Result<Shape, Refusal> {
    let mut cursor = Cursor::new(bytes, 2);
    let mut jpeg = Jpeg::default();
    loop {
        match cursor.marker().ok_or(incomplete("the file ends before the picture does"))? {
            EOI => return jpeg.shape(),
            SOI => return Err(incomplete("a second picture starts inside the first")),
            // Markers that stand alone, without a segment (TEM, and restarts where none belong).
            0x01 | 0xd0..=0xd7 => {}
            SOS => jpeg.scan(&mut cursor, limits)?,
            marker => jpeg.segment(marker, cursor.segment().ok_or(incomplete("the file ends inside a header"))?)?,
        }
    }
}

const fn incomplete(what: &'static str) -> Refusal {
    Refusal::Incomplete { kind: Kind::Jpeg, what }
}

const fn variant(variant: &'static str) -> Refusal {
    Refusal::UnsupportedVariant { kind: Kind::Jpeg, variant }
}

/// The frame header (T.81, B.2.2).
struct Frame {
    width: u32,
    height: u32,
    progressive: bool,
    /// Id and sampling factors of each component.
    components: Vec<(u8, u32, u32)>,
}

impl Frame {
    fn read(marker: u8, body: &[u8]) -> Result<Self, Refusal> {
        let &[precision, h1, h0, w1, w0, components, ref specs @ ..] = body else {
            return Err(incomplete("the frame header is cut short"));
        };
        if marker > 0xc2 {
            return Err(variant("lossless, hierarchical or arithmetic coding"));
        }
        if precision != 8 {
            return Err(variant("more than 8 bits a sample"));
        }
        let (width, height) = (u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0])));
        if width == 0 || height == 0 {
            return Err(variant("sides that are not in the header"));
        }
        let components = usize::from(components);
        if !matches!(components, 1 | 3 | 4) || specs.len() < 3 * components {
            return Err(incomplete("the frame header is cut short"));
        }
        let component = |spec: &[u8]| (spec[0], u32::from(spec[1] >> 4), u32::from(spec[1] & 15));
        let components: Vec<_> = specs.chunks_exact(3).take(components).map(component).collect();
        if components.iter().any(|&(_, h, v)| !(1..=4).contains(&h) || !(1..=4).contains(&v)) {
            return Err(incomplete("the frame header is damaged"));
        }
        Ok(Self { width, height, progressive: marker == 0xc2, components })
    }

    /// Units of a scan that holds every component: as many pixels as the finest sampling needs (T.81, A.2).
    fn units(&self) -> u64 {
        let finest = |side: fn(&(u8, u32, u32)) -> u32| self.components.iter().map(side).max().unwrap_or(1);
        let (h, v) = if self.components.len() == 1 { (1, 1) } else { (finest(|c| c.1), finest(|c| c.2)) };
        u64::from(self.width.div_ceil(8 * h)) * u64::from(self.height.div_ceil(8 * v))
    }

    /// Blocks of one component in such a unit.
    fn blocks(&self, id: u8) -> Option<u32> {
        let &(_, h, v) = self.components.iter().find(|c| c.0 == id)?;
        Some(if self.components.len() == 1 { 1 } else { h * v })
    }
}

#[derive(Default)]
struct Jpeg {
    frame: Option<Frame>,
    exif: Option<Exif>,
    /// By class (DC, AC) and place.
    tables: [[Option<Table>; 4]; 2],
    restart_interval: u64,
    scans: usize,
}

impl Jpeg {
    fn segment(&mut self, marker: u8, body: &[u8]) -> Result<(), Refusal> {
        match marker {
            // C4, C8 and CC are tables and reserved, all others of this row are frames.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let earlier = self.frame.replace(Frame::read(marker, body)?);
                return earlier.map_or(Ok(()), |_| Err(incomplete("there are two frame headers")));
            }
            DHT => {
                for (class, place, table) in Table::read_all(body).ok_or(incomplete("a code table is damaged"))? {
                    self.tables[class][place] = Some(table);
                }
            }
            DRI => self.restart_interval = body.first_chunk().map_or(0, |i| u64::from(u16::from_be_bytes(*i))),
            APP1 if self.exif.is_none() => self.exif = body.strip_prefix(b"Exif\0\0").map(Exif::read),
            _ => {}
        }
        Ok(())
    }

    fn scan(&mut self, cursor: &mut Cursor<'_>, limits: &Limits) -> Result<(), Refusal> {
        let frame = self.frame.as_ref().ok_or(incomplete("a scan comes before the frame header"))?;
        let header = cursor.segment().ok_or(incomplete("the file ends inside a header"))?;
        self.scans += 1;
        if self.scans > limits.jpeg_scans {
            return Err(Refusal::TooManyScans { limit: limits.jpeg_scans });
        }
        let data = cursor.entropy_coded().ok_or(incomplete("the file ends inside a scan"))?;
        if frame.progressive {
            // Its scans refine one another; that they are whole rests on the end marker.
            return Ok(());
        }
        if header.first().copied().map(usize::from) != Some(frame.components.len()) {
            // zune-jpeg 0.5.15 takes these and draws stripes when colour is subsampled; no phone makes them.
            return Err(variant("each colour in a scan of its own"));
        }
        let parts = self.parts(frame, header).ok_or(incomplete("a scan names tables that are not there"))?;
        if entropy::is_whole(data, frame.units(), self.restart_interval, &parts) {
            Ok(())
        } else {
            Err(incomplete("blocks are missing from a scan"))
        }
    }

    /// The components of a scan in their order, from its header: count, then id and tables of each (T.81, B.2.3).
    fn parts(&self, frame: &Frame, header: &[u8]) -> Option<Vec<Part<'_>>> {
        let table = |class: usize, place: u8| self.tables[class].get(usize::from(place))?.as_ref();
        let specs = header.get(1..=2 * frame.components.len())?.chunks_exact(2);
        let part = |spec: &[u8]| {
            let (dc, ac) = (table(0, spec[1] >> 4)?, table(1, spec[1] & 15)?);
            Some(Part { dc, ac, blocks: frame.blocks(spec[0])? })
        };
        specs.map(part).collect()
    }

    fn shape(&self) -> Result<Shape, Refusal> {
        match &self.frame {
            Some(frame) if self.scans > 0 => {
                Ok(Shape { width: frame.width, height: frame.height, progressive: frame.progressive, exif: self.exif })
            }
            _ => Err(incomplete("there is no picture before the end marker")),
        }
    }
}

impl<'a> Cursor<'a> {
    /// The next marker's code, past fill bytes. Stray bytes between segments are skipped, as every decoder does.
    fn marker(&mut self) -> Option<u8> {
        loop {
            let gap = self.bytes.get(self.at..)?.iter().position(|&b| b == 0xff)?;
            self.at += gap + 1;
            let fill = self.bytes.get(self.at..)?.iter().position(|&b| b != 0xff)?;
            self.at += fill;
            match self.byte()? {
                0x00 => {}
                code => return Some(code),
            }
        }
    }

    /// The body of a segment whose two length bytes come next and count themselves.
    fn segment(&mut self) -> Option<&'a [u8]> {
        let len = usize::from(u16::from_be_bytes(self.array()?));
        self.take(len.checked_sub(2)?)
    }

    /// The coded data up to the next marker that is neither a stuffed byte nor a restart (T.81, B.1.1.5).
    fn entropy_coded(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        loop {
            self.at += self.bytes.get(self.at..)?.iter().position(|&b| b == 0xff)?;
            match *self.bytes.get(self.at + 1)? {
                0x00 | 0xd0..=0xd7 => self.at += 2,
                0xff => self.at += 1,
                _ => return self.bytes.get(start..self.at),
            }
        }
    }
}
