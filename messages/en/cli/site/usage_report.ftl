### How much the seats were used.

first = { $product }  { $key }  { $seats ->
        [one] 1 seat
       *[other] { $seats } seats
    }, from { $from } to { $to } (UTC)
nothing = no seat was used in this time, and none refused
head_feature = feature
head_day = day
head_sessions = sessions
head_hours = hours
head_peak = peak
head_peak_for = peak lasted
head_refused = refused
all = all
some_user = user { $number }
some_workstation = workstation { $number }
somebody = somebody
peak = { $most } of { $seats } in use at once at most: for { $lasted } in all, first on { $at }
refused = refused: { $users }
not_given_back = { $sessions ->
        [one] 1 session was not given back: it counts until its seat was seen free, for 12 hours at most
       *[other] { $sessions } sessions were not given back: each counts until its seat was seen free, for 12 hours at most
    }
damaged = { $lines ->
        [one] 1 line in the log of { $account } is damaged or forged, and was left out: ask { $account } whether the log was edited
       *[other] { $lines } lines in the log of { $account } are damaged or forged, and were left out: ask { $account } whether the log was edited
    }
full = the log of { $account } is full for a month (refusals are written up to 4 MiB, all else up to 8 MiB): what came later may not be in it; ask { $account } what asks for seats so often
unread = a log of { $account } cannot be read, and was left out: in the directory log of the seats let root read it, or remove what is no file
left_out = { $months ->
        [one] of 1 month of the log of { $account } not all was read, for there is too much of it
       *[other] of { $months } months of the log of { $account } not all was read, for there is too much of it
    }: the last months were read first; ask { $account } what asks for seats so often
csv_and_json = --csv cannot be used with --json
one_of_them = leave one of them out
from_after_to = --from is a later day than --to
from_before_to = name the earlier day with --from
from_to_come = --from is a day to come: { $day }
from_to_come_hint = name a day up to today, which is { $today } in UTC
