/* Has Ctrl-C (`c`) or Ctrl-Break (`break`) pressed for all at its console, takes its time once it is told, and ends with 77. */
#include <string.h>
#include <windows.h>

static HANDLE pressed;

static BOOL WINAPI on_key(DWORD what) {
    (void)what;
    return SetEvent(pressed);
}

int main(int count, char **given) {
    if (count != 2) return 2;
    pressed = CreateEventA(NULL, TRUE, FALSE, NULL);
    SetConsoleCtrlHandler(NULL, FALSE);
    SetConsoleCtrlHandler(on_key, TRUE);
    if (!GenerateConsoleCtrlEvent(strcmp(given[1], "c") == 0 ? CTRL_C_EVENT : CTRL_BREAK_EVENT, 0)) return 3;
    if (WaitForSingleObject(pressed, 60000) != WAIT_OBJECT_0) return 4;
    Sleep(1000);
    return 77;
}
