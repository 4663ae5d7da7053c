import CChildProcess
import Glibc

/// A program of PostgreSQL's, ready to start.
struct Program: Sendable {
    let path: String
    let account: ServerAccount
    let workingDirectory: String

    /// What server programs get to see: PGDATA, PGPORT, LANG and the like of whoever starts us must not matter.
    private static let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"]

    /// Starts it. The caller keeps the descriptor, which the child has a copy of as output and error.
    func launch(_ arguments: [String], output: Int32) throws(PostgreSQLError) -> pid_t {
        var process = pid_t()
        let status = Self.withCStrings([path] + arguments) { arguments in
            Self.withCStrings(Self.environment) { environment in
                path.withCString { path in
                    workingDirectory.withCString { directory in
                        var child = martlet_child()
                        child.path = path
                        child.arguments = arguments
                        child.environment = environment
                        child.directory = directory
                        child.output = output
                        child.error = output
                        child.switches_account = account.mustSwitch ? 1 : 0
                        child.user = account.userID
                        child.group = account.groupID
                        return martlet_launch(&child, &process)
                    }
                }
            }
        }
        guard status == 0 else {
            throw PostgreSQLError(.cluster, "cannot start \(path): \(String(cString: strerror(status)))")
        }
        return process
    }

    /// Runs it to its end, on a thread of its own, and tells what it said.
    func run(_ arguments: [String]) async throws -> (isSuccess: Bool, output: String) {
        try await withUnsafeThrowingContinuation { continuation in
            WorkerThread.start(name: "pg-program") {
                continuation.resume(with: Result { try runBlocking(arguments) })
            }
        }
    }

    private func runBlocking(_ arguments: [String]) throws -> (isSuccess: Bool, output: String) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw FileAccess.failure("run", path) }
        defer { close(ends[0]) }
        let launched = Result { try launch(arguments, output: ends[1]) }
        close(ends[1])
        let process = try launched.get()
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            // More than this is no reason worth reporting; it is read only so that the program can end.
            if output.count < 1 << 20 { output += buffer[..<count] }
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return (status == 0, String(decoding: output, as: UTF8.self))
    }

    private static func withCStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers: [UnsafeMutablePointer<CChar>?] = []
        for string in strings { pointers.append(strdup(string)) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        // Not nil: the list holds at least its terminator.
        return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
