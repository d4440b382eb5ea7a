### Who uses the seats of a floating license, and why somebody gets none.

no_seat_one = the only seat is in use
no_seat_all = all { $seats } seats are in use
no_seat_shrunk = { $used } seats are in use, and the license has { $seats }
no_seat_waited_for = the free seats are for { $waiting ->
        [one] 1 who waits
       *[other] { $waiting } who wait
    }
no_seat_kept = what is free is kept for { $users }, and for minutes only
no_module_one = the only seat of { $module } is in use
no_module_all = all { $seats } seats of { $module } are in use
no_module_shrunk = { $used } seats of { $module } are in use, and the license has { $seats }
no_module_waited_for = the free seats of { $module } are for { $waiting ->
        [one] 1 who waits
       *[other] { $waiting } who wait
    }
ruled_denied = the rules of this site give no seat here: line { $line }, { $rule }
ruled_most = { $used ->
        [one] 1 seat is in use, as many as the rules of this site allow: line { $line }, { $rule }
       *[other] { $used } seats are in use, as many as the rules of this site allow: line { $line }, { $rule }
    }
ruled_reserved = what is free is reserved for others by the rules of this site: line { $line }, { $rule }
no_rules = the rules of the site with license { $key } are not known, so nobody gets a seat: { $why }
held_by = { $what }: { $holders }
loan = loan { $loan }, until { $until }
loan_of = loan { $loan } ({ $who }), until { $until }
loan_alone = loan { $loan }
and_more = { $holders } and { $more } more
busy = the seats are not given out now: { $by } keeps the gate
changed = the license or the rules of its site were changed just now
not_made = the seats of this license were not made here yet: { $directory }
not_written = it is not there
no_locks = locks do not hold on the file system of this directory ({ $why }): { $directory }
none_to_give = it has none to give
mounted_with = { $file_system }, mounted with { $option }
not_of_computers = this system has no locks that the other computers see
not_shared = these seats lie on a file server, and nobody has said yet that several computers share them: { $directory }
in_use_now = seats are in use now: { $holders }
not_lent = several computers share these seats, and such ones are lent to nobody
another_computer = another computer
exclude_nobody = they exclude nobody
unknown_token = no seat is held by this token
not_a_token = this is no token of a seat
others_files = another user has put files in the place of yours
too_many_files = so many other files of yours lie there that nobody looks at this one: remove them
others_lock = another process keeps the lock of this file
at = { $user } at { $host }
for_account = { $user } ({ $account })
user = user { $number }
somebody = somebody
unread = a lease of { $user } that cannot be read here
this_host = this host
another_process = another process
process = process { $id }
process_of = process { $id } ({ $name }) of { $user }
connection = a connection, process { $id }
started = what process { $id } started
lease = a lease
