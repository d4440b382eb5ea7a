### Pictures of codes that cannot be read or drawn.

picture_format = this is a picture of the kind { $format }, which is not read
picture_too_large = this picture is too large to look for a code in: { $mebibytes } MiB
picture_too_many_pixels = this picture is too large to look for a code in: { $width } by { $height } pixels
picture_damaged = this picture is damaged: { $why }
picture_without_code = there is no QR code to be seen in this picture
pictures_not_read = this is a picture, and this program was built without reading pictures
picture_format_hint = save it as PNG or JPEG, or make a screenshot of it
picture_too_large_hint = cut out the part with the QR code, or send a smaller copy
picture_damaged_hint = have the picture sent again as a file
picture_without_code_hint = take the picture from straight ahead with the whole code and its white edge in it, or type the code
pictures_not_read_hint = type the code, or let the phone that scanned it send it as text
too_much_for_qr = { $bytes } characters do not fit into a QR code
