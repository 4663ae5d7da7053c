// Why not posix_spawn: it cannot become another user. Why not swift-subprocess 1.0: its child is made by a bare
// clone3, and glibc's setuid then waits for locks that other threads held at that moment; with threads starting
// meanwhile it hung. fork puts glibc's locks and thread list in order first.
#define _GNU_SOURCE
#include "CChildProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Marks every descriptor from `first` on as closed on exec.
static void close_on_exec_from(int first) {
#ifdef SYS_close_range
    const unsigned int close_range_cloexec = 4;
    if (syscall(SYS_close_range, first, ~0U, close_range_cloexec) == 0) return;
#endif
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < limit; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int become(const struct martlet_child *child) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    if (sigprocmask(SIG_SETMASK, &none, 0) != 0) return errno;
    setsid();
    if (child->switches_account) {
        if (setgroups(0, 0) != 0 || setgid(child->group) != 0 || setuid(child->user) != 0) return errno;
    }
    if (chdir(child->directory) != 0) return errno;
    int input = open("/dev/null", O_RDONLY);
    if (input < 0 || dup2(input, 0) < 0) return errno;
    if (dup2(child->output, 1) < 0 || dup2(child->error, 2) < 0) return errno;
    close_on_exec_from(3);
    execve(child->path, child->arguments, child->environment);
    return errno;
}

int martlet_launch(const struct martlet_child *child, pid_t *process) {
    // Tells whether exec worked: closed by it, written to otherwise.
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return errno;
    pid_t id = fork();
    if (id < 0) {
        int error = errno;
        close(report[0]);
        close(report[1]);
        return error;
    }
    if (id == 0) {
        int error = become(child);
        ssize_t ignored = write(report[1], &error, sizeof(error));
        (void)ignored;
        _exit(127);
    }
    close(report[1]);
    int error = 0;
    ssize_t count;
    do count = read(report[0], &error, sizeof(error));
    while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count <= 0) {
        *process = id;
        return 0;
    }
    while (waitpid(id, 0, 0) < 0 && errno == EINTR) {
    }
    return error;
}
