//! What people do to codes, by chance: drawn from numbers that are the same in every run.

use countersign::text::Code;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// What is taken for what, by eye or ear: the substitutions of which half are drawn.
const ALIKE: [&[u8; 2]; 18] = [
    b"0D", b"0Q", b"17", b"1J", b"2Z", b"38", b"4A", b"5S", b"6G", b"8B", b"CG", b"EF", b"MN",
    b"PR", b"KX", b"VY", b"VW", b"BD",
];

/// Numbers that look random and are the same in every run (splitmix64).
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn chance(&mut self, of: f64) -> bool {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64 * 1.0 < of
    }

    pub(crate) fn symbol(&mut self) -> u8 {
        ALPHABET[self.below(32)]
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    Substitution,
    LookAlike,
    Transposition,
    Drop,
    Double,
    Insert,
    GroupSwapped,
    GroupLost,
    GroupDoubled,
}

pub(crate) const EVENTS: [Slip; 9] = [
    Slip::Substitution,
    Slip::LookAlike,
    Slip::Transposition,
    Slip::Drop,
    Slip::Double,
    Slip::Insert,
    Slip::GroupSwapped,
    Slip::GroupLost,
    Slip::GroupDoubled,
];

/// A code on paper: rows of groups of symbols, and whether a row was touched.
#[derive(Clone)]
pub(crate) struct Sheet {
    pub(crate) rows: Vec<Vec<Vec<u8>>>,
    pub(crate) touched: Vec<bool>,
}

impl Sheet {
    pub(crate) fn new(code: &Code, spare: bool) -> Sheet {
        let mut rows = code.to_rows().unwrap();
        rows.extend(spare.then(|| code.to_spare_row().unwrap()));
        let split = |row: &String| {
            row.split('-')
                .map(|group| group.as_bytes().to_vec())
                .collect()
        };
        Sheet {
            touched: vec![false; rows.len()],
            rows: rows.iter().map(split).collect(),
        }
    }

    pub(crate) fn text(&self, dashes: bool) -> String {
        let rows = self
            .rows
            .iter()
            .map(|row| row.join(if dashes { &b"-"[..] } else { b"" }));
        let rows: Vec<Vec<u8>> = rows.filter(|row| !row.is_empty()).collect();
        String::from_utf8(rows.join(if dashes { &b"\n"[..] } else { b"" })).unwrap()
    }

    /// One event at a symbol, or at the group that it is in.
    pub(crate) fn spoil(
        &mut self,
        draw: &mut Draw,
        event: Slip,
        (row, group, place): (usize, usize, usize),
    ) {
        self.touched[row] = true;
        let groups = &mut self.rows[row];
        if groups[group].len() <= place {
            return;
        }
        let symbol = groups[group][place];
        match event {
            Slip::Substitution => {
                while groups[group][place] == symbol {
                    groups[group][place] = draw.symbol();
                }
            }
            Slip::LookAlike => {
                let alike: Vec<u8> = ALIKE
                    .iter()
                    .filter(|pair| pair.contains(&symbol))
                    .map(|pair| pair[usize::from(pair[0] == symbol)])
                    .collect();
                groups[group][place] = if alike.is_empty() {
                    draw.symbol()
                } else {
                    alike[draw.below(alike.len())]
                };
            }
            Slip::Transposition => match groups[group].get(place + 1).copied() {
                Some(next) => (groups[group][place], groups[group][place + 1]) = (next, symbol),
                None if groups.get(group + 1).is_some_and(|next| !next.is_empty()) => {
                    let next = std::mem::replace(&mut groups[group + 1][0], symbol);
                    groups[group][place] = next;
                }
                None => {}
            },
            Slip::Drop => drop(groups[group].remove(place)),
            Slip::Double => groups[group].insert(place, symbol),
            Slip::Insert => groups[group].insert(place, draw.symbol()),
            Slip::GroupSwapped if group + 1 < groups.len() => groups.swap(group, group + 1),
            Slip::GroupSwapped => {
                if let [first, second, ..] = &mut self.rows[row..] {
                    self.touched[row + 1] = true;
                    std::mem::swap(first.last_mut().unwrap(), &mut second[0]);
                }
            }
            Slip::GroupLost => groups[group].clear(),
            Slip::GroupDoubled => {
                let again = groups[group].clone();
                groups.insert(group, again);
            }
        }
        self.rows[row].retain(|group| !group.is_empty());
    }

    pub(crate) fn places(&self) -> Vec<(usize, usize, usize)> {
        let mut places = Vec::new();
        for (row, groups) in self.rows.iter().enumerate() {
            for (group, symbols) in groups.iter().enumerate() {
                places.extend((0..symbols.len()).map(|place| (row, group, place)));
            }
        }
        places
    }

    /// Events at this rate for each symbol: half of them substitutions; and at a fifth of the rate for each group.
    pub(crate) fn spoil_at_rate(&mut self, draw: &mut Draw, rate: f64) {
        for at in self.places().into_iter().rev() {
            if draw.chance(rate) {
                let event = match draw.below(20) {
                    0..5 => Slip::Substitution,
                    5..10 => Slip::LookAlike,
                    10..13 => Slip::Transposition,
                    13..16 => Slip::Drop,
                    16..18 => Slip::Double,
                    _ => Slip::Insert,
                };
                self.spoil(draw, event, at);
            }
            if at.2 == 0 && draw.chance(rate / 5.0) {
                let event =
                    [Slip::GroupSwapped, Slip::GroupLost, Slip::GroupDoubled][draw.below(3)];
                if self.rows[at.0].len() > at.1 {
                    self.spoil(draw, event, at);
                }
            }
        }
    }
}
