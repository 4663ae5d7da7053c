#ifndef MARTLET_CCHILDPROCESS_H
#define MARTLET_CCHILDPROCESS_H

#include <sys/types.h>

/// How a child is to start.
struct martlet_child {
    /// The program's path, its arguments (the program's name first) and its environment; both lists end with NULL.
    const char *path;
    char *const *arguments;
    char *const *environment;
    /// The folder to work in.
    const char *directory;
    /// Descriptors that become its standard output and error; its input is empty.
    int output;
    int error;
    /// Whether to become another user first. Needs root.
    int switches_account;
    uid_t user;
    gid_t group;
};

/// Starts a program in a session of its own, with default signal handling and no other descriptors of ours.
/// Returns 0 and the process id, or an error number, also where the program could not be executed.
int martlet_launch(const struct martlet_child *child, pid_t *process);

#endif
