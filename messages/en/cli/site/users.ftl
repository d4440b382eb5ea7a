### What a license's administrator sees of its users.

assigned = { $name } has a place from now on
unassigned = { $name } has no place any more; it rests until { $until } before another user gets it
unassigned_at_once = { $name } has no place any more
is_a_user = { $name } has a place already
is_no_user = { $name } has no place anyhow
places = { $free ->
        [0] no place of { $seats } is free
        [one] 1 place of { $seats } is free
       *[other] { $free } places of { $seats } are free
    }
next = next: countersign user assign NAME…; until then nobody may run it
rests = the place of { $name } rests until { $until }
lent = { $lent ->
        [one] 1 place is lent
       *[other] { $lent } places are lent
    }
without = the license has { $seats ->
        [one] 1 place
       *[other] { $seats } places
    } now: { $list } had the newest, and have none any more
not_remembered = nothing but the home remembers the list of users: if the home is put back to an earlier state, that is not noticed; to have it noticed, do the same once more as root
name_hint = write the login name as the system has it; on most systems `id -un` prints it
