import Glibc

/// A program that this one starts.
struct Command {
    let process: pid_t

    /// What a program that ended said.
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Starts a program; its output goes to the files named, or nowhere.
    ///
    /// - Parameter environment: added to this process's own.
    static func start(
        _ arguments: [String], output: String = "/dev/null", errors: String = "/dev/null",
        environment: [String: String] = [:]
    ) throws -> Command {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        var variables = (TextFile.read("/proc/self/environ") ?? "").split(separator: "\0").map(String.init)
        variables.removeAll { variable in environment.keys.contains { variable.hasPrefix($0 + "=") } }
        variables += environment.map { "\($0)=\($1)" }
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, arguments[0], &actions, nil, &argv, &envp)
        guard result == 0 else {
            throw BenchError(.program, "cannot start \(arguments[0]): \(String(cString: strerror(result)))")
        }
        return Command(process: process)
    }

    /// Runs a program to its end.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        let base = "/tmp/martlet-bench-\(getpid())"
        let (output, errors) = (base + ".out", base + ".err")
        defer {
            unlink(output)
            unlink(errors)
        }
        let status = try start(arguments, output: output, errors: errors, environment: environment).wait()
        return Outcome(
            status: status, output: TextFile.read(output) ?? "", errors: TextFile.read(errors) ?? "")
    }

    /// Waits for the end; the exit status, or 128 + the signal's number.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Whether it has ended; collects its status if so.
    func hasEnded() -> Bool {
        var status: Int32 = 0
        return waitpid(process, &status, WNOHANG) != 0
    }

    /// Asks it to end and waits.
    func stop() {
        kill(process, SIGTERM)
        wait()
    }
}
