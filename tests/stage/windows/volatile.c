/* One disk, as Windows 10 lists it: below HARDWARE nothing is kept, so that no other program of Wine makes keys there. */
#include <string.h>
#include <windows.h>

static int set(HKEY key, const char *name, const char *value) {
    return RegSetValueExA(key, name, 0, REG_SZ, (const BYTE *)value, (DWORD)strlen(value) + 1) == ERROR_SUCCESS;
}

int main(void) {
    const char *unit = "HARDWARE\\DEVICEMAP\\Scsi\\Scsi Port 7\\Scsi Bus 0\\Target Id 0\\Logical Unit Id 0";
    HKEY key;
    LSTATUS made = RegCreateKeyExA(HKEY_LOCAL_MACHINE, unit, 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &key, NULL);
    if (made != ERROR_SUCCESS) return 1;
    return set(key, "DeviceType", "DiskPeripheral") && set(key, "SerialNumber", "S3Z2NB0K123456A") ? 0 : 1;
}
