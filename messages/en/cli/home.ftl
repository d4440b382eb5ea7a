### The homes of a machine: which product, which license is meant.

no_home = there is no home directory for this user
no_home_hint = name one with --home DIR or COUNTERSIGN_HOME
several_products = several products are installed here: { $ids }
several_products_hint = say which: --product { $id }
no_product = no product is installed on this machine
no_product_hint = install the product file that came with the application: countersign product install FILE
which_license = several licenses are known here: { $keys }
which_license_hint = say which: give the KEY
which_license_option = say which: --license KEY
not_licensed = no license is known on this machine
not_licensed_hint = request a license with its key: countersign request activate KEY; one that another machine holds is re-validated on the machine that holds it
