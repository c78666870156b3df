//! Counts the blocks of a baseline scan, without making pixels of them (ITU-T T.81, annexes C and F).
//!
//! Decoders fill up what is missing with grey and say nothing, in their strict modes too, so a download that lost its
//! second half and got an end marker passes them. Only reading the Huffman codes tells that every block is there.
//! *Invariant:* reads each bit once; no code leads out of the data.

/// Codes of one Huffman table, looked up by the next sixteen bits: length in the high byte, symbol in the low one.
pub(super) struct Table(Vec<u16>);

impl Table {
    /// Takes the tables of one `DHT` segment: class (0 DC, 1 AC), place, codes.
    pub(super) fn read_all(mut body: &[u8]) -> Option<Vec<(usize, usize, Self)>> {
        let mut tables = Vec::new();
        while let [place, rest @ ..] = body {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let symbols = rest.get(..counts.iter().map(|&n| usize::from(n)).sum())?;
            tables.push((usize::from(place >> 4 & 1), usize::from(place & 3), Self::build(counts, symbols)?));
            body = rest.get(symbols.len()..)?;
        }
        Some(tables)
    }

    /// Codes of each length are consecutive numbers (T.81, C.2), so in order they tile the range of sixteen bits.
    fn build(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut lookup = Vec::with_capacity(1 << 16);
        let lengths = (1..=16_u16).zip(counts).flat_map(|(len, &n)| std::iter::repeat_n(len, usize::from(n)));
        for (len, &symbol) in lengths.zip(symbols) {
            lookup.extend(std::iter::repeat_n(len << 8 | u16::from(symbol), 1 << (16 - len)));
        }
        let complete = lookup.len() <= 1 << 16;
        lookup.resize(1 << 16, 0);
        complete.then_some(Self(lookup))
    }
}

/// One component of a scan: its tables, and how many of its blocks a unit holds.
pub(super) struct Part<'a> {
    pub(super) dc: &'a Table,
    pub(super) ac: &'a Table,
    pub(super) blocks: u32,
}

/// Whether `data` holds `units` units of these parts, with restart markers every `interval` units (0: none).
pub(super) fn is_whole(data: &[u8], units: u64, interval: u64, parts: &[Part<'_>]) -> bool {
    let mut left = units;
    for run in Runs(Some(data)) {
        let now = if interval == 0 { left } else { left.min(interval) };
        let mut bits = Bits { data: run, at: 0, held: 0, count: 0 };
        if (0..now).any(|_| bits.unit(parts).is_none()) {
            return false;
        }
        left -= now;
    }
    left == 0
}

/// The runs of data between restart markers.
struct Runs<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Runs<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let data = self.0?;
        let marker = data.windows(2).position(|pair| matches!(pair, [0xff, 0xd0..=0xd7]));
        self.0 = marker.map(|at| &data[at + 2..]);
        Some(marker.map_or(data, |at| &data[..at]))
    }
}

struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    /// Bits in `held`, the last ones being next; may not fall below zero.
    count: u32,
}

impl Bits<'_> {
    fn unit(&mut self, parts: &[Part<'_>]) -> Option<()> {
        for part in parts {
            for _ in 0..part.blocks {
                self.block(part)?;
            }
        }
        Some(())
    }

    /// One difference of the mean, then runs of zeros and values up to the 64th coefficient or the end of block.
    fn block(&mut self, part: &Part<'_>) -> Option<()> {
        let size = self.symbol(part.dc)?;
        self.skip(u32::from(size & 15))?;
        let mut coefficient = 1;
        while coefficient < 64 {
            let symbol = self.symbol(part.ac)?;
            let (zeros, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            match (zeros, size) {
                (15, 0) => coefficient += 16,
                (_, 0) => return Some(()),
                _ => coefficient += zeros + 1,
            }
            self.skip(size)?;
        }
        (coefficient == 64).then_some(())
    }

    fn symbol(&mut self, table: &Table) -> Option<u8> {
        self.fill();
        // Past the end the code is looked up among zeros; `skip` then finds too few bits held.
        let next = if self.count >= 16 { self.held >> (self.count - 16) } else { self.held << (16 - self.count) };
        let [length, symbol] = table.0.get(next as usize & 0xffff)?.to_be_bytes();
        (length > 0).then_some(())?;
        self.skip(u32::from(length))?;
        Some(symbol)
    }

    fn skip(&mut self, bits: u32) -> Option<()> {
        if self.count < bits {
            self.fill();
        }
        self.count = self.count.checked_sub(bits)?;
        Some(())
    }

    /// Takes bytes while there is room; a stuffed zero after FF is dropped (T.81, B.1.1.5).
    fn fill(&mut self) {
        while self.count <= 48 {
            let Some(&byte) = self.data.get(self.at) else { return };
            self.at += 1;
            if byte == 0xff && self.data.get(self.at) == Some(&0) {
                self.at += 1;
            }
            self.held = self.held << 8 | u64::from(byte);
            self.count += 8;
        }
    }
}
