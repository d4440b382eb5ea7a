### Failures of the system that have no room of their own.

try_again = try again
io_hint = look at the disk and at who may read and write there
no_entropy = the system gives no random numbers
no_entropy_hint = try again when the computer has fully started
output_unwritten = the output could not be written
output_unwritten_hint = look at where it was to go: a full disk, a closed pipe
