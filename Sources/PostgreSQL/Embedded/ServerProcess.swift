import Glibc
import Synchronization

/// A running `postgres`: our child, or one that we found.
final class ServerProcess: Sendable {
    private struct State {
        var hasEnded = false
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    let processID: pid_t
    private let isChild: Bool
    private let state = Mutex(State())

    private init(processID: pid_t, isChild: Bool) {
        self.processID = processID
        self.isChild = isChild
    }

    /// A server that somebody else started.
    static func adopt(_ processID: pid_t) -> ServerProcess { ServerProcess(processID: processID, isChild: false) }

    /// Starts a server as our child, in a session of its own so that the terminal's ^C goes to us alone.
    static func launch(
        _ installation: PostgreSQLInstallation, _ layout: ClusterLayout, _ account: ServerAccount
    ) throws(PostgreSQLError) -> ServerProcess {
        let log = open(layout.startupLog, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard log >= 0 else { throw FileAccess.failure("write", layout.startupLog) }
        defer { close(log) }
        let program = Program(path: installation.postgres, account: account, workingDirectory: layout.root)
        let arguments = [
            "-D", layout.data, "-c", "listen_addresses=", "-c", "unix_socket_directories=\(layout.socketDirectory)",
            "-c", "unix_socket_permissions=0700", "-p", String(ClusterLayout.port),
        ]
        let process = ServerProcess(processID: try program.launch(arguments, output: log), isChild: true)
        WorkerThread.start(name: "pg-postmaster") { process.awaitChild() }
        return process
    }

    var hasEnded: Bool { isChild ? state.withLock { $0.hasEnded } : !ProcessState.isAlive(processID) }

    func send(_ signal: Int32) {
        guard isChild else {
            if !hasEnded { kill(processID, signal) }
            return
        }
        // Under the lock, the process id cannot have been given to somebody else.
        state.withLock { if !$0.hasEnded { kill(processID, signal) } }
    }

    /// Returns when the process is gone.
    func waitForEnd() async {
        guard isChild else {
            // No system call waits for another's child; this runs only after our predecessor was killed.
            while !hasEnded { await Pause.milliseconds(50) }
            return
        }
        await withUnsafeContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// Ends the server: at once for clients but cleanly (SIGINT), after 10 s without a checkpoint (SIGQUIT),
    /// after 5 more by force.
    func stop() async {
        for (signal, patience) in [(SIGINT, 10_000), (SIGQUIT, 5_000), (SIGKILL, 5_000)] {
            send(signal)
            for _ in 0..<(patience / 5) {
                if hasEnded { return }
                await Pause.milliseconds(5)
            }
        }
    }

    /// Blocks until the child has ended.
    private func awaitChild() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let waiting = state.withLock { state in
            // Only now is the process id free again; see `send`.
            waitpid(processID, nil, 0)
            state.hasEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

enum Pause {
    /// Sleeps, even in a cancelled task, where `Task.sleep` would return at once and a loop around it would spin.
    static func milliseconds(_ count: Int) async {
        await Task.detached { try? await Task.sleep(for: .milliseconds(count)) }.value
    }
}
