### Manual pages.

not_made = { $path } cannot be made
written = { $pages ->
        [one] 1 page
       *[other] { $pages } pages
    } written to { $directory }
