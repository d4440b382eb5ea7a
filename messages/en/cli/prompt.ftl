### The prompt for a code, row by row, and other questions.

nobody_asked = nobody can be asked { $deed }
add_yes = add --yes
answer_unread = the answer could not be read
no_code_given = no code given
no_code_given_hint = give the code as an argument, by a pipe, or as @FILE
row_prompt = row { $row }:
type_the_code = Type the { $noun } row by row, or paste it, the whole mail with it, or the path of a file.
how_to_type = A character that you cannot read is a question mark. Leave with { $keys } or the word quit: what you typed is kept.
other_kind = That is { $found }; { $wanted } is wanted here.
nothing_in_paste = Nothing was taken from what you pasted: { $error }; { $hint }.
row_right = { $row } is right. Check word: { $word }.
row_in_doubt = Row { $number } is in doubt: { $groups } looks wrong. It is kept; the whole code will show whether it is right.
no_row = That is no row of a code: it is passed over. Row { $number } is wanted.
row_of_other_kind = This row begins { $found }; { $wanted } is wanted here.
rows_apart = Each row can be read, but they do not belong together: they are of two codes. Type restart to begin anew.
type_again = All rows are there, but the code is not right yet. Please type again: { $rows }.
ctrl_d = Ctrl-D
ctrl_z = Ctrl-Z and Enter
row_wanted = Row { $row } is wanted. { $keys } leaves and keeps what you typed.
begin = Begin with row 1.
nothing_entered = no { $noun } was entered
nothing_entered_hint = run the same command again when you have it
unfinished = the { $noun } is not whole yet: { $rows } entered
unfinished_kept_hint = run the same command again and go on: what you typed is kept
unfinished_hint = run the same command again
row_corrected = { $name } is taken with a correction:
nothing_typed = nothing
looks_wrong = { $groups } looks wrong
row_length = it has { $length } characters, a full row has 30
the_spare_row = The spare row
the_row = Row { $number }
group = group { $group }
one_of_groups = one of the groups { $groups }
code = code
a_code = a code
either = { $others } or { $last }
from_last_time = { $rows ->
        [one] 1 row
       *[other] { $rows } rows
    } from last time: { $names }. Go on with row { $next }, or type restart.
row_unreadable = Row { $row } cannot be read. Please type row { $row } again.
row_unreadable_why = Row { $row } cannot be read: { $why }. Please type row { $row } again.
slip = group { $group }: you typed { $typed }, it must be { $meant }
row_now = now: { $row }
line_cut = one line is 4,095 bytes long, which is all that a terminal hands over: where something is missing, hand over a file, with countersign's @FILE
