### What a check refuses and warns of, and what of the machine it names.

state_licensed = licensed
state_warning = licensed, with a warning
state_demo = demo
state_unlicensed = not licensed
state_expired = expired
state_overdue = overdue
state_wrong_machine = wrong machine
state_clock_behind = clock behind
state_returned = returned
state_not_named = not named
not_licensed = there is no license for { $product } on this machine
not_held = license { $key } is not in force on this machine
demo_over = the demo of { $product } ended on { $last }
demo_not_kept = the demo of { $product } cannot begin: its first day can be kept nowhere here
unbound = license { $key } is not bound as { $product } is: { $why }
usb_missing = the USB key of license { $key } is not plugged in
of_several = license { $key }: { $why }
returned = license { $key } was given up by this machine on { $day }
returned_with = license { $key } ended here on { $day }: { $by }, which had taken its place on this computer, was given up
not_trusted = what is kept of license { $key } is not trusted: { $why }
other_root = the product file is signed by { $found }, not by { $wanted } as demanded
clock_behind = the computer's clock is behind: it says { $wall }, and it is at least { $floor }
loan_over = the loan ended on { $on }; today is { $today }
expired = the license expired on { $on }; today is { $today }
overdue = the license was to be re-validated by { $by }; today is { $today }
wrong_machine = the license belongs to another machine: { $parts }
change_not_kept = the machine has changed: { $parts }; since when can be kept nowhere here
wrong_binding = the license is bound to { $name } { QUOTED($bound) }, not to { QUOTED($found) }
unknown_binding = the license is not bound to any { QUOTED($name) }
not_named = { $user } is not among the users of license { $key }
not_named_alike = { $user } is not among the users of license { $key }; { $other } is, and capitals count
not_named_any_more = { $user } is not among the users of license { $key } any more: it has { $seats ->
        [one] 1 place
       *[other] { $seats } places
    } now, and those who were assigned last have none
nobody_named = { $user } is not among the users of license { $key }: nobody is assigned
nameless = license { $key } is for users by name, and this account has none here
users_not_trusted = the list of users of license { $key } is not trusted: { $why }
users_unread = who the users of license { $key } are is not known: { $why }
feature_missing = the license does not contain { $feature }
feature_unknown = the license does not contain { $feature }: { $product } has no such feature
feature_ended = { $feature } ended on { $ended }
maintenance_over = { $feature } needs maintenance, which ended on { $ended }
release_not_covered = this version was released on { $released }, and maintenance ended on { $ended }: the license is for versions of that day or before
machine_changed = the machine has changed: { $parts }; it goes on until { $until }
home_older = what is kept of the license here is older than the answer of { $of }, which was entered here: a backup was put back
usb_missing_demo = the USB key of license { $key } is not plugged in; the demo runs instead
not_kept = the time of this check could not be kept: { $why }
part_other = other { $different }
part_unread = { $unread } cannot be read
part_none = nothing of it is found here
grace_ends = { $days_left ->
        [0] this is the last day of the grace period
        [one] only 1 day left in grace period
       *[other] only { $days_left } days left in grace period
    }; re-validate by { $by }
loan_ends = { $days_left ->
    [0] the loan ends today
    [one] the loan ends tomorrow
   *[other] the loan ends in { $days_left } days
}
expires_soon = { $days_left ->
        [0] this is the last day of the license
        [one] the license expires in 1 day
       *[other] the license expires in { $days_left } days
    }
maintenance_ends = { $days_left ->
        [0] this is the last day of maintenance
        [one] maintenance ends in 1 day
       *[other] maintenance ends in { $days_left } days
    }
part_ends = { $days_left ->
        [0] this is the last day of { $name }
        [one] { $name } ends in 1 day, on { $last }
       *[other] { $name } ends in { $days_left } days, on { $last }
    }
demo_ends = { $days_left ->
        [0] this is the last day of the demo
        [one] the demo ends in 1 day, on { $last }
       *[other] the demo ends in { $days_left } days, on { $last }
    }
clock_is_behind = the computer's clock is behind; set it within { $days_left ->
        [one] 1 day
       *[other] { $days_left } days
    }
clock_not_set = the computer's clock is not set (is its battery empty?); set it within { $days_left ->
        [one] 1 day
       *[other] { $days_left } days
    }
limit_unknown = { $limit } is not counted: { $product } has no such limit
over_limit = { $limit }: { $count } is { $over_by } above the { $most } that the license allows
over_limit_since = { $limit }: { $count } is { $over_by } above the { $most } that the license allows since its limit ended on { $day }
