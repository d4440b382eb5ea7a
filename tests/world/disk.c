/* A disk that is full or read-only, also for root: put before the C library with LD_PRELOAD, it answers what such a disk would answer to
 * whoever writes below the directory in DISK_AT. DISK is "full" or "read-only". Streams and other files are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name, ...) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))(__VA_ARGS__)

static int is(const char *what) {
    const char *disk = getenv("DISK");
    return disk && strcmp(disk, what) == 0;
}

static int below(const char *path) {
    const char *at = getenv("DISK_AT");
    return at && strncmp(path, at, strlen(at)) == 0;
}

/* The path behind a descriptor and, where there is one, a name in it. */
static int named(char *path, int fd, const char *name) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    snprintf(path + length, PATH_MAX - length, name ? "/%s" : "", name);
    return 1;
}

/* The same for calls that are handed a directory. */
static const char *in(char *path, int fd, const char *name) {
    return fd == AT_FDCWD || *name == '/' || !named(path, fd, name) ? name : path;
}

static int full(int fd) {
    char path[PATH_MAX];
    return is("full") && named(path, fd, NULL) && below(path);
}

ssize_t write(int fd, const void *from, size_t count) {
    if (full(fd)) return errno = ENOSPC, -1;
    return REAL(write, fd, from, count);
}

ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) {
    if (full(fd)) return errno = ENOSPC, -1;
    return REAL(pwrite64, fd, from, count, at);
}

ssize_t pwrite(int fd, const void *from, size_t count, off_t at) {
    if (full(fd)) return errno = ENOSPC, -1;
    return REAL(pwrite, fd, from, count, at);
}

/* A read-only disk opens nothing for writing. A full one often has room for an empty file, but not for a directory. */
static int denied(const char *path, int flags) {
    if (!below(path)) return 0;
    if (is("read-only") && (flags & (O_WRONLY | O_RDWR | O_CREAT))) {
        /* What is not there is not there before the disk is read-only, unless it is to be made. */
        return !(flags & O_CREAT) && access(path, F_OK) != 0 ? 0 : EROFS;
    }
    return 0;
}

#define OPEN(name)                                                     \
    int name(const char *path, int flags, ...) {                       \
        va_list rest;                                                  \
        va_start(rest, flags);                                         \
        mode_t mode = (flags & O_CREAT) ? va_arg(rest, int) : 0;       \
        va_end(rest);                                                  \
        int why = denied(path, flags);                                 \
        if (why) return errno = why, -1;                               \
        return REAL(name, path, flags, mode);                          \
    }

OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                   \
    int name(int at, const char *path, int flags, ...) {               \
        char whole[PATH_MAX];                                          \
        va_list rest;                                                  \
        va_start(rest, flags);                                         \
        mode_t mode = (flags & O_CREAT) ? va_arg(rest, int) : 0;       \
        va_end(rest);                                                  \
        int why = denied(in(whole, at, path), flags);                  \
        if (why) return errno = why, -1;                               \
        return REAL(name, at, path, flags, mode);                      \
    }

OPENAT(openat)
OPENAT(openat64)

int mkdir(const char *path, mode_t mode) {
    int why = is("full") && below(path) ? ENOSPC : denied(path, O_CREAT);
    if (why && access(path, F_OK) != 0) return errno = why, -1;
    return REAL(mkdir, path, mode);
}

int rename(const char *from, const char *to) {
    if (below(to) && is("read-only")) return errno = EROFS, -1;
    return REAL(rename, from, to);
}

int unlink(const char *path) {
    if (below(path) && is("read-only")) return errno = EROFS, -1;
    return REAL(unlink, path);
}

int mkdirat(int at, const char *path, mode_t mode) {
    char whole[PATH_MAX];
    const char *made = in(whole, at, path);
    int why = is("full") && below(made) ? ENOSPC : denied(made, O_CREAT);
    if (why && access(made, F_OK) != 0) return errno = why, -1;
    return REAL(mkdirat, at, path, mode);
}

int renameat(int from, const char *old, int to, const char *new) {
    char whole[PATH_MAX];
    if (below(in(whole, to, new)) && is("read-only")) return errno = EROFS, -1;
    return REAL(renameat, from, old, to, new);
}

int unlinkat(int at, const char *path, int flags) {
    char whole[PATH_MAX];
    if (below(in(whole, at, path)) && is("read-only")) return errno = EROFS, -1;
    return REAL(unlinkat, at, path, flags);
}
