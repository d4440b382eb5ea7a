### What a license allows.

ended_on = ended on { $last }
until = until { $last }
entry_ended = { $words } (ended on { $day })
entry_until = { $words } (until { $day })
never = never
never_needed = never needed
for_ever = for ever
days = { $days ->
        [one] 1 day
       *[other] { $days } days
    }
emergency_steps = { $used } of { $of } steps of { $days ->
        [one] 1 day
       *[other] { $days } days
    } used
steps_of_days = { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    } of { $days ->
        [one] 1 day
       *[other] { $days } days
    }
on_loan = on loan, loan { $loan }
