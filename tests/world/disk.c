/* A disk that is full, read-only, broken or without locks, also for root: put before the C library with LD_PRELOAD, it answers what such a disk would
 * answer to whoever writes below the directory in DISK_AT. DISK is "full", "read-only", "held", "broken" or "no-locks"; DISK_SPARE is how many writes a full or
 * broken one takes before it is so; at the first beyond it "killed" ends the program, as kill -9 does. With "no-entropy" the system has no random numbers to give, with
 * "repeating" the same ones again and again. Streams and other files are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
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

/* What a write to this file is refused with, or 0. */
static int refused(int fd) {
    static int taken;
    char path[PATH_MAX];
    int why = is("full") ? ENOSPC : is("broken") || is("killed") ? EIO : 0;
    if (!why || !named(path, fd, NULL) || !below(path)) return 0;
    const char *spare = getenv("DISK_SPARE");
    if (spare && taken++ < atoi(spare)) return 0;
    if (is("killed")) raise(SIGKILL);
    return why;
}

ssize_t write(int fd, const void *from, size_t count) {
    int why = refused(fd);
    if (why) return errno = why, -1;
    return REAL(write, fd, from, count);
}

ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) {
    int why = refused(fd);
    if (why) return errno = why, -1;
    return REAL(pwrite64, fd, from, count, at);
}

ssize_t pwrite(int fd, const void *from, size_t count, off_t at) {
    int why = refused(fd);
    if (why) return errno = why, -1;
    return REAL(pwrite, fd, from, count, at);
}

int flock(int fd, int operation) {
    char path[PATH_MAX];
    if (is("no-locks") && named(path, fd, NULL) && below(path)) return errno = ENOLCK, -1;
    return REAL(flock, fd, operation);
}

/* Maps of the standard library ask with a flag of their own; keys and secrets are made of what is asked for without one. */
ssize_t getrandom(void *into, size_t count, unsigned flags) {
    if (is("no-entropy") && count > 0 && flags == 0) return errno = EIO, -1;
    if (is("repeating") && flags == 0) return memset(into, 7, count), count;
    return REAL(getrandom, into, count, flags);
}

/* A read-only disk opens nothing for writing. A full one often has room for an empty file, but not for a directory. */
static int denied(const char *path, int flags) {
    if (!below(path)) return 0;
    /* Files of which another program has one open. */
    if (is("held") && (flags & (O_WRONLY | O_RDWR)) && !(flags & O_CREAT)) return EBUSY;
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
    if (below(to) && is("held")) return errno = EBUSY, -1;
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
    if (below(in(whole, to, new)) && is("held")) return errno = EBUSY, -1;
    if (below(in(whole, to, new)) && is("read-only")) return errno = EROFS, -1;
    return REAL(renameat, from, old, to, new);
}

int unlinkat(int at, const char *path, int flags) {
    char whole[PATH_MAX];
    if (below(in(whole, at, path)) && is("read-only")) return errno = EROFS, -1;
    return REAL(unlinkat, at, path, flags);
}
