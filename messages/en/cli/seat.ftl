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
lost = { $seats ->
        [one] 1 seat is kept for loans that the book has lost
       *[other] { $seats } seats are kept for loans that the book has lost
    }
loan_until = loan { $loan }, until { $until }
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
