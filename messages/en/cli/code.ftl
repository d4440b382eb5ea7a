### Codes as they come in, from words, pipes and files, and go out.

row_restored = row { $row } was restored from the spare row
other = { $noun } (phrase { $phrase })
other_of_license = { $noun } of license { $key } (phrase { $phrase })
other_quoted = { $other }, which is quoted
other_hidden = { $other }, which is not seen where the message is read
hidden = the { $noun } stands in a part of the message that is not seen where it is read
other_damaged = { $noun } that is damaged
others_and_more = the text also contains: { $kinds }, and { $left } more; what is said here is about the { $taken }
others_in_text = the text also contains: { $kinds }; what is said here is about the { $taken }
no_part = { $word } is no part of a code
no_part_hint = hand over one code or one file; --qr=FILE writes a picture
nor_a_file = this is no code, and there is no file of this name
nor_a_file_hint = give the code from its prefix to its last group, or look at the name of the file
empty = { $name } is empty
empty_hint = hand over the code, or the whole message with it
product_file = { $name } is a product file, not a code
product_text = this is a product file, not a code
license_key = this is a license key, not a code
license_key_hint = a machine asks for its license with: countersign request activate KEY
product_file_hint = it is installed with: countersign product install FILE
no_code_looked_at = there is no code in { $name } as far as it was looked at
no_code_looked_at_hint = of a long text only the first MiB is looked at: hand over the part with the code
belongs_grant = it is an answer: the machine that asked takes it with countersign apply
belongs_request = it goes to the vendor's desk; the desk's answer begins with RSP1 and is entered here
belongs_borrow = it goes to whoever lends the seats at the site
belongs_loan = it is for the workstation that borrows the seat
belongs_desk_certificate = it is for machines: countersign apply
belongs_emergency = it is for the machine whose license is overdue: countersign apply
wrong_kind = this is { $noun }, which is not what is wanted here
stdin = standard input
stdin_unread = standard input cannot be read
try_again = try again
no_file_named = no file is named after the @
no_file_named_hint = write @FILE, without a space
file_unread = { $path } cannot be read
pipe_hint = hand over the code itself, or a file with it; `-` reads standard input
file_unread_hint = look at the name of the file
directory = { $path } is a directory, not a file
directory_hint = name the file in it that has the code
mebibytes = { $number } MiB
pipe_without_writer = it is a pipe, and nobody writes to it
more_than_most = more than 16 MiB
too_large = { $name } is too large to look for a code in: { $size }
too_large_hint = hand over the part of the text with the code: up to 16 MiB are read
qr_written = the QR code is in { $path }
read_back_phrase = read-back phrase of the { $noun }: { $phrase }
read_back_phrase_of_several = read-back phrase of { $noun } { $nth } of { $all }: { $phrase }
too_much_for_qr_hint = use --code-only, or hand the code over as text
no_picture_name = { $path } is no name for a QR picture
no_picture_name_hint = name a file that ends in .svg or .png, or say --qr alone to see it here
picture_of_something_else = the QR code in this picture is for something else: it says { QUOTED($shown) }
picture_of_something_else_hint = take a picture of the QR code that stands beside the code itself
unwritten = { $path } cannot be written
unwritten_hint = look at the disk and the directory
unwritten_directory = { $path } is a directory
unwritten_directory_hint = name a file in it
device_name = Windows takes { $path } for a device, or for a file of another name
device_name_hint = choose another name, without a dot or a blank at its end
foreign_link = { $path } is a link or a pipe that somebody else made
foreign_link_hint = nothing was written: remove it, or name another file
too_many_links = there are too many links
corrected = { $characters ->
        [one] 1 character
       *[other] { $characters } characters
    } corrected: { $places }
