//! `user list`.

use super::{
    Context, Done, Exit, People, Run, SiteArgs, key_of, messages, minute, moment, names, object,
    words,
};
use crate::cli::json;
use crate::protocol::grant::LicenseType;

/// List the users of a license that is for people by name
///
/// For whoever owns the home: where it is for every user of the machine, as root.
#[derive(clap::Args)]
pub(crate) struct UserList {
    #[command(flatten)]
    site: SiteArgs,
}

impl Run for UserList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "List the users of a license";

    type Object = json::Users;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let found = self.site.find(context, &[LicenseType::Named])?;
        let key = key_of(&found)?;
        let mut people = People::open(&found.home, &found.computer.facts, key)?;
        let places = people.places(&moment(context))?;
        if context.out.json {
            let done = Done {
                places,
                ..Done::default()
            };
            let object = object(&found, key, &done);
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        for name in &places.users {
            context.out.line(name)?;
        }
        for (name, until) in &places.resting {
            let until = minute(*until);
            context.out.say(messages::users::rests(name, until));
        }
        if !places.without.is_empty() {
            let list = words::list(names(&places.without));
            context
                .out
                .say(messages::users::without(list, places.seats));
        }
        if places.lent > 0 {
            context.out.say(messages::users::lent(places.lent));
        }
        context
            .out
            .say(messages::users::places(places.free(), places.seats));
        Ok(Exit::DONE)
    }
}
