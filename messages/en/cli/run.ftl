### Running another program.

no_program = no program
no_program_hint = name it after --
not_run = { $name } cannot be run
not_run_hint = look at the program's name and whether it may be executed
waited_no_more = the program is waited for no more
no_process = the program has no process id
seat_stays_in_use = seat { $number } stays in use: what { $name } started still runs
taken_back = the administrator asked for seat { $seat } back: { $reason }
