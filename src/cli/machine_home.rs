//! The homes of this machine, and which product or licence is meant.

use crate::holder::{Audience, HolderError, Home, products};
use crate::protocol::product::ProductFile;

use super::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::words;

/// Every home in which this machine's licences may be: the named one, or the machine-wide and the user's.
pub(crate) fn all(context: &Context) -> anyhow::Result<Vec<Home>> {
    let mut homes = Vec::new();
    for (directory, audience) in context.homes.machine()? {
        homes.push(home(context, &directory, audience));
    }
    Ok(homes)
}

/// The home that is written to: the machine-wide one where `system` says so.
pub(crate) fn to_write(context: &Context, system: bool) -> anyhow::Result<Home> {
    if system {
        return Ok(home(context, &context.homes.system(), Audience::Everyone));
    }
    Ok(home(context, &context.homes.own()?, Audience::Owner))
}

fn home(context: &Context, directory: &std::path::Path, audience: Audience) -> Home {
    let home = Home::new(directory, audience);
    match context.environment.anchor(audience) {
        Some(anchor) => home.with_anchor(&anchor),
        None => home,
    }
}

/// Every installed product with the home it is installed in.
pub(crate) fn installed(context: &Context) -> anyhow::Result<Vec<(Home, ProductFile)>> {
    let mut found = Vec::new();
    for home in all(context)? {
        found.extend(
            products::list(&home)?
                .into_iter()
                .map(|file| (home.clone(), file)),
        );
    }
    Ok(found)
}

/// The product named, or the only one there is.
pub(crate) fn product(context: &Context, id: Option<&str>) -> anyhow::Result<ProductFile> {
    let mut found: Vec<ProductFile> = installed(context)?
        .into_iter()
        .map(|(_, file)| file)
        .collect();
    if let Some(id) = id {
        found.retain(|file| file.product().id == id);
        return found
            .into_iter()
            .next()
            .ok_or_else(|| HolderError::UnknownProduct { id: id.to_owned() }.into());
    }
    found.dedup_by(|one, other| one.product().id == other.product().id);
    let mut ids: Vec<String> = found.iter().map(|file| file.product().id.clone()).collect();
    ids.sort();
    ids.dedup();
    match (ids.len(), found.into_iter().next()) {
        (1, Some(file)) => Ok(file),
        (_, None) => Err(no_product().into()),
        _ => Err(Failure::usage(format!(
            "several products are installed here: {}",
            words::list(&ids)
        ))
        .hint(format!(
            "say which: --product {}",
            ids.first().map_or("ID", String::as_str)
        ))
        .into()),
    }
}

/// Nothing is installed: the machine cannot know whose answers to trust.
pub(crate) fn no_product() -> Failure {
    Failure::new(
        Exit::USAGE,
        "no_product",
        "no product is installed on this machine",
    )
    .hint(
        "install the product file that came with the application: countersign product install FILE",
    )
}

/// Makes a product known in `home`, where it is known in another home of this machine only.
pub(crate) fn bring_along(home: &Home, file: &ProductFile) -> anyhow::Result<()> {
    products::install(home, file)?;
    Ok(())
}
