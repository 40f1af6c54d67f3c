/* Preloaded into a process: counts its calls that change files below one folder, and lets one of them go wrong.
 *
 * fault_arm(folder, at, how) begins the count; at the at-th call happens what `how` says:
 *   0 nothing   1 the process is killed before it   2 EIO   3 ENOSPC   4 a write writes half   5 half, then killed
 *   6 ENOSPC, and every write after it fails so too (a full disk)   7 EIO, and so does every call after it (a dead disk)
 *   8 power cut: whatever was not synced is taken back, then killed   9 the same, but every other write has arrived
 * fault_calls() tells the calls so far, a letter each: w write, f sync, r rename, t truncate, u unlink.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NOTHING, KILL, IO, SPACE, SHORT, TORN, FULL, DEAD, POWER, TANGLED };
#define MOST 100000
#define REAL(result, name, ...) \
    static result (*real_##name)(__VA_ARGS__); \
    if (!real_##name) real_##name = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static char below[PATH_MAX];
static size_t length;
static long at, how;
static char calls[MOST + 1];
static long seen;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* What a write replaced, until its file is synced. */
struct undo { dev_t device; ino_t inode; int file; off_t offset, size; size_t count; char *bytes; struct undo *before; };
static struct undo *undone;

static ssize_t raw_pwrite(int file, const void *data, size_t count, off_t offset) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off_t);
    return real_pwrite64(file, data, count, offset);
}

static int raw_truncate(int file, off_t size) {
    REAL(int, ftruncate64, int, off_t);
    return real_ftruncate64(file, size);
}

void fault_arm(const char *folder, long number, long what) {
    snprintf(below, sizeof below, "%s/", folder);
    length = strlen(below);
    at = number;
    how = what;
    seen = 0;
    calls[0] = 0;
}

const char *fault_calls(void) { return calls; }

static int ours(const char *path) { return length && path[0] == '/' && !strncmp(path, below, length); }

static int our_file(int file) {
    char name[64], path[PATH_MAX];
    if (!length) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t n = readlink(name, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return ours(path);
}

/* A descriptor of our own for the file, for theirs may be closed by then. Never closed: that would drop their locks. */
static int own_file(int file, const struct stat *about) {
    char name[64];
    for (struct undo *u = undone; u; u = u->before)
        if (u->device == about->st_dev && u->inode == about->st_ino) return u->file;
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    return open(name, O_RDWR);
}

static void remember(int file, off_t offset, size_t count) {
    struct stat about;
    if ((how != POWER && how != TANGLED) || fstat(file, &about)) return;
    struct undo *u = calloc(1, sizeof *u);
    *u = (struct undo){about.st_dev, about.st_ino, own_file(file, &about), offset, about.st_size, count, calloc(1, count + 1), undone};
    /* what is beyond the end reads as zeros where a later write has made the file longer */
    if (count && pread(u->file, u->bytes, count, offset) < 0) perror("calls.c");
    undone = u;
}

static void synced(int file) {
    struct stat about;
    if (fstat(file, &about)) return;
    for (struct undo *u = undone; u; u = u->before)
        if (u->device == about.st_dev && u->inode == about.st_ino) u->offset = -1;
}

static void take_back(void) {
    int odd = 0;
    for (struct undo *u = undone; u; u = u->before) {
        if (u->offset < 0 || (how == TANGLED && (odd ^= 1))) continue;
        raw_pwrite(u->file, u->bytes, u->count, u->offset);
        if (how == POWER) raw_truncate(u->file, u->size);
    }
}

static void die(void) {
    if (how == POWER || how == TANGLED) take_back();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Whether this call fails, with errno set; *half tells a write to write half. */
static int fails(char letter, int *half) {
    pthread_mutex_lock(&turn);
    long n = ++seen;
    if (n <= MOST) { calls[n - 1] = letter; calls[n] = 0; }
    pthread_mutex_unlock(&turn);
    if (!at || n < at || (n > at && how != FULL && how != DEAD)) return 0;
    switch (how) {
    case KILL: case POWER: case TANGLED: die(); break;
    case IO: case DEAD: errno = EIO; return 1;
    case SPACE: errno = ENOSPC; return 1;
    case FULL: if (n > at && letter != 'w') return 0; errno = ENOSPC; return 1;
    case TORN: if (!half) die(); *half = 1; return 0;
    case SHORT: if (half) *half = 1; return 0;
    }
    return 0;
}

static size_t part(size_t count, int half) { return half ? (count + 1) / 2 : count; }

static ssize_t written(ssize_t n, int half) {
    if (half && how == TORN) die();
    return n;
}

ssize_t write(int file, const void *data, size_t count) {
    REAL(ssize_t, write, int, const void *, size_t);
    int half = 0;
    if (our_file(file)) {
        if (fails('w', &half)) return -1;
        remember(file, fcntl(file, F_GETFL) & O_APPEND ? lseek(file, 0, SEEK_END) : lseek(file, 0, SEEK_CUR), count);
    }
    return written(real_write(file, data, part(count, half)), half);
}

ssize_t pwrite64(int file, const void *data, size_t count, off64_t offset) {
    int half = 0;
    if (our_file(file)) {
        if (fails('w', &half)) return -1;
        remember(file, offset, count);
    }
    return written(raw_pwrite(file, data, part(count, half), offset), half);
}

ssize_t pwrite(int file, const void *data, size_t count, off_t offset) { return pwrite64(file, data, count, offset); }

ssize_t writev(int file, const struct iovec *some, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    if (!our_file(file)) return real_writev(file, some, count);
    /* a short write for all that matters: the caller has to send the rest again */
    for (int n = 0; n < count; n++)
        if (some[n].iov_len) return write(file, some[n].iov_base, some[n].iov_len);
    return 0;
}

int fsync(int file) {
    REAL(int, fsync, int);
    if (our_file(file)) {
        if (fails('f', NULL)) return -1;
        synced(file);
    }
    return real_fsync(file);
}

int fdatasync(int file) {
    REAL(int, fdatasync, int);
    if (our_file(file)) {
        if (fails('f', NULL)) return -1;
        synced(file);
    }
    return real_fdatasync(file);
}

int ftruncate64(int file, off64_t size) {
    if (our_file(file)) {
        if (fails('t', NULL)) return -1;
        struct stat about;
        if (!fstat(file, &about)) remember(file, size, about.st_size > size ? (size_t)(about.st_size - size) : 0);
    }
    return raw_truncate(file, size);
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    if (ours(to) && fails('r', NULL)) return -1;
    return real_rename(from, to);
}

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    if (ours(path) && fails('u', NULL)) return -1;
    return real_unlink(path);
}
