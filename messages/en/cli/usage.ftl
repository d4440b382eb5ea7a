### A command that is called wrongly.

binding = a binding is written NAME=VALUE, such as server=db1
limit = a limit is written NAME=NUMBER, such as employees=250
seats = seats are a number from 1 to 65535
no_command = no command
no_command_hint = see countersign help
unexpected_argument = unexpected argument '{ $arg }'
unknown_command = there is no command '{ $name }'
missing_argument = this is missing: { $arg }
unexpected_value = unexpected value '{ $value }' for '{ $arg }'
value_missing = '{ $arg }' needs a value
values_missing = '{ $arg }' needs another number of values
no_equals = '{ $arg }' takes its value after an equals sign
invalid_value = invalid value '{ $value }' for '{ $arg }'
not_utf8 = an argument is not UTF-8
conflict = '{ $arg }' cannot be used with what else is there
twice = '{ $arg }' cannot be used more than once
conflict_with = '{ $arg }' cannot be used with { $prior }
possible_values = possible values: { $possible }
perhaps = perhaps '{ $similar }' is meant
see_help = see { $command } --help
see_help_of_command = see the command's --help
invalid_value_why = invalid value '{ $value }' for '{ $arg }': { $why }
span = a time is written 90s, 10m, 2h or 1d, up to a year
reason = say why: whoever has the seat reads it
loan_days = write a number of days from 1 to 255
lease_short = a seat is taken for 30s at least
lease = a seat is taken for 24h at most; countersign seat keep TOKEN holds it for as long again
