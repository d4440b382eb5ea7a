### What of a license is otherwise than before.

of = { $what } { $before } → { $after }
term_type = type
term_edition = edition
term_seats = seats
term_expires = expires
term_maintenance = maintenance
term_revalidate_by = re-validate by
term_longest_loan = longest loan
term_emergency = emergency steps used
never = never
none = none
on = on
off = off
until = { $words } until { $day }
