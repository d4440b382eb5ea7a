//! The real clock, machine and randomness: the only place that reads them. Debug builds take others from variables, so that tests can hand them
//! in; release builds have no such variable.

use std::path::Path;
#[cfg(feature = "desk")]
use std::path::PathBuf;
use std::time::Duration;

use crate::app;
use crate::failure::FailureKind;
use crate::holder::Anchor;
#[cfg(feature = "desk")]
use crate::issuer::history::Actor;
use crate::machine::Facts;
use crate::messages;
use crate::protocol::date::Seconds;
#[cfg(feature = "site")]
use crate::signing::signer::{Signer, SignerError, TriedSigner};

use super::failure::Failure;

/// What the library is handed.
pub(crate) struct Environment {
    #[cfg(feature = "desk")]
    actor: String,
    /// The second places of whoever only shows how it goes, and is no machine.
    #[cfg(feature = "desk")]
    shown_in: Option<PathBuf>,
    /// The computer that is shown, where it is not this one.
    #[cfg(feature = "desk")]
    shown_as: Option<Facts>,
    #[cfg(debug_assertions)]
    hooks: hooks::Hooks,
}

impl Environment {
    pub(crate) fn real() -> Environment {
        Environment {
            #[cfg(feature = "desk")]
            actor: crate::seats::login(),
            #[cfg(feature = "desk")]
            shown_in: None,
            #[cfg(feature = "desk")]
            shown_as: None,
            #[cfg(debug_assertions)]
            hooks: hooks::Hooks::from_variables(),
        }
    }

    /// The same, somebody else being at work than the account says.
    #[cfg(feature = "desk")]
    pub(crate) fn acting_as(self, name: Option<String>) -> Environment {
        Environment {
            actor: name.unwrap_or(self.actor),
            ..self
        }
    }

    /// The same computer and clock, with second places in `directory`: what is done for show is not remembered by the computer itself.
    #[cfg(feature = "desk")]
    pub(crate) fn shown_in(directory: &Path) -> Environment {
        Environment {
            shown_in: Some(directory.to_owned()),
            ..Environment::real()
        }
    }

    /// The same as another computer.
    #[cfg(feature = "desk")]
    pub(crate) fn shown_as(self, facts: Option<Facts>) -> Environment {
        Environment {
            shown_as: facts,
            ..self
        }
    }

    /// The wall clock.
    pub(crate) fn now(&self) -> Seconds {
        #[cfg(debug_assertions)]
        if let Some(now) = self.hooks.now {
            return now;
        }
        app::wall_clock()
    }

    /// When this program was built: no clock before it is right.
    pub(crate) fn built(&self) -> Seconds {
        app::built()
    }

    /// What this computer is.
    pub(crate) fn facts(&self) -> Facts {
        #[cfg(feature = "desk")]
        if let Some(facts) = &self.shown_as {
            return facts.clone();
        }
        #[cfg(debug_assertions)]
        if let Some(facts) = self.hooks.machine() {
            return facts;
        }
        Facts::of_this_computer()
    }

    /// How often it is looked at the clock while a program runs (SPEC.md 7).
    pub(crate) fn between_looks(&self) -> Duration {
        #[cfg(debug_assertions)]
        if let Some(between) = self.hooks.between_looks {
            return between;
        }
        Duration::from_secs(3600)
    }

    /// How often a seat that several computers share is renewed (SPEC.md 9.13).
    pub(crate) fn between_renewals(&self) -> Duration {
        #[cfg(debug_assertions)]
        if let Some(between) = self.hooks.between_renewals {
            return between;
        }
        crate::seats::RENEWED
    }

    /// How long is waited for a program that was asked to end.
    pub(crate) fn patience(&self) -> Duration {
        #[cfg(debug_assertions)]
        if let Some(patience) = self.hooks.patience {
            return patience;
        }
        Duration::from_secs(60)
    }

    /// How long an answer of an ssh-agent may take.
    #[cfg(feature = "desk")]
    pub(crate) fn agents_patience(&self) -> Duration {
        #[cfg(debug_assertions)]
        if let Some(patience) = self.hooks.patience {
            return patience;
        }
        Duration::from_secs(10)
    }

    /// The anchors of a home.
    pub(crate) fn anchors(&self, home: &Path) -> Vec<Anchor> {
        #[cfg(any(feature = "desk", debug_assertions))]
        let both = |below: &Path| {
            vec![
                Anchor::of_all(&below.join("of all")),
                Anchor::of_one(&below.join("of one")),
            ]
        };
        #[cfg(feature = "desk")]
        if let Some(directory) = &self.shown_in {
            return both(directory);
        }
        #[cfg(debug_assertions)]
        if let Some(anchor) = &self.hooks.anchor {
            return both(anchor);
        }
        Anchor::of_this_computer(home)
    }

    /// Who acts, and when, for the history.
    #[cfg(feature = "desk")]
    pub(crate) fn by(&self) -> Actor<'_> {
        Actor {
            name: &self.actor,
            now: self.now(),
        }
    }

    /// The signing key, tried.
    ///
    /// # Errors
    /// What it says.
    #[cfg(feature = "site")]
    pub(crate) fn tried(&self, signer: impl Signer + 'static) -> Result<TriedSigner, SignerError> {
        #[cfg(debug_assertions)]
        if let Some(fault) = self.hooks.signer {
            return TriedSigner::new(hooks::Faulty::new(signer, fault));
        }
        TriedSigner::new(signer)
    }

    /// Random bytes of the system.
    pub(crate) fn entropy(&self) -> Result<impl FnMut(&mut [u8]) + use<>, Failure> {
        let broken = |error: getrandom::Error| {
            Failure::new(FailureKind::NoEntropy, messages::failure::no_entropy())
                .because(error)
                .hint(messages::failure::no_entropy_hint())
        };
        getrandom::fill(&mut [0; 16]).map_err(broken)?;
        Ok(|buffer: &mut [u8]| {
            if getrandom::fill(buffer).is_err() {
                // It worked a moment ago. To go on would be to sign with predictable numbers.
                std::process::abort();
            }
        })
    }
}

/// What debug builds take from variables. Release builds do not contain this.
#[cfg(debug_assertions)]
mod hooks {
    use std::env;
    use std::fs;
    use std::path::PathBuf;
    #[cfg(feature = "site")]
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use crate::machine::Facts;
    use crate::protocol::date::Seconds;
    #[cfg(feature = "site")]
    use crate::signing::signer::{Signer, SignerError};

    pub(super) struct Hooks {
        pub(super) now: Option<Seconds>,
        machine: Option<PathBuf>,
        pub(super) anchor: Option<PathBuf>,
        pub(super) between_looks: Option<Duration>,
        pub(super) between_renewals: Option<Duration>,
        pub(super) patience: Option<Duration>,
        #[cfg(feature = "site")]
        pub(super) signer: Option<Fault>,
    }

    impl Hooks {
        /// `COUNTERSIGN_TEST_NOW`: Unix seconds. `COUNTERSIGN_TEST_MACHINE`: a JSON file of [`Facts`]. `COUNTERSIGN_TEST_ANCHOR`: a
        /// directory for both anchors. `COUNTERSIGN_TEST_HOUR`: milliseconds after which it is looked at the clock again.
        /// `COUNTERSIGN_TEST_PATIENCE`: milliseconds that a program has to end in, and an ssh-agent to answer in.
        /// `COUNTERSIGN_TEST_SIGNER`: `fails:N` or `wrong:N`, what the signing key does at its N-th signature, from 1.
        pub(super) fn from_variables() -> Hooks {
            let number = |name| env::var(name).ok().and_then(|text| text.parse().ok());
            let span = |name| {
                let millis = number(name).and_then(|number: i64| u64::try_from(number).ok());
                millis.map(Duration::from_millis)
            };
            Hooks {
                now: number("COUNTERSIGN_TEST_NOW").map(Seconds::from_unix),
                machine: env::var_os("COUNTERSIGN_TEST_MACHINE").map(PathBuf::from),
                anchor: env::var_os("COUNTERSIGN_TEST_ANCHOR").map(PathBuf::from),
                between_looks: span("COUNTERSIGN_TEST_HOUR"),
                between_renewals: span("COUNTERSIGN_TEST_RENEWAL"),
                patience: span("COUNTERSIGN_TEST_PATIENCE"),
                #[cfg(feature = "site")]
                signer: env::var("COUNTERSIGN_TEST_SIGNER")
                    .ok()
                    .and_then(|text| Fault::read(&text)),
            }
        }

        /// As the machine is now: a test may change it while a program runs.
        pub(super) fn machine(&self) -> Option<Facts> {
            let bytes = fs::read(self.machine.as_ref()?).ok()?;
            serde_json::from_slice(&bytes).ok()
        }
    }

    /// What a signing key does that lies in a token: at one signature, counted from 1.
    #[cfg(feature = "site")]
    #[derive(Clone, Copy, Debug)]
    pub(super) enum Fault {
        Fails(u64),
        Wrong(u64),
    }

    #[cfg(feature = "site")]
    impl Fault {
        fn read(text: &str) -> Option<Fault> {
            let (what, at) = text.split_once(':')?;
            let at = at.parse().ok()?;
            match what {
                "fails" => Some(Fault::Fails(at)),
                "wrong" => Some(Fault::Wrong(at)),
                _ => None,
            }
        }
    }

    /// A signing key with a fault.
    #[cfg(feature = "site")]
    #[derive(Debug)]
    pub(super) struct Faulty<S> {
        signer: S,
        fault: Fault,
        signed: AtomicU64,
    }

    #[cfg(feature = "site")]
    impl<S: Signer> Faulty<S> {
        pub(super) fn new(signer: S, fault: Fault) -> Faulty<S> {
            Faulty {
                signer,
                fault,
                signed: AtomicU64::new(0),
            }
        }
    }

    #[cfg(feature = "site")]
    impl<S: Signer> Signer for Faulty<S> {
        fn public(&self) -> [u8; 32] {
            self.signer.public()
        }

        fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
            let number = self.signed.fetch_add(1, Ordering::Relaxed) + 1;
            match self.fault {
                Fault::Fails(at) if at == number => {
                    Err(SignerError::Failed("the token was pulled out".to_owned()))
                }
                Fault::Wrong(at) if at == number => Ok([7; 64]),
                Fault::Fails(_) | Fault::Wrong(_) => self.signer.sign(message),
            }
        }
    }
}
