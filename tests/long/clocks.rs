//! The simulation of `tests/clocks` at length, with its figures: `cargo test --release --test long_clocks -- --nocapture`. `ATTACKS=5000`, `SAVED=50` and
//! `LIVES=20` play fewer than 100,000, 2,000 and, of each kind, 400.

// In a test a panic is how it fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../clocks/mod.rs"]
mod clocks;

use clocks::{Attack, Kind, Saved, live};

/// How many are asked for, if it is said.
fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect(name))
}

#[test]
fn attackers() {
    let (mut worst, mut most) = (0.0_f64, 0);
    let attacks = asked("ATTACKS", 100_000);
    for seed in 1_000..1_000 + attacks {
        let attack = Attack::by_chance(seed);
        assert!(attack.used <= attack.bound(), "seed {seed}: {attack:?}");
        let over = attack.used.saturating_sub(attack.left);
        worst = worst.max(f64::from(over) / f64::from(attack.bound() - attack.left));
        most = most.max(over / 3600);
    }
    println!(
        "{attacks} attacks: at the most {most} h past the end, {worst:.3} of what the bound allows beyond what was left"
    );
}

#[test]
fn answers_that_were_saved_up() {
    let (mut worst, mut entered) = (0.0_f64, 0);
    let attacks = asked("SAVED", 2_000);
    for seed in 1_000..1_000 + attacks {
        let saved = Saved::by_chance(seed);
        assert!(saved.used <= saved.bound(), "seed {seed}: {saved:?}");
        let over = saved.used.saturating_sub(saved.entitled);
        worst = worst.max(f64::from(over) / f64::from(saved.bound() - saved.entitled));
        entered += saved.entered;
    }
    println!(
        "{attacks} attacks with {entered} answers entered: {worst:.3} of what the bound allows beyond what was paid for"
    );
}

#[test]
fn honest_lives() {
    println!(
        "{:>12} {:>8} {:>8} {:>8} {:>10}",
        "", "refused", "warned", "kept", "lead, min"
    );
    for kind in Kind::ALL {
        let (mut refused, mut warned, mut kept, mut looks, mut lead) = (0, 0, 0, 0, 0);
        for seed in 1_000..1_000 + asked("LIVES", 400) {
            let life = live(kind, seed);
            refused += life.refused;
            warned += life.warned;
            kept += life.kept;
            looks += life.looks;
            lead = lead.max(life.lead);
        }
        let share = |part: u32| 100.0 * f64::from(part) / f64::from(looks);
        println!(
            "{:>12} {refused:>8} {:>7.2}% {:>7.1}% {:>10}",
            format!("{kind:?}"),
            share(warned),
            share(kept),
            lead / 60
        );
        assert_eq!(refused, 0, "{kind:?}");
        assert!(lead <= kind.most_lead(), "{kind:?}: {lead}");
        assert!(kind.may_be_warned() || warned == 0, "{kind:?}: {warned}");
    }
}
