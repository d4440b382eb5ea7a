### What a license's administrator sees of the rules of its seats.

none = there are no rules: whoever comes first has a seat
so_already = the rules are so already
in_force = { $rules ->
        [one] 1 rule is in force
       *[other] { $rules } rules are in force
    }
not_remembered = nothing but the home remembers the rules: if the home is put back to an earlier state, that is not noticed; to have it noticed, do the same once more as root
decides = line { $line } decides: { $rule }
nothing_decides = no line decides: what is free is for whoever comes
no_seat = { $who } would get no seat now: { $why }
a_share = { $who } would share seat { $seat }
a_seat = { $who } would get a seat now
not_all_kept = the rules cannot all be kept as they are: { $why }
not_all_kept_hint = mend that line and set them again: countersign site rules set FILE; or ask the vendor for what it needs
label = rules
unknown = not known, so nobody gets a seat
no_rules = none
count = { $rules ->
        [one] 1 rule
       *[other] { $rules } rules
    }; { $reserved ->
        [0] no idle seat is reserved
        [one] 1 idle seat is reserved
       *[other] { $reserved } idle seats are reserved
    }
