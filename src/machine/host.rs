//! One name for one server, however it is written (SPEC.md 6.2).

use std::net::{IpAddr, Ipv6Addr};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Listed, MachineError};

/// What has to be known to tell which server a name means.
#[derive(Clone, Copy, Debug)]
pub struct HostNames<'a> {
    /// This host's own name, short or full.
    pub own_name: Option<&'a str>,
    /// Addresses of this host's interfaces.
    pub local_addresses: &'a Listed<IpAddr>,
    /// Pairs of a name or address and the name it stands for, declared on this machine. They are not followed from one to the next.
    pub aliases: &'a [(String, String)],
}

/// The server's name as it is hashed (SPEC.md 6.2).
pub fn normalise_server(value: &str, names: &HostNames<'_>) -> Result<String, MachineError> {
    let written = Spelled::of(value)?;
    let mut host = host_meant(&written.host, value, names)?;
    for (alias, meant) in names.aliases {
        if host_meant(&alone(alias)?, alias, names)? == host {
            host = host_meant(&alone(meant)?, meant, names)?;
            break;
        }
    }
    Ok(match written.instance {
        Some(instance) => format!("{host}\\{instance}"),
        None => host,
    })
}

/// Trimmed, in lower case, and with each letter written in one way: `é` is one character for some keyboards and two for some systems (Unicode's NFC).
pub(super) fn plain(value: &str) -> String {
    value.trim().to_lowercase().nfc().collect()
}

/// A server's name taken apart: what is left of it that tells servers apart.
struct Spelled {
    host: String,
    /// Nothing for the default instance.
    instance: Option<String>,
}

impl Spelled {
    fn of(value: &str) -> Result<Spelled, MachineError> {
        let lower = plain(value);
        let mut rest = lower.as_str();
        for protocol in ["tcp:", "np:", "lpc:"] {
            if let Some(after) = lower.strip_prefix(protocol) {
                rest = after.trim_start();
            }
        }
        if rest.starts_with("\\\\") {
            return Err(MachineError::PipePath(value.to_owned()));
        }
        let (host, instance) = rest.split_once('\\').unwrap_or((rest, ""));
        let (host, instance) = (without_port(host).trim(), without_port(instance).trim());
        let host = match host.strip_suffix('.') {
            Some("") | None => host,
            Some(undotted) if undotted.ends_with('.') => {
                return Err(MachineError::BadServer(value.to_owned()));
            }
            Some(undotted) => undotted,
        };
        if host == "(localdb)" {
            return Err(MachineError::LocalDb(value.to_owned()));
        }
        if host.is_empty() {
            return Err(MachineError::EmptyServer);
        }
        if instance
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
        {
            return Err(MachineError::BadServer(value.to_owned()));
        }
        let named = !instance.is_empty() && instance != "mssqlserver";
        Ok(Spelled {
            host: host.to_owned(),
            instance: named.then(|| instance.to_owned()),
        })
    }
}

/// Drops `,port`, and `:port` where the colon is not one of an IPv6 address.
fn without_port(piece: &str) -> &str {
    let piece = piece.split(',').next().unwrap_or(piece);
    match piece.rsplit_once(':') {
        Some((host, port)) if is_number(port) && (!host.contains(':') || host.ends_with(']')) => {
            host
        }
        _ => piece,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// One side of an alias.
fn alone(value: &str) -> Result<String, MachineError> {
    let written = Spelled::of(value)?;
    match written.instance {
        None => Ok(written.host),
        Some(_) => Err(MachineError::AliasInstance(value.to_owned())),
    }
}

/// The host that `host` means: this one's name for every way to say "here", an address kept whole, else the first label.
fn host_meant(host: &str, value: &str, names: &HostNames<'_>) -> Result<String, MachineError> {
    if let Some(address) = address(host) {
        let here = address.is_loopback() || names.local_addresses.list().contains(&address);
        return if here {
            own_name(value, names)
        } else {
            Ok(address.to_string())
        };
    }
    let label = host.split('.').next().unwrap_or(host);
    if matches!(host, "." | "(local)") || label == "localhost" {
        return own_name(value, names);
    }
    if host.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Err(MachineError::BadAddress(value.to_owned()));
    }
    // Letters of every script, of which some are written as a letter and a mark.
    let fits = host
        .chars()
        .all(|c| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '-' | '_' | '.'));
    if fits && !label.is_empty() {
        Ok(label.to_owned())
    } else {
        Err(MachineError::BadServer(value.to_owned()))
    }
}

/// An address in any of its spellings: in brackets, with a zone, an IPv4 address mapped into IPv6.
fn address(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let unzoned = bare.split('%').next().unwrap_or(bare);
    let address = match unzoned.parse::<Ipv6Addr>() {
        Ok(address) => IpAddr::V6(address),
        Err(_) => bare.parse().ok()?,
    };
    Some(address.to_canonical())
}

fn own_name(value: &str, names: &HostNames<'_>) -> Result<String, MachineError> {
    let own = plain(names.own_name.unwrap_or_default());
    match own.split('.').next() {
        None | Some("" | "localhost") => Err(MachineError::OwnNameUnknown(value.to_owned())),
        Some(label) => Ok(label.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aliases() -> Vec<(String, String)> {
        [
            ("10.9.8.7", "DbServer"),
            ("nexus-sql", "."),
            ("10.9.8.6", "nexus-sql"),
        ]
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .to_vec()
    }

    /// `value` on the host `dbserver.example.com` with the addresses 192.168.0.1 and fd00::2.
    fn here(value: &str) -> Result<String, MachineError> {
        let local_addresses = Listed::Given(vec![
            "192.168.0.1".parse().unwrap(),
            "fd00::2".parse().unwrap(),
        ]);
        let names = HostNames {
            own_name: Some("DBServer.example.com"),
            local_addresses: &local_addresses,
            aliases: &aliases(),
        };
        normalise_server(value, &names)
    }

    #[test]
    fn every_way_to_say_this_server() {
        for value in [
            ".",
            "(local)",
            "(LOCAL)",
            "localhost",
            "LocalHost.localdomain",
            "127.0.0.1",
            "127.8.8.8",
            "::1",
            "[::1]",
            "[::1]:1433",
            "[::1],1433",
            "::ffff:127.0.0.1",
            "192.168.0.1",
            "192.168.0.1,1433",
            "192.168.0.1:5432",
            "::ffff:192.168.0.1",
            "fd00::2",
            "FD00:0:0:0::2",
            "fd00::2%eth0",
            "dbserver",
            "DBSERVER",
            " dbserver \t",
            "dbserver.example.com",
            "dbserver.example.com.",
            "dbserver.",
            "tcp:dbserver",
            "TCP: dbserver,1433",
            "np:.",
            "lpc:(local)",
            "dbserver,1433",
            "dbserver , 1433",
            "dbserver:5432",
            "dbserver\\",
            "dbserver\\MSSQLSERVER",
            "dbserver\\mssqlserver,1433",
            "tcp:dbserver.example.com.\\MSSQLServer,1433",
            "nexus-sql",
            "NEXUS-SQL.example.com",
            "10.9.8.7",
        ] {
            assert_eq!(here(value).as_deref(), Ok("dbserver"), "{value}");
        }
    }

    #[test]
    fn an_instance_is_another_server() {
        for value in [
            ".\\SQLEXPRESS",
            "(local)\\sqlexpress",
            "tcp:DBSERVER\\SqlExpress,1433",
            "::1\\sqlexpress",
            "dbserver,1433\\sqlexpress",
            "10.9.8.7\\SQLEXPRESS",
        ] {
            assert_eq!(
                here(value).as_deref(),
                Ok("dbserver\\sqlexpress"),
                "{value}"
            );
        }
    }

    #[test]
    fn other_hosts_stay_others() {
        for (value, expected) in [
            ("OTHER.example.com", "other"),
            ("192.168.0.2", "192.168.0.2"),
            ("192.168.0.2,1433", "192.168.0.2"),
            ("2001:DB8:0::7", "2001:db8::7"),
            ("[2001:db8::7]:1433", "2001:db8::7"),
            ("2001:db8::7:1433", "2001:db8::7:1433"),
            ("my_host-2", "my_host-2"),
            ("tcp", "tcp"),
            // An alias is followed once, and nexus-sql is an alias too.
            ("10.9.8.6", "nexus-sql"),
        ] {
            assert_eq!(here(value).as_deref(), Ok(expected), "{value}");
        }
    }

    #[test]
    fn an_alias_is_not_followed_to_the_next() {
        let names = HostNames {
            own_name: Some("ws"),
            local_addresses: &Listed::default(),
            aliases: &[
                ("a".to_owned(), "b".to_owned()),
                ("b".to_owned(), "c".to_owned()),
            ],
        };
        assert_eq!(normalise_server("a", &names).as_deref(), Ok("b"));
        let bad = HostNames {
            aliases: &[("a".to_owned(), "b\\x".to_owned())],
            ..names
        };
        assert_eq!(
            normalise_server("a", &bad),
            Err(MachineError::AliasInstance("b\\x".into()))
        );
    }

    #[test]
    fn what_is_no_server_is_refused() {
        assert_eq!(
            here("(localdb)\\v11.0"),
            Err(MachineError::LocalDb("(localdb)\\v11.0".into()))
        );
        assert_eq!(
            here("(LocalDB)\\MSSQLLocalDB"),
            Err(MachineError::LocalDb("(LocalDB)\\MSSQLLocalDB".into()))
        );
        for value in ["", "  ", "tcp:", ",1433", "\\sqlexpress"] {
            assert_eq!(here(value), Err(MachineError::EmptyServer), "{value}");
        }
        for value in [
            "\\\\.\\pipe\\sql\\query",
            "np:\\\\dbserver\\pipe\\MSSQL$X\\sql\\query",
        ] {
            assert_eq!(here(value), Err(MachineError::PipePath(value.into())));
        }
        for value in [
            "db server",
            "db\nserver",
            "..",
            "a\\b\\c",
            "(local",
            ".x",
            "db=1",
        ] {
            assert_eq!(here(value), Err(MachineError::BadServer(value.into())));
        }
    }

    #[test]
    fn digits_and_dots_are_an_address_or_nothing() {
        for value in [
            "1.2.3",
            "300.1.1.1",
            "192.168.0.1.5",
            "192.168.0.256,1433",
            "10",
            "10.",
            "010.0.0.1",
            "...1",
            "10.1\\SQLEXPRESS",
        ] {
            assert_eq!(
                here(value),
                Err(MachineError::BadAddress(value.into())),
                "{value}"
            );
        }
        assert_eq!(here("10.example.com").as_deref(), Ok("10"));
        assert_eq!(here("2019-db").as_deref(), Ok("2019-db"));
        assert_eq!(here("10.0.0.1.").as_deref(), Ok("10.0.0.1"));
    }

    #[test]
    fn a_letter_is_one_however_it_is_written() {
        for value in ["BÜRO-1", "bu\u{308}ro-1", "BU\u{308}RO-1.example.com"] {
            assert_eq!(here(value).as_deref(), Ok("büro-1"), "{value}");
        }
        for value in ["сервер", "データ", "क\u{94d}षेत्र"] {
            assert_eq!(here(value).as_deref(), Ok(value), "{value}");
        }
        for value in [
            "db\u{200d}x",
            "db\u{200b}",
            "db\u{202e}x",
            "db–x",
            "db\u{a0}x",
        ] {
            assert_eq!(
                here(value),
                Err(MachineError::BadServer(value.into())),
                "{value:?}"
            );
        }
        let names = HostNames {
            own_name: Some("bu\u{308}ro"),
            local_addresses: &Listed::default(),
            aliases: &[],
        };
        assert_eq!(
            normalise_server(".", &names),
            normalise_server("BÜRO", &names)
        );
    }

    #[test]
    fn a_host_without_a_name_cannot_be_meant() {
        for own_name in [None, Some(""), Some("localhost.localdomain")] {
            let names = HostNames {
                own_name,
                local_addresses: &Listed::default(),
                aliases: &[],
            };
            assert_eq!(
                normalise_server(".", &names),
                Err(MachineError::OwnNameUnknown(".".into()))
            );
            assert_eq!(normalise_server("other", &names).as_deref(), Ok("other"));
        }
    }
}
