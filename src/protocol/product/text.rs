//! A product as the text of its file, and back: one product has one text (SPEC.md 10).

use std::fmt::{self, Write as _};

use super::{FIRST_LINE, Product, ProductError, is_plain};
use crate::messages;
use crate::protocol::catalogue::{Entry, SeatUnit};
use crate::protocol::note::{self, Hex, unhex};

impl Product {
    /// The text that is signed, ending with a newline.
    pub fn to_text(&self) -> String {
        let mut out = format!("{FIRST_LINE}\n");
        let mut line = |name: &str, value: &dyn fmt::Display| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{name}: {value}");
        };
        line("id", &self.id);
        line("version", &self.version);
        line("name", &self.name);
        line("vendor", &self.vendor);
        self.mail.iter().for_each(|mail| line("mail", mail));
        self.roots.iter().for_each(|root| line("root", &Hex(root)));
        self.desks.iter().for_each(|desk| line("desk", &Hex(desk)));
        self.editions
            .iter()
            .for_each(|edition| line("edition", edition));
        for (entry, name) in &self.catalogue {
            line(entry.line(), name);
        }
        self.maintained
            .iter()
            .for_each(|name| line("maintained", name));
        if !self.bind.is_empty() {
            line("bind", &self.bind.join(","));
        }
        line("fingerprint", &if self.fingerprint { "yes" } else { "no" });
        self.seat.iter().for_each(|unit| line("seat", &unit.name()));
        self.named_rest
            .iter()
            .for_each(|hours| line("named-rest", hours));
        self.warn_days
            .iter()
            .for_each(|days| line("warn-days", days));
        if self.demo_days > 0 {
            line("demo-days", &self.demo_days);
        }
        self.demo_features
            .iter()
            .for_each(|name| line("demo-feature", name));
        for (name, value) in &self.demo_limits {
            line("demo-limit", &format_args!("{name}={value}"));
        }
        out
    }

    /// The signed file: `sign` makes an Ed25519 signature by the root key `root`.
    ///
    /// # Errors
    /// What `sign` says.
    pub fn to_file<E>(
        &self,
        root: &[u8; 32],
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<String, E> {
        note::sign(&self.to_text(), &self.id, root, sign)
    }

    /// Reads what [`Product::to_text`] wrote; anything else is refused. Whether its root keys are any is seen where they are used, and by
    /// [`Product::check`].
    pub fn parse_text(text: &str) -> Result<Product, ProductError> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            return Err(ProductError::NotAProduct);
        }
        let mut product = Product::default();
        for (number, line) in lines.enumerate() {
            product
                .take_line(line)
                .ok_or_else(|| ProductError::Line(number + 2, line.chars().take(60).collect()))?;
        }
        product.check_form()?;
        // Order, repetition and spelling: one product has one text.
        if product.to_text() == text {
            Ok(product)
        } else {
            Err(ProductError::Rule(
                messages::protocol::product_form().to_owned(),
            ))
        }
    }

    fn take_line(&mut self, line: &str) -> Option<()> {
        let (name, value) = line.split_once(": ")?;
        if value.trim() != value || value.is_empty() || !is_plain(value) {
            return None;
        }
        let text = value.to_owned();
        match name {
            "id" => self.id = text,
            "version" => self.version = value.parse().ok()?,
            "name" => self.name = text,
            "vendor" => self.vendor = text,
            "mail" => self.mail = Some(text),
            "root" => self.roots.push(unhex(value)?.try_into().ok()?),
            "desk" => self.desks.push(unhex(value)?),
            "edition" => self.editions.push(text),
            "maintained" => self.maintained.push(text),
            "bind" => self.bind = value.split(',').map(str::to_owned).collect(),
            "fingerprint" => self.fingerprint = value == "yes",
            "seat" => self.seat = Some(SeatUnit::named(value)?),
            "named-rest" => self.named_rest = Some(value.parse().ok()?),
            "warn-days" => self.warn_days = Some(value.parse().ok()?),
            "demo-days" => self.demo_days = value.parse().ok()?,
            "demo-feature" => self.demo_features.push(text),
            "demo-limit" => {
                let (name, value) = value.split_once('=')?;
                self.demo_limits
                    .push((name.to_owned(), value.parse().ok()?));
            }
            other => self.catalogue.push((Entry::from_line(other)?, text)),
        }
        Some(())
    }
}
