//! The tree of commands. Each command builds its own arguments only when it is the one that is used: that keeps the start short.

mod alias;
mod apply;
mod check;
mod completions;
#[cfg(feature = "desk")]
mod desk;
mod inspect;
mod known;
mod man;
mod pending;
mod product_install;
mod product_list;
mod product_show;
mod request_activate;
mod request_borrow;
mod request_sync;
mod return_license;
mod run;
mod seat;
#[cfg(feature = "site")]
mod site;
mod status;
#[cfg(test)]
mod tests;
#[cfg(feature = "site")]
mod user;

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command, builder::ValueParser};
use serde::Serialize;

use super::Context;
use super::failure::Failure;
use super::json::Described;
use crate::cli::{usage, wrap};
use crate::failure::Exit;
use crate::messages;

pub(crate) use known::{Known, People, exit_of, is_run};

/// One command: its arguments are the type's fields, its help the type's documentation.
trait Run: clap::Args {
    /// The last word of the command.
    const NAME: &'static str;
    /// One line for the list of commands.
    const ABOUT: &'static str;

    /// What `--json` prints of it, one or more of them.
    type Object: Serialize + Described;

    /// Does what the command is for.
    fn run(self, context: &mut Context) -> anyhow::Result<Exit>;

    /// Prints an object for scripts.
    fn print(context: &mut Context, object: &Self::Object) -> anyhow::Result<()> {
        context.out.object(object)
    }
}

/// A command, or a group of commands under one word.
enum Node {
    Leaf {
        name: &'static str,
        about: &'static str,
        build: fn(Command) -> Command,
        run: fn(&ArgMatches, &mut Context) -> anyhow::Result<Exit>,
        #[cfg(test)]
        schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
    },
    Group {
        name: &'static str,
        about: &'static str,
        nodes: &'static [Node],
    },
}

const fn leaf<C: Run>() -> Node {
    Node::Leaf {
        name: C::NAME,
        about: C::ABOUT,
        build: C::augment_args,
        run: run_leaf::<C>,
        #[cfg(test)]
        schema: schemars::SchemaGenerator::subschema_for::<C::Object>,
    }
}

fn run_leaf<C: Run>(matches: &ArgMatches, context: &mut Context) -> anyhow::Result<Exit> {
    let command = C::from_arg_matches(matches).map_err(|error| usage::failure(&error))?;
    command.run(context)
}

/// What people of one kind use.
type Commands = (People, &'static str, &'static [Node]);

/// The commands by the people who use them.
const TREE: &[Commands] = &[
    #[cfg(feature = "desk")]
    desk::TREE,
    (
        People::Machine,
        "Machine (field)",
        &[
            Node::Group {
                name: "request",
                about: "Make a request code for the desk, or for a site",
                nodes: &[
                    leaf::<request_activate::RequestActivate>(),
                    leaf::<request_sync::RequestSync>(),
                    leaf::<request_borrow::RequestBorrow>(),
                    leaf::<request_borrow::RequestExtend>(),
                    leaf::<request_sync::held::RequestHeld>(),
                ],
            },
            Node::Group {
                name: "pending",
                about: "Requests that wait for their answer",
                nodes: &[
                    leaf::<pending::PendingList>(),
                    leaf::<pending::PendingForget>(),
                ],
            },
            #[cfg(not(feature = "desk"))]
            Node::Group {
                name: "product",
                about: "Products: install them, list them",
                nodes: &[
                    leaf::<product_list::ProductList>(),
                    leaf::<product_show::ProductShow>(),
                    leaf::<product_install::ProductInstall>(),
                ],
            },
            leaf::<apply::Apply>(),
            leaf::<return_license::ReturnLicense>(),
            leaf::<status::Status>(),
            leaf::<check::Check>(),
            leaf::<run::RunProgram>(),
            leaf::<alias::Alias>(),
        ],
    ),
    (
        People::Site,
        "Site (the customer's license administrator)",
        &[
            #[cfg(feature = "site")]
            Node::Group {
                name: "site",
                about: "A site: how its seats were used, its key, its card, how it lends, its rules",
                nodes: &[
                    leaf::<site::init::SiteInit>(),
                    leaf::<site::password::SitePassword>(),
                    leaf::<site::status::SiteStatus>(),
                    leaf::<site::used::SiteReport>(),
                    leaf::<site::lending::SiteLending>(),
                    leaf::<site::card::SiteCard>(),
                    Node::Group {
                        name: "rules",
                        about: "Who gets the seats of a floating license",
                        nodes: &[
                            leaf::<site::rules::RulesShow>(),
                            leaf::<site::rules::RulesSet>(),
                            leaf::<site::rules::RulesTest>(),
                        ],
                    },
                ],
            },
            #[cfg(all(feature = "site", not(feature = "desk")))]
            leaf::<site::respond_alone::RespondAlone>(),
            #[cfg(feature = "site")]
            Node::Group {
                name: "loan",
                about: "Loans of a site: what is out, and whose it is",
                nodes: &[
                    leaf::<site::loans::LoanList>(),
                    leaf::<site::loans::LoanShow>(),
                    leaf::<site::loans::LoanNote>(),
                ],
            },
            #[cfg(feature = "site")]
            Node::Group {
                name: "user",
                about: "Users of a license that is for people by name",
                nodes: &[
                    leaf::<user::list::UserList>(),
                    leaf::<user::assign::UserAssign>(),
                    leaf::<user::assign::UserUnassign>(),
                ],
            },
            Node::Group {
                name: "seat",
                about: "Seats of a floating license: who uses them, hold one",
                nodes: &[
                    leaf::<seat::list::SeatList>(),
                    leaf::<seat::hold::SeatHold>(),
                    leaf::<seat::lease::SeatTake>(),
                    leaf::<seat::lease::SeatKeep>(),
                    leaf::<seat::lease::SeatRelease>(),
                    leaf::<seat::disconnect::SeatDisconnect>(),
                    leaf::<seat::share::SeatShare>(),
                ],
            },
        ],
    ),
    (
        People::Anyone,
        "Anyone",
        &[
            leaf::<inspect::Inspect>(),
            #[cfg(feature = "desk")]
            leaf::<desk::tour::Tour>(),
            leaf::<completions::Completions>(),
            leaf::<man::Man>(),
        ],
    ),
];

impl Node {
    fn name(&self) -> &'static str {
        match self {
            Node::Leaf { name, .. } | Node::Group { name, .. } => name,
        }
    }

    fn about(&self) -> &'static str {
        match self {
            Node::Leaf { about, .. } | Node::Group { about, .. } => about,
        }
    }

    fn command(&self) -> Command {
        let command = Command::new(self.name()).about(self.about());
        match self {
            Node::Leaf { build, .. } => command.defer(*build),
            Node::Group { .. } => command
                .subcommand_required(true)
                .arg_required_else_help(true)
                .defer(with_its_commands),
        }
    }
}

/// Builds what a group consists of, once it is the one that is used. clap hands over the command alone: its name says which group.
fn with_its_commands(group: Command) -> Command {
    fn find(nodes: &'static [Node], group: &str) -> Option<&'static [Node]> {
        nodes.iter().find_map(|node| match node {
            Node::Group { name, nodes, .. } if *name == group => Some(*nodes),
            Node::Group { nodes, .. } => find(nodes, group),
            Node::Leaf { .. } => None,
        })
    }
    let mut trees = TREE.iter().map(|(.., nodes)| *nodes);
    match trees.find_map(|nodes| find(nodes, group.get_name())) {
        Some(nodes) => group.subcommands(nodes.iter().map(Node::command)),
        None => group,
    }
}

/// What every command has stands after what is its own.
const LAST: usize = 900;

/// The command line, with what its help needs: the list of commands, in lines of so many columns, or as long as they are.
pub(crate) fn root(columns: Option<usize>) -> Command {
    with(|_| true)
        .help_template(overview(columns))
        .term_width(columns.unwrap_or(0))
}

/// The command line as far as these words can use it: only the commands that are named among them. Whatever it takes, the whole one takes alike; what
/// it refuses, and what is help, is for the whole one to say. A start is short that way.
pub(crate) fn root_for(words: &[OsString]) -> Command {
    with(|node| words.iter().any(|word| word == node.name()))
}

/// The command line with some of its commands.
fn with(wanted: impl Fn(&Node) -> bool) -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .help(help)
            .action(ArgAction::SetTrue)
            .display_order(LAST)
            .global(true)
    };
    let home = Arg::new("home")
        .long("home")
        .value_name("DIR")
        .value_parser(ValueParser::path_buf())
        .help("Use this directory [env: COUNTERSIGN_HOME] [default: the platform's data directory]")
        .display_order(LAST)
        .global(true);
    let nodes = TREE.iter().flat_map(|(.., nodes)| nodes.iter());
    let nodes = nodes.filter(|node| wanted(node));
    Command::new("countersign")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Software licensing where the network never exists: license keys, request codes and signed response codes")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(false)
        .args([
            home,
            #[cfg(feature = "desk")]
            desk::who_is_at_work(),
        ])
        .arg(flag("json", "Print one JSON object instead of text"))
        .arg(flag("quiet", "Say only what is wrong").short('q'))
        .arg(flag("no-input", "Never ask"))
        .subcommands(nodes.map(Node::command))
}

/// The list of commands by people, which clap would print as one.
fn overview(columns: Option<usize>) -> String {
    let width = TREE
        .iter()
        .flat_map(|(.., nodes)| nodes.iter())
        .map(|node| node.name().len())
        .max()
        .unwrap_or(0);
    let mut out = String::from("{about}\n\n{usage-heading} {usage}\n");
    for (_, people, nodes) in TREE {
        let heading = wrap::wrapped(&format!("{people}:"), columns, 2);
        out.push_str(&format!("\n{heading}\n"));
        for node in *nodes {
            let line = format!("  {:width$}  {}", node.name(), node.about());
            out.push_str(&wrap::wrapped(&line, columns, width + 4));
            out.push('\n');
        }
    }
    let more = "`countersign COMMAND --help` explains a command; `countersign tour` shows the whole of it at work.";
    out.push_str("\nOptions:\n{options}\n\n");
    out.push_str(&wrap::wrapped(more, columns, 0));
    out.push('\n');
    out
}

/// Runs the command that was named.
pub(crate) fn dispatch(matches: &ArgMatches, context: &mut Context) -> anyhow::Result<Exit> {
    fn find(nodes: &'static [Node], name: &str) -> Option<&'static Node> {
        nodes.iter().find(|node| node.name() == name)
    }
    let missing =
        || Failure::usage(messages::usage::no_command()).hint(messages::usage::no_command_hint());
    let (mut name, mut matches) = matches.subcommand().ok_or_else(missing)?;
    let mut node = TREE
        .iter()
        .find_map(|(.., nodes)| find(nodes, name))
        .ok_or_else(missing)?;
    loop {
        match node {
            Node::Leaf { run, .. } => return run(matches, context),
            Node::Group { nodes, .. } => {
                (name, matches) = matches.subcommand().ok_or_else(missing)?;
                node = find(nodes, name).ok_or_else(missing)?;
            }
        }
    }
}

/// What each command prints with `--json`, by its words; those that print nothing for scripts are left out.
#[cfg(all(test, feature = "desk"))]
pub(crate) fn schemas(
    generator: &mut schemars::SchemaGenerator,
) -> Vec<(String, schemars::Schema)> {
    fn collect(
        words: &str,
        nodes: &'static [Node],
        generator: &mut schemars::SchemaGenerator,
        found: &mut Vec<(String, schemars::Schema)>,
    ) {
        for node in nodes {
            let words = format!("{words}{}", node.name());
            match node {
                Node::Leaf { schema, .. } => found.push((words, schema(generator))),
                Node::Group { nodes, .. } => collect(&(words + "-"), nodes, generator, found),
            }
        }
    }
    let mut found = Vec::new();
    for (.., nodes) in TREE {
        collect("", nodes, generator, &mut found);
    }
    let nothing = generator.subschema_for::<super::json::Nothing>();
    found.retain(|(_, schema)| *schema != nothing);
    found
}
