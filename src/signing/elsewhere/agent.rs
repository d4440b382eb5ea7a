//! A key in an ssh-agent: two messages of its protocol, over its socket on this computer (draft-ietf-sshm-ssh-agent, 3). The library that was looked at brings
//! RSA and the NIST curves with it, for these two.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::ssh::{blob, number, of_blob, put, string};
use crate::signing::absent::Absent;
use crate::signing::signer::{Signer, SignerError};

const FAILURE: u8 = 5;
const EXTENSION_FAILURE: u8 = 28;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
/// The longest message that OpenSSH's own agent takes or gives.
const LONGEST: usize = 256 * 1024;
/// How many times as long is waited for a signature: somebody may be asked for it, or have to touch a key.
const ASKED: u32 = 6;

#[cfg(unix)]
type Stream = std::os::unix::net::UnixStream;
#[cfg(not(unix))]
type Stream = std::fs::File;

#[cfg(unix)]
fn connect(socket: &Path) -> io::Result<Stream> {
    Stream::connect(socket)
}

/// OpenSSH's agent for Windows listens at a pipe, which is opened as a file is.
#[cfg(not(unix))]
fn connect(socket: &Path) -> io::Result<Stream> {
    Stream::options().read(true).write(true).open(socket)
}

/// A key that an ssh-agent holds.
pub struct AgentKey {
    public: [u8; 32],
    agent: Mutex<Agent>,
}

impl AgentKey {
    /// Asks the agent at this socket whether it holds the key; `patience` is how long an answer may take, and six times as long a signature.
    ///
    /// # Errors
    /// `NoAgent`, `AgentEmpty`, `NotInAgent`.
    pub fn open(
        socket: Option<&Path>,
        public: [u8; 32],
        patience: Duration,
    ) -> Result<AgentKey, Absent> {
        let unset = || Absent::NoAgent("SSH_AUTH_SOCK is not set".to_owned());
        let mut agent = Agent::at(socket.ok_or_else(unset)?, patience)?;
        agent.find(&public)?;
        Ok(AgentKey {
            public,
            agent: Mutex::new(agent),
        })
    }
}

impl Signer for AgentKey {
    fn public(&self) -> [u8; 32] {
        self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        // An agent answers one after the other. Whoever panicked with it in hand left an answer unread at most, which is no signature of this.
        let mut agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(agent.sign(&self.public, message)?)
    }
}

impl fmt::Debug for AgentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentKey").finish_non_exhaustive()
    }
}

/// An agent that is talked to. A thread of its own does it: neither a socket nor a pipe can be told to give up after so long in all.
struct Agent {
    say: Sender<Vec<u8>>,
    hear: Receiver<io::Result<Vec<u8>>>,
    patience: Duration,
}

impl Agent {
    fn at(socket: &Path, patience: Duration) -> Result<Agent, Absent> {
        let (say, said) = mpsc::channel::<Vec<u8>>();
        let (tell, hear) = mpsc::channel();
        let socket = socket.to_owned();
        let talk = move || {
            let mut stream = None;
            for request in said {
                let answer = match stream.take().map_or_else(|| connect(&socket), Ok) {
                    Ok(mut open) => exchange(&mut open, &request).inspect(|_| stream = Some(open)),
                    Err(error) => Err(error),
                };
                // After an error what comes next on the stream may answer another question.
                let over = answer.is_err();
                if tell.send(answer).is_err() || over {
                    return;
                }
            }
        };
        thread::Builder::new()
            .spawn(talk)
            .map_err(|error| Absent::NoAgent(error.to_string()))?;
        Ok(Agent {
            say,
            hear,
            patience,
        })
    }

    fn ask(&mut self, request: Vec<u8>, patience: Duration) -> Result<Vec<u8>, Absent> {
        let gone = || Absent::NoAgent("it went away".to_owned());
        self.say.send(request).map_err(|_| gone())?;
        match self.hear.recv_timeout(patience) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Err(gone()),
            Ok(Err(error)) => Err(Absent::NoAgent(error.to_string())),
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
            Err(RecvTimeoutError::Timeout) => Err(Absent::NoAgent(format!(
                "it said nothing for {} seconds",
                patience.as_secs()
            ))),
        }
    }

    /// Whether it holds the key.
    fn find(&mut self, public: &[u8; 32]) -> Result<(), Absent> {
        let answer = self.ask(vec![REQUEST_IDENTITIES], self.patience)?;
        let held = match answer.split_first() {
            Some((&IDENTITIES_ANSWER, rest)) => identities(rest).ok_or_else(odd)?,
            Some((&FAILURE | &EXTENSION_FAILURE, [])) => Vec::new(),
            _ => return Err(odd()),
        };
        match held.iter().any(|it| *it == blob(public)) {
            true => Ok(()),
            false if held.is_empty() => Err(Absent::AgentEmpty),
            false => Err(Absent::NotInAgent),
        }
    }

    fn sign(&mut self, public: &[u8; 32], message: &[u8]) -> Result<[u8; 64], Absent> {
        let mut request = vec![SIGN_REQUEST];
        put(&mut request, &blob(public));
        put(&mut request, message);
        request.extend_from_slice(&[0; 4]);
        let answer = self.ask(request, self.patience * ASKED)?;
        match answer.split_first() {
            Some((&SIGN_RESPONSE, mut rest)) => {
                let signature = string(&mut rest).filter(|_| rest.is_empty());
                signature.and_then(of_blob).ok_or_else(odd)
            }
            // It says no more than no: was it locked meanwhile, was the key taken out, or would somebody not have it?
            Some((&FAILURE | &EXTENSION_FAILURE, [])) => {
                self.find(public)?;
                Err(Absent::Refused)
            }
            _ => Err(odd()),
        }
    }
}

fn odd() -> Absent {
    Absent::NoAgent("what it says is not the protocol of an agent".to_owned())
}

/// The public keys that an agent holds, of whatever algorithm.
fn identities(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let count = number(&mut bytes)?;
    let mut found = Vec::new();
    for _ in 0..count {
        found.push(string(&mut bytes)?);
        string(&mut bytes)?;
    }
    bytes.is_empty().then_some(found)
}

/// One request, and its answer without the length.
fn exchange(stream: &mut Stream, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut framed = Vec::with_capacity(request.len() + 4);
    put(&mut framed, request);
    stream.write_all(&framed)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length == 0 || length > LONGEST {
        let why = "what it says is not the protocol of an agent";
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}
