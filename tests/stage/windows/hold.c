/* Holds a file open for so many milliseconds, with no leave for anybody to share it: hold FILE MILLISECONDS. It says by held.txt that it has it. */
#include <stdlib.h>
#include <windows.h>

int main(int count, char **given) {
    if (count != 3) return 2;
    HANDLE file = CreateFileA(given[1], GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return 1;
    HANDLE said = CreateFileA("held.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    CloseHandle(said);
    Sleep((DWORD)atoi(given[2]));
    return CloseHandle(file) ? 0 : 1;
}
