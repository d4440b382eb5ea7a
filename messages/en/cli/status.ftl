### The state of a license.

what_to_do = what to do: { $hint }
plugged_in = plugged in
not_plugged_in = not plugged in
weakly_bound = weakly bound: whoever copies its disk copies the license too; a USB key would tell them apart
applied_generation = { $day } generation { $generation }
applied_emergency = { $day } emergency step { $step }
activation = { $activation }, generation { $generation }
spoken_help = where no mail gets through, have the desk read out an emergency code, and enter it with: countersign apply
enter_response = enter the response with: countersign apply
used_of_unlimited = { $limit }: { $count } used, unlimited
used = { $limit }: { $count } of { $most } used, { $remaining } remaining
used_too_many = { $limit }: { $count } of { $most } used, { $over } too many
nobody_assigned = nobody is assigned
waiting = { $requests ->
        [one] 1 request
       *[other] { $requests } requests
    } for an answer
state_days_left = { $state }, { $days ->
        [one] 1 day left
       *[other] { $days } days left
    }
days_left = { $days ->
        [one] 1 day left
       *[other] { $days } days left
    }
count_of = { $limit } { $count } of { $most }
grace = { $left ->
        [0] the last day of { $days }
        [one] 1 day left of { $days }
       *[other] { $left } days left of { $days }
    }
grace_over = ended { $over ->
        [one] 1 day
       *[other] { $over } days
    } ago, after { $days }
