/* Between the program and the disk, in tests only: one call on the files below a folder fails.

   FAULTY_FOLDER  whose files are meant
   FAULTY_LOG     gets a line for each call, in order
   FAULTY_AT      the number of the call that fails, from 1; 0: none does
   FAULTY_UNTIL   the number of the last call that fails
   FAULTY_HOW     "kill", "after" (done, then killed), or a number of errno */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int count;

static int below(const char *path) {
    const char *folder = getenv("FAULTY_FOLDER");
    return folder && path && !strncmp(path, folder, strlen(folder));
}

static int meant(int handle) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    return below(path);
}

static void line(const char *what) {
    const char *log = getenv("FAULTY_LOG");
    int handle = log ? REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    if (handle < 0) return;
    (void)!REAL(write)(handle, what, strlen(what));
    (void)!REAL(write)(handle, "\n", 1);
    REAL(close)(handle);
}

static int number(const char *name) {
    const char *said = getenv(name);
    return said ? atoi(said) : 0;
}

/* 0: go on; 1: fail with errno; 2: go on, then die. */
static int fails(const char *what) {
    int at = number("FAULTY_AT"), until = number("FAULTY_UNTIL"), saved = errno;
    line(what);
    errno = saved;
    count++;
    if (!at || count < at || count > (until ? until : at)) return 0;
    const char *how = getenv("FAULTY_HOW");
    if (!strcmp(how, "kill")) kill(getpid(), SIGKILL);
    if (!strcmp(how, "after")) return 2;
    errno = atoi(how);
    return 1;
}

#define FAULTY(is, what, bad, call)                 \
    int fault = (is) ? fails(what) : 0;             \
    if (fault == 1) return bad;                     \
    __typeof__(call) done = call;                   \
    if (fault == 2) kill(getpid(), SIGKILL);        \
    return done

ssize_t write(int handle, const void *from, size_t size) {
    FAULTY(meant(handle), "write", -1, REAL(write)(handle, from, size));
}

ssize_t pwrite(int handle, const void *from, size_t size, off_t at) {
    FAULTY(meant(handle), "write", -1, REAL(pwrite)(handle, from, size, at));
}

ssize_t pwrite64(int handle, const void *from, size_t size, off64_t at) {
    FAULTY(meant(handle), "write", -1, REAL(pwrite64)(handle, from, size, at));
}

int fsync(int handle) { FAULTY(meant(handle), "fsync", -1, REAL(fsync)(handle)); }

int fdatasync(int handle) { FAULTY(meant(handle), "fsync", -1, REAL(fdatasync)(handle)); }

int ftruncate(int handle, off_t size) {
    FAULTY(meant(handle), "truncate", -1, REAL(ftruncate)(handle, size));
}

int ftruncate64(int handle, off64_t size) {
    FAULTY(meant(handle), "truncate", -1, REAL(ftruncate64)(handle, size));
}

int rename(const char *from, const char *to) {
    FAULTY(below(from), "rename", -1, REAL(rename)(from, to));
}

int link(const char *from, const char *to) {
    FAULTY(below(from), "link", -1, REAL(link)(from, to));
}

int unlink(const char *path) { FAULTY(below(path), "unlink", -1, REAL(unlink)(path)); }

/* Only where a file may come to be. */
#define OPENS(name)                                                                       \
    int name(const char *path, int flags, ...) {                                          \
        va_list more;                                                                     \
        va_start(more, flags);                                                            \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;                         \
        va_end(more);                                                                     \
        FAULTY((flags & O_CREAT) && below(path), "open", -1, REAL(name)(path, flags, mode)); \
    }

OPENS(open)
OPENS(open64)
