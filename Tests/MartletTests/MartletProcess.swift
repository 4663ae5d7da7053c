import Glibc
import PostgreSQLTesting
import Testing

/// The real program as its users run it: a child process, a data directory, signals.
struct MartletProcess: Sendable {
    let processID: pid_t
    let httpPort: Int
    let mllpPort: Int
    /// All that it said on stderr is here.
    let log: String

    /// Starts `martlet serve` on free ports and returns when it says that it is ready.
    static func serve(_ folder: String, _ options: [String] = ["--auth", "none"]) async throws -> MartletProcess {
        let log = folder + "/serve-\(UInt32.random(in: .min ... .max)).log"
        let processID = try launch(
            ["serve", "--port", "0", "--mllp-port", "0", "--data-dir", folder + "/data"] + options, log: log)
        var ports: (http: Int, mllp: Int)?
        try await wait(for: "the lines that tell the ports") {
            guard status(of: processID) == nil else { throw Failed("martlet ended: \(text(log))") }
            let lines = text(log).split(separator: "\n")
            guard let http = lines.lazy.compactMap({ httpPort(of: $0) }).first,
                let mllp = lines.lazy.compactMap({ port(of: $0, after: "MLLP at 127.0.0.1:") }).first
            else { return false }
            ports = (http, mllp)
            return true
        }
        let (http, mllp) = try #require(ports)
        return MartletProcess(processID: processID, httpPort: http, mllpPort: mllp, log: log)
    }

    /// Starts `martlet hl7 listen` on a free port and returns when it says which.
    static func listen(_ folder: String, _ options: [String] = []) async throws -> MartletProcess {
        let log = folder + "/listen-\(UInt32.random(in: .min ... .max)).log"
        let processID = try launch(["hl7", "listen", "--port", "0"] + options, log: log)
        var found: Int?
        try await wait(for: "the line that tells the port") {
            guard status(of: processID) == nil else { throw Failed("martlet ended: \(text(log))") }
            found = text(log).split(separator: "\n").lazy.compactMap { port(of: $0, after: "MLLP at 127.0.0.1:") }.first
            return found != nil
        }
        return MartletProcess(processID: processID, httpPort: 0, mllpPort: try #require(found), log: log)
    }

    /// Runs a command to its end with a terminal for its words; what it wrote there has to be short.
    static func runOnTerminal(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        try #require(master >= 0)
        defer { close(master) }
        // TIOCSPTLCK unlocks the other end, TIOCGPTN tells its number.
        var (lock, number): (CInt, CUnsignedInt) = (0, 0)
        try #require(ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
        let name = "/dev/pts/\(number)"
        let slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(slave >= 0)
        defer { close(slave) }
        let process = MartletProcess(processID: try launch(arguments, log: name), httpPort: 0, mllpPort: 0, log: name)
        let status = try await process.ended()
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 12)
        while case let count = read(master, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return (status, String(decoding: bytes, as: UTF8.self))
    }

    /// Runs a command to its end: martlet's, or another program's that is built with the tests.
    static func run(
        _ arguments: [String], program: String = "martlet", in folder: String
    ) async throws -> (status: Int32, output: String) {
        let log = folder + "/run-\(UInt32.random(in: .min ... .max)).log"
        let processID = try launch(arguments, program: program, log: log)
        let process = MartletProcess(processID: processID, httpPort: 0, mllpPort: 0, log: log)
        return (try await process.ended(), text(log))
    }

    func send(_ signal: Int32) { kill(processID, signal) }

    /// Waits for the end; the exit status, or the negated number of the signal that ended it.
    func ended() async throws -> Int32 {
        var found: Int32?
        try await wait(for: "the end of the process") {
            found = Self.status(of: processID)
            return found != nil
        }
        return try #require(found)
    }

    /// The process id of the embedded PostgreSQL; nil if none runs.
    static func postmaster(_ folder: String) -> pid_t? {
        let first = text(folder + "/data/postgres/postmaster.pid").split(separator: "\n").first
        return first.flatMap { pid_t($0) }.flatMap { kill($0, 0) == 0 ? $0 : nil }
    }

    /// The backends that serve the database's clients.
    static func backends(of postmaster: pid_t) -> [pid_t] {
        text("/proc/\(postmaster)/task/\(postmaster)/children").split(separator: " ").compactMap { pid_t($0) }
            .filter { text("/proc/\($0)/cmdline").hasPrefix("postgres: martlet martlet") }
    }

    /// A folder for one test, which goes with this process, together with the PostgreSQL in it.
    static func makeFolder() throws -> String {
        let folder = try TestCluster.makeTemporaryFolder()
        mkdir(folder + "/data", 0o755)
        try ProcessGuard.removeAtEnd(folder, data: folder + "/data")
        return folder
    }

    // MARK: - The process

    /// Programs lie beside the test bundle.
    static func path(of name: String) throws -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        try #require(count > 0)
        let own = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let program = own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/" + name
        try #require(access(program, X_OK) == 0, "\(name) is built with the tests")
        return program
    }

    private static func launch(_ arguments: [String], program name: String = "martlet", log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        InheritedDescriptors.close(&actions)
        let program = try path(of: name)
        var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        var processID = pid_t()
        try #require(posix_spawn(&processID, program, &actions, nil, &pointers, environ) == 0)
        return processID
    }

    /// Nil while it runs. Asking again after the end is not allowed: the process id is free then.
    private static func status(of processID: pid_t) -> Int32? {
        var status: Int32 = 0
        guard waitpid(processID, &status, WNOHANG) == processID else { return nil }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : -signal
    }

    private static func httpPort(of line: Substring) -> Int? {
        port(of: line, after: "FHIR at http://127.0.0.1:") ?? port(of: line, after: "FHIR at https://127.0.0.1:")
    }

    private static func port(of line: Substring, after mark: String) -> Int? {
        guard let start = line.firstRange(of: mark)?.upperBound else { return nil }
        return Int(line[start...].prefix { $0.isNumber })
    }

    /// The content of a file; empty if it cannot be read.
    static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Why a test cannot go on.
struct Failed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Waits until a condition holds; gives up only where something must be broken.
func wait(for what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(1200)
    while try await !condition() {
        if ContinuousClock.now > end { throw Failed("waited in vain for \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
