### The license key, as it is typed.

count = a license key has 13 digits, this one has { $found }
foreign = a license key is made of digits; '{ $character }' is none
several = these are { $found } license keys
mistyped = this license key is mistyped: its check digits do not fit
range = a license key begins with a digit from 1 to 9 and is made of 11 digits and two check digits
count_hint = it looks like 123-456-789-0123; compare it with the message it came in
foreign_hint = type the 13 digits only; spaces and dashes between them do not matter
mistyped_hint = one or more digits are wrong or swapped; compare them with the message it came in, group by group
several_hint = hand them over one by one
range_hint = compare the first group with the message it came in
