import Glibc
import Subprocess
import Synchronization
import SystemPackage

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
    ) async throws -> ServerProcess {
        let log = try FileDescriptor.open(
            FilePath(layout.startupLog), .writeOnly, options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite])
        var options = account.platformOptions
        options.createSession = true
        let configuration = Configuration(
            executable: .path(FilePath(installation.postgres)),
            arguments: [
                "-D", layout.data, "-c", "listen_addresses=", "-c", "unix_socket_directories=\(layout.socketDirectory)",
                "-c", "unix_socket_permissions=0700", "-p", String(ClusterLayout.port),
            ],
            environment: Program.environment, workingDirectory: FilePath(layout.root), platformOptions: options)
        return try await withUnsafeThrowingContinuation { continuation in
            let started = Mutex<ServerProcess?>(nil)
            // Not structured: the child outlives this call. `waitForEnd` waits for it.
            Task {
                do {
                    _ = try await run(
                        configuration, input: .none, output: .discarded,
                        error: .fileDescriptor(log, closeAfterSpawningProcess: true)
                    ) { execution in
                        let process = ServerProcess(processID: execution.processIdentifier.value, isChild: true)
                        started.withLock { $0 = process }
                        continuation.resume(returning: process)
                    }
                } catch {
                    if started.withLock({ $0 }) == nil { continuation.resume(throwing: error) }
                }
                started.withLock { $0 }?.markEnded()
            }
        }
    }

    var hasEnded: Bool { isChild ? state.withLock { $0.hasEnded } : !ProcessState.isAlive(processID) }

    func send(_ signal: Int32) { if !hasEnded { kill(processID, signal) } }

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

    /// Ends the server: at once for clients but cleanly (SIGINT), after 10 s without a checkpoint (SIGQUIT), after 5 more by force.
    func stop() async {
        for (signal, patience) in [(SIGINT, 10_000), (SIGQUIT, 5_000), (SIGKILL, 5_000)] {
            send(signal)
            for _ in 0..<(patience / 5) {
                if hasEnded { return }
                await Pause.milliseconds(5)
            }
        }
    }

    private func markEnded() {
        let waiting = state.withLock { state in
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
