//! Other names of one server, declared once on this machine (SPEC.md 6.2, step 6).

use super::error::HolderError;
use super::home::{Home, read_json, write_json};
use crate::machine::{Facts, MachineError, normalise_server};
use crate::protocol::product::Product;

/// Pairs of a name or address and the name of the server that it stands for.
///
/// # Errors
/// A file that cannot be read, or is not what this program writes.
pub fn load(home: &Home) -> Result<Vec<(String, String)>, HolderError> {
    Ok(read_json(&home.aliases_path())?.unwrap_or_default())
}

/// Those that a product needs: one that is bound to no name is not stopped by what is wrong with them.
///
/// # Errors
/// As [`load`].
pub fn of(home: &Home, product: &Product) -> Result<Vec<(String, String)>, HolderError> {
    match product.bind.is_empty() {
        true => Ok(Vec::new()),
        false => load(home),
    }
}

/// Declares that `alias` means `server`, in place of what it meant before, and returns both as they are kept.
///
/// # Errors
/// `bad_machine_value` where either is not made like a server's name, or has an instance; what the file system says.
pub fn declare(
    home: &Home,
    alias: &str,
    server: &str,
    facts: &Facts,
) -> Result<(String, String), HolderError> {
    let pair = (plain(alias, facts)?, plain(server, facts)?);
    let _lock = home.lock()?;
    let mut known = load(home)?;
    known.retain(|(name, _)| *name != pair.0);
    known.push(pair.clone());
    write_json(&home.aliases_path(), &known, home.audience())?;
    Ok(pair)
}

/// Forgets what an alias means; whether it was known.
///
/// # Errors
/// As [`declare`].
pub fn forget(home: &Home, alias: &str, facts: &Facts) -> Result<bool, HolderError> {
    let alias = plain(alias, facts)?;
    let _lock = home.lock()?;
    let mut known = load(home)?;
    let before = known.len();
    known.retain(|(name, _)| *name != alias);
    if known.len() == before {
        return Ok(false);
    }
    write_json(&home.aliases_path(), &known, home.audience())?;
    Ok(true)
}

/// A server's name without an instance, as it is compared.
fn plain(name: &str, facts: &Facts) -> Result<String, MachineError> {
    let plain = normalise_server(name, &facts.host_names(&[]))?;
    if plain.contains('\\') {
        return Err(MachineError::AliasInstance(name.to_owned()));
    }
    Ok(plain)
}
