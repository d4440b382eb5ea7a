### Seats in use.

seat = seat { $number }
given_back = seat { $number } is given back
leased = seat { $seat } is yours until { $until } (UTC); keep it before then: countersign seat keep { $token }
token_hint = give what countersign seat take printed, whole
written_only = somebody is taking or keeping the gate of the seats just now: this is what is written of processes that run
crowd = { $account } has { $files } files among those of the seats: only the first of them are looked at, and they slow everybody down
lease_until = a lease until { $until }
came_back = seat { $number } came back by itself: { $host } ({ $user }) had it since { $since } and ended without giving it back
does_not_float = license { $key } does not float
none_floating = there is no floating license for { $product }
for_people_hint = who its users are: countersign user list; they run it without a seat
not_floating_hint = nothing needs to be held: the application runs by countersign check or countersign run
floats = floating on { $seats ->
        [one] 1 seat
       *[other] { $seats } seats
    }
in_use = { $product }  { $key }  { $seats ->
        [one] 1 seat
       *[other] { $seats } seats
    }: { $in_use } in use, { $free } free
lent = { $lent } lent
reserved = { $reserved } reserved
kept = { $kept } kept
reserved_by = { $seats ->
        [one] the seat that line { $line } of the rules reserves is idle: { $rule }
       *[other] { $idle } of { $seats } seats that line { $line } of the rules reserves are idle: { $rule }
    }
lost = { $seats ->
        [one] 1 seat is kept for loans that the book has lost
       *[other] { $seats } seats are kept for loans that the book has lost
    }
pool = { $name }: { $in_use } of { $seats } in use
requests = { $number } waiting
head_seat = seat
head_user = user
head_workstation = workstation
head_program = program
head_features = features
head_since = since
head_for = for
head_held_by = held by
all_features = all
minutes = { $minutes } min
hours = { $hours } h { $minutes } min
days = { $days } d { $hours } h
kept_for = seat { $seat } is kept for { $user } until { $until }
asked_to_end = seat { $seat }: { $holder } is asked to end, for which { $seconds } s are given
unknown_account = no account { $user } is known on this host: the seat is kept all the same for whoever comes by that name
unknown_account_hint = look at its spelling; another name takes its place: countersign seat disconnect { $seat } --hold-for NAME --reason TEXT
kept_no_more = seat { $seat } is kept for { $user } no more
kept_for_nobody = seat { $seat } is kept for nobody
taken_back = seat { $seat } is taken back from { $holder }
nobody_uses = nobody uses seat { $seat }
uses_none = { $user } uses no seat
who_uses = who uses which: countersign seat list
lent_out = seat { $seat } is lent by { $loan }, which cannot be ended from here
lent_out_hint = its seat is free 26 hours after that day; whoever has it can give it back now with countersign return
not_ended = seat { $seat } is not free: { $process } has not ended
not_ended_hint = wait, and do the same again; or end it without asking, which loses what was not saved: --force
not_killed_hint = end it as root, by the means of the system; if it stays, as where a disk does not answer, restart the host
not_seen = seat { $seat } is held by what this user or this system does not see
not_seen_hint = do the same as root, on the host itself and not in a container; on systems other than Linux end the program by other means
elsewhere = seat { $seat } is held on { $hosts }, and is taken back there
elsewhere_hint = do the same on that computer; if it runs no more, the seat is free five minutes after it was last heard of
another_seat = seat { $first } was given to somebody else while this computer slept or was cut off; seat { $now } was held instead
lost_seat = seat { $first } was given to somebody else while this computer slept or was cut off, and no other one was free
shared_now = several computers share these seats from now on
shared_already = several computers share these seats already
unshared_now = none but this computer uses these seats from now on
unshared_already = none but this computer uses these seats
holder = process { $id } ({ $program }) of { $account }
