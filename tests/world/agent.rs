//! An ssh-agent that a test plays, at a socket of its own; and a PKCS#11 token (`token.c`), which has its signatures from it.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use countersign::signing::keys::SigningKey;
use countersign::signing::signer::Signer as _;

use super::{Run, World};

/// How it behaves. Signatures are counted from 1, for each run of the program anew: the first two are of the trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Signs,
    /// It is locked, or empty.
    HoldsNone,
    HoldsOthers,
    RefusesAt(u64),
    LockedAt(u64),
    GoesAwayAt(u64),
    WrongAt(u64),
    /// Another kind of signature than was asked for.
    RsaAt(u64),
    SilentAt(u64),
    /// Silent from the beginning.
    Silent,
    /// One byte, and no more.
    Halts,
    Garbage,
    TooLong,
    Empty,
    /// More identities than it lists.
    Miscounts,
    /// Another signature of the same, the second time: of the trial, by the key of seed 7.
    TwoWays,
}

/// Two signatures of the trial by the key of seed 7, made with two nonces.
const TWO_WAYS: [&str; 2] = [
    "fb21d3ab6f5e03dcd7c415c1a6d27595237db07373a9c62de5a11f25ed00e66728da60a668417ebaeab65cde7b909264ac38120763d193e320ce0c4f535e4d03",
    "0a4a310b76550f773d73ccafb08c9a5ed39ba44aa22ba8a11b710e9dada0bb8efb877dafdfbf2c27a05751bbed594ecff9383661e99769f387c7ce322d8d300d",
];

pub(crate) struct Agent {
    socket: PathBuf,
    does: Arc<Mutex<Does>>,
    met: Arc<AtomicU64>,
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
    out.extend(bytes);
}

fn blob(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, name.as_bytes());
    put(&mut out, bytes);
    out
}

fn string<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let length = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
    let (head, rest) = bytes[4..].split_at(length);
    *bytes = rest;
    head
}

/// The line of a public key, as `ssh-add -L` writes it.
pub(crate) fn line(seed: u8) -> String {
    use base64ct::Encoding as _;

    let key = SigningKey::from_seed(&[seed; 32]).public();
    let blob = base64ct::Base64::encode_string(&blob("ssh-ed25519", &key));
    format!("ssh-ed25519 {blob} somebody at work")
}

impl Agent {
    /// One that holds the keys of these seeds.
    pub(crate) fn new(world: &World, seeds: &[u8]) -> Agent {
        let socket = world.path().join("tmp/agent");
        let listener = UnixListener::bind(&socket).unwrap();
        let agent = Agent {
            socket,
            does: Arc::new(Mutex::new(Does::Signs)),
            met: Arc::default(),
        };
        let keys: Vec<[u8; 32]> = seeds.iter().map(|seed| [*seed; 32]).collect();
        let (does, met) = (Arc::clone(&agent.does), Arc::clone(&agent.met));
        thread::spawn(move || {
            for stream in listener.incoming() {
                met.fetch_add(1, Ordering::Relaxed);
                let (does, keys) = (Arc::clone(&does), keys.clone());
                thread::spawn(move || talk(stream.unwrap(), &does, &keys));
            }
        });
        agent
    }

    /// From now on.
    pub(crate) fn does(&self, does: Does) {
        *self.does.lock().unwrap() = does;
    }

    /// How many came to it.
    pub(crate) fn met(&self) -> u64 {
        self.met.load(Ordering::Relaxed)
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// A run that finds it.
    pub(crate) fn with<'w>(&self, run: Run<'w>) -> Run<'w> {
        run.env("SSH_AUTH_SOCK", &self.socket)
    }
}

/// What is said of one program; nobody is there any more where it ends.
fn talk(mut stream: UnixStream, does: &Mutex<Does>, keys: &[[u8; 32]]) {
    let mut signed = 0;
    loop {
        let mut length = [0; 4];
        if stream.read_exact(&mut length).is_err() {
            return;
        }
        let mut request = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut request).unwrap();
        let does = *does.lock().unwrap();
        let signs = request[0] == 13;
        signed += u64::from(signs);
        let now = |at| signs && signed == at;
        let answer = match does {
            Does::Silent => None,
            Does::SilentAt(at) if now(at) => None,
            Does::Halts => {
                stream.write_all(&[0]).unwrap();
                None
            }
            Does::GoesAwayAt(at) if now(at) => return,
            Does::Garbage => Some(b"HTTP/1.1 400 Bad Request".to_vec()),
            Does::TooLong => {
                stream.write_all(&[0xff; 4]).unwrap();
                None
            }
            Does::Empty => Some(Vec::new()),
            Does::RefusesAt(at) | Does::LockedAt(at) if now(at) => Some(vec![5]),
            Does::HoldsNone if signs => Some(vec![5]),
            _ if signs => Some(sign(&request[1..], (does, signed), keys)),
            _ => Some(held(does, signed, keys)),
        };
        let Some(answer) = answer else {
            // Until the program gives up.
            let _ = stream.read_exact(&mut length);
            return;
        };
        let mut framed = Vec::new();
        put(&mut framed, &answer);
        if stream.write_all(&framed).is_err() {
            return;
        }
    }
}

fn held(does: Does, signed: u64, keys: &[[u8; 32]]) -> Vec<u8> {
    let keys: Vec<Vec<u8>> = match does {
        Does::HoldsNone => Vec::new(),
        Does::LockedAt(at) if signed >= at => Vec::new(),
        Does::HoldsOthers => vec![blob("ssh-rsa", &[1, 0, 1]), blob("ssh-ed25519", &[9; 32])],
        _ => keys
            .iter()
            .map(|seed| blob("ssh-ed25519", &SigningKey::from_seed(seed).public()))
            .collect(),
    };
    let count = keys.len() + usize::from(does == Does::Miscounts);
    let mut out = vec![12];
    out.extend(u32::try_from(count).unwrap().to_be_bytes());
    for key in keys {
        put(&mut out, &key);
        put(&mut out, b"somebody at work");
    }
    out
}

fn sign(mut request: &[u8], (does, signed): (Does, u64), keys: &[[u8; 32]]) -> Vec<u8> {
    let (key, message) = (string(&mut request), string(&mut request));
    let mut keys = keys.iter().map(SigningKey::from_seed);
    let Some(key) = keys.find(|it| blob("ssh-ed25519", &it.public()) == key) else {
        return vec![5];
    };
    let mut signature = key.sign(message).unwrap();
    match does {
        Does::WrongAt(at) if signed == at => signature[40] ^= 1,
        Does::TwoWays if signed <= 2 => {
            signature = hex::decode(TWO_WAYS[usize::from(signed == 2)])
                .unwrap()
                .try_into()
                .unwrap();
        }
        _ => {}
    }
    let name = match does {
        Does::RsaAt(at) if signed == at => "rsa-sha2-512",
        _ => "ssh-ed25519",
    };
    let mut out = vec![14];
    put(&mut out, &blob(name, &signature));
    out
}

/// A token that has the key of seed 7, at the module that a test compiles.
pub(crate) struct Token {
    pub(crate) module: PathBuf,
    logins: PathBuf,
}

impl Token {
    pub(crate) fn new(world: &World) -> Token {
        let module = world.path().join("tmp/token.so");
        // Whoever built this program has a C compiler: SQLite is compiled with it.
        let built = Command::new("cc")
            .args([
                "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o",
            ])
            .arg(&module)
            .arg("tests/world/token.c")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{said}");
        Token {
            module,
            logins: world.path().join("tmp/logins"),
        }
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("pkcs11:{path}?module-path={}", self.module.display())
    }

    /// A run that finds it in this state, and it its signatures at the agent.
    pub(crate) fn with<'w>(&self, agent: &Agent, state: &str, run: Run<'w>) -> Run<'w> {
        let public = hex::encode(SigningKey::from_seed(&[7; 32]).public());
        run.env("TOKEN", state)
            .env("TOKEN_KEY", public)
            .env("TOKEN_AT", agent.socket())
            .env("TOKEN_LOGINS", &self.logins)
    }

    /// How many PINs it was given since this was asked last.
    pub(crate) fn logins(&self) -> u64 {
        let logins = std::fs::read(&self.logins).unwrap_or_default();
        let _ = std::fs::remove_file(&self.logins);
        logins.len() as u64
    }
}
