//! Checkpoints of what a desk gave up itself, by putting a backup in the place of its ledger.

use std::fs;
use std::path::Path;

use super::kept_safe::{against, backup, checkpoint, working};
use crate::world::World;

#[test]
fn a_checkpoint_of_what_an_own_restore_gave_up_is_told_as_that() {
    let world = World::new();
    let (desk, _, _) = working(&world);
    let backup = backup(&desk, "yesterday.db");
    let first = checkpoint(&desk, "monday");
    desk.sell("survey", &[]);
    desk.sell("survey", &[]);
    let second = checkpoint(&desk, "tuesday");
    let (path, reason) = (backup.to_str().unwrap(), "the disk broke");
    desk.run([
        "ledger",
        "restore",
        path,
        "--discard-newer",
        "--reason",
        reason,
    ])
    .done();
    let given_up = |path: &Path| {
        let said = against(&desk, path).owes(5, "ledger_edited");
        said.tells("were given up when the ledger was put back from a backup")
            .tells("as it has to be");
        let object = against(&desk, path).with_json_exits(5);
        object["error"]["findings"].as_array().unwrap().len()
    };
    let directory = second.parent().unwrap();
    assert_eq!((given_up(&second), given_up(directory)), (1, 1));
    // What was made later, of the ledger as it is, is held against it still.
    desk.sell("survey", &[]);
    desk.sell("survey", &[]);
    let third = checkpoint(&desk, "wednesday");
    against(&desk, &first).done();
    against(&desk, &third).done();
    assert_eq!((given_up(&second), given_up(directory)), (1, 1));
    // Whoever puts an older ledger there without a word is another thing.
    fs::copy(&backup, desk.kept("desk/ledger.db")).unwrap();
    let object = against(&desk, directory).with_json_exits(5);
    assert_eq!(object["error"]["findings"][0]["kind"], "cut_off");
}
