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
foreign = another account of this computer owns { $directory }, and may change what lies there
foreign_hint = look whose it is, and remove it; then it is made for the administrators
open = other users of this computer can get at { $place }: its disk keeps no rights of files, or they took no effect
open_hint = keep it on a disk of NTFS; what was secret and lay there is known by others, if they were on this computer
untold = whether other users of this computer can get at { $place } could not be seen
untold_hint = look with: icacls { $place }
