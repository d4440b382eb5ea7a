//! temp
/// temp
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 11]);
impl Fingerprint {
    /// t
    pub fn to_bytes(&self) -> [u8; 11] {
        self.0
    }
    /// t
    pub fn from_bytes(b: &[u8; 11]) -> Result<Fingerprint, ()> {
        Ok(Fingerprint(*b))
    }
}
