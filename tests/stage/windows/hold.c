/* Holds a file open for so many milliseconds, with no leave for anybody to share it: hold FILE MILLISECONDS. It says by held.txt that it has it. With `apart`
 * behind that another process does, which inherits what this one has, and this one ends. */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static int apart(char **given) {
    char line[1024];
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION it;
    snprintf(line, sizeof line, "hold.exe %s %s", given[1], given[2]);
    return CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &how, &it) ? 0 : 1;
}

int main(int count, char **given) {
    if (count == 4) return apart(given);
    if (count != 3) return 2;
    HANDLE file = CreateFileA(given[1], GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return 1;
    HANDLE said = CreateFileA("held.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    CloseHandle(said);
    Sleep((DWORD)atoi(given[2]));
    return CloseHandle(file) ? 0 : 1;
}
