//! One request, one answer (SPEC.md 9.1): the commitment C of a request is the key under which its answer is kept, beside the request's own bytes. A desk's
//! ledger and a site's book of loans go by the same.

/// What stands under the commitment of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before<T> {
    /// Nothing: it is to be answered.
    Nothing,
    /// The answer to this very request: it is given again.
    Answered(T),
    /// The answer to another request. Two with one commitment are one request or a forgery.
    Another,
}

impl<T> Before<T> {
    /// What `kept`, an answer with the bytes of its request, is to a request of these bytes.
    pub fn of<B: AsRef<[u8]>>(request: &[u8], kept: Option<(B, T)>) -> Before<T> {
        match kept {
            None => Before::Nothing,
            Some((known, answer)) if known.as_ref() == request => Before::Answered(answer),
            Some(_) => Before::Another,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_request_has_one_answer_and_another_of_its_commitment_has_none() {
        let kept = || Some((vec![1, 2], 7));
        assert_eq!(Before::of(&[1, 2], kept()), Before::Answered(7));
        assert_eq!(Before::of(&[1, 3], kept()), Before::Another);
        assert_eq!(
            Before::of(&[1, 3], None::<(Vec<u8>, u8)>),
            Before::<u8>::Nothing
        );
    }
}
