//! Whole readings of a lattice in the order of their costs: each row read in one of its ways, at most one of them lost where there is a spare row.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::super::rows::Row;
use super::lattice::Lattice;

/// Steps taken through one lattice at most.
const MOST_STEPS: usize = 60_000;

/// Where a reading has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum State {
    /// Before a row; whether one was lost already.
    Row {
        layer: usize,
        at: usize,
        lost: bool,
    },
    /// After the last row, before the spare one.
    Spare {
        at: usize,
    },
    Done,
}

/// The steps from one state, the cheapest first, by their number in the order in which they were worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Node(usize);

/// One row more.
#[derive(Clone, Copy, Debug)]
struct Step {
    cost: i32,
    /// With the cheapest way from there to the end.
    total: i32,
    row: Option<Row>,
    /// Whether it is the spare row.
    spare: bool,
    end: usize,
    /// None at the end.
    next: Option<Node>,
}

/// A whole reading.
pub(super) struct Path {
    /// Without the spare row.
    pub(super) rows: Vec<Option<Row>>,
    pub(super) spare: Option<Row>,
    pub(super) end: usize,
}

/// A choice among the steps from a state, and the choices before it.
struct Choice {
    node: Node,
    rank: usize,
    before: i32,
    parent: Option<usize>,
}

pub(super) struct Paths {
    nodes: Vec<Vec<Step>>,
    choices: Vec<Choice>,
    heap: BinaryHeap<Reverse<(i32, usize)>>,
}

impl Paths {
    /// `spares` tells the ways in which a spare row stands at a place: what it costs, the row, where it ends.
    pub(super) fn new(
        lattice: &Lattice<'_>,
        spares: impl FnMut(usize) -> Vec<(i32, Row, usize)>,
    ) -> Paths {
        let mut paths = Paths {
            nodes: Vec::new(),
            choices: Vec::new(),
            heap: BinaryHeap::new(),
        };
        if let Some(node) = paths.build(lattice, spares) {
            paths.offer(Choice {
                node,
                rank: 0,
                before: 0,
                parent: None,
            });
        }
        paths
    }

    /// The steps from every state, from the last row back to the first, so that what is left to come is known; the beginning.
    fn build(
        &mut self,
        lattice: &Lattice<'_>,
        mut spares: impl FnMut(usize) -> Vec<(i32, Row, usize)>,
    ) -> Option<Node> {
        let mut nodes = HashMap::new();
        for (layer, cells) in lattice.layers().iter().enumerate().rev() {
            for ((&at, cell), lost) in cells.iter().flat_map(|cell| [(cell, false), (cell, true)]) {
                let mut steps = Vec::new();
                for hop in &cell.hops {
                    let gone = lost || hop.row.is_none();
                    if hop.row.is_none() && (lost || hop.last) {
                        continue;
                    }
                    let next = match (hop.last, gone) {
                        (true, false) if lattice.ends(hop.to) => State::Done,
                        (true, _) => State::Spare { at: hop.to },
                        (false, lost) => State::Row {
                            layer: layer + 1,
                            at: hop.to,
                            lost,
                        },
                    };
                    let next = match next {
                        State::Done => None,
                        State::Spare { at } => Some(
                            *nodes
                                .entry(next)
                                .or_insert_with(|| self.add(spare_steps(spares(at)))),
                        ),
                        State::Row { .. } => match nodes.get(&next) {
                            None => continue,
                            Some(node) => Some(*node),
                        },
                    };
                    if let Some(rest) = self.cheapest(next) {
                        steps.push(Step {
                            cost: hop.cost,
                            total: hop.cost + rest,
                            row: hop.row,
                            spare: false,
                            end: hop.to,
                            next,
                        });
                    }
                }
                nodes.insert(State::Row { layer, at, lost }, self.add(steps));
            }
        }
        let first = State::Row {
            layer: 0,
            at: lattice.start(),
            lost: false,
        };
        nodes.get(&first).copied()
    }

    fn add(&mut self, mut steps: Vec<Step>) -> Node {
        steps.sort_by_key(|step| step.total);
        self.nodes.push(steps);
        Node(self.nodes.len() - 1)
    }

    fn step(&self, Node(node): Node, rank: usize) -> Option<&Step> {
        self.nodes.get(node)?.get(rank)
    }

    /// What the cheapest way from here to the end costs, if there is one.
    fn cheapest(&self, node: Option<Node>) -> Option<i32> {
        match node {
            None => Some(0),
            Some(node) => self.step(node, 0).map(|step| step.total),
        }
    }

    fn offer(&mut self, choice: Choice) {
        let Some(step) = self.step(choice.node, choice.rank) else {
            return;
        };
        self.heap
            .push(Reverse((choice.before + step.total, self.choices.len())));
        self.choices.push(choice);
    }

    /// The path that ends with this choice.
    fn path(&self, mut choice: usize) -> Option<Path> {
        let mut path = Path {
            rows: Vec::new(),
            spare: None,
            end: 0,
        };
        loop {
            let &Choice {
                node, rank, parent, ..
            } = self.choices.get(choice)?;
            let step = self.step(node, rank)?;
            if step.spare {
                path.spare = step.row;
            } else {
                path.rows.push(step.row);
            }
            path.end = path.end.max(step.end);
            let Some(parent) = parent else { break };
            choice = parent;
        }
        path.rows.reverse();
        Some(path)
    }
}

impl Iterator for Paths {
    type Item = Path;

    fn next(&mut self) -> Option<Path> {
        while let Some(Reverse((_, nth))) = self.heap.pop() {
            let &Choice {
                node,
                rank,
                before,
                parent,
            } = self.choices.get(nth)?;
            let step = *self.step(node, rank)?;
            if self.choices.len() > MOST_STEPS {
                return None;
            }
            self.offer(Choice {
                node,
                rank: rank + 1,
                before,
                parent,
            });
            let Some(next) = step.next else {
                return self.path(nth);
            };
            self.offer(Choice {
                node: next,
                rank: 0,
                before: before + step.cost,
                parent: Some(nth),
            });
        }
        None
    }
}

fn spare_steps(spares: Vec<(i32, Row, usize)>) -> Vec<Step> {
    let step = |(cost, row, end)| Step {
        cost,
        total: cost,
        row: Some(row),
        spare: true,
        end,
        next: None,
    };
    spares.into_iter().map(step).collect()
}
