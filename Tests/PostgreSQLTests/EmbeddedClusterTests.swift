import Glibc
import PostgreSQLTesting
import Testing

@testable import PostgreSQL

@Suite struct EmbeddedClusterTests {
    private func makeCluster(_ folder: String) throws -> EmbeddedCluster {
        var configuration = EmbeddedCluster.Configuration(dataDirectory: folder)
        configuration.settings = ["fsync": "off", "shared_buffers": "32MB"]
        return try EmbeddedCluster(configuration: configuration, logger: TestCluster.logger)
    }

    private func withDatabase<R>(_ cluster: EmbeddedCluster, _ body: (Database) async throws -> R) async throws -> R {
        var configuration = DatabaseConfiguration(connectionString: cluster.connectionString)
        configuration.disconnectedWait = .seconds(60)
        let database = Database(configuration: configuration, logger: TestCluster.logger)
        try await database.start()
        let value = try await body(database)
        await database.shutdown()
        return value
    }

    @Test func acknowledgedRowsSurviveAKilledServer() async throws {
        let test = try await TestCluster()
        try await withDatabase(test.cluster) { database in
            try await database.script("CREATE TABLE t (id bigint PRIMARY KEY)")
            let insert = SQLStatement("INSERT INTO t VALUES ($1)")
            let first = try #require(test.cluster.processIdentifier)
            let acknowledged = await withTaskGroup(of: [Int].self) { group in
                for writer in 0..<16 {
                    group.addTask {
                        var done: [Int] = []
                        for index in 0..<200 {
                            let id = writer * 1_000 + index
                            if writer == 0, index == 100 { kill(first, SIGKILL) }
                            let error = await failure {
                                _ = try await database.write(WriteJob([(insert, integer(id))]))
                            }
                            if error == nil { done.append(id) } else { #expect(error?.code == .connectionLost) }
                        }
                        return done
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            let present = try await database.read(SQLStatement("SELECT id FROM t"))
            let ids = Set((0..<present.rowCount).compactMap { present.int64($0, 0) })
            #expect(acknowledged.allSatisfy { ids.contains(Int64($0)) })
            // What is neither acknowledged nor there was lost with its connection: a batch or two.
            #expect(acknowledged.count > 16 * 150)
            #expect(test.cluster.processIdentifier != first)
        }
        await test.shutdown()
    }

    @Test func orphanIsAdoptedAndStopped() async throws {
        let test = try await TestCluster()
        try await withDatabase(test.cluster) { try await $0.script("CREATE TABLE t (id bigint)") }
        await test.shutdown()
        // What a killed owner leaves behind: a server, and nobody who holds the lock.
        let layout = try ClusterLayout(dataDirectory: test.dataDirectory)
        let account = try ServerAccount.choose(owner: FileAccess.owner(of: layout.data))
        let installation = try await PostgreSQLInstallation.find(
            named: nil, required: layout.existingVersion, account: account)
        let orphan = try ServerProcess.launch(installation, layout, account)
        try await eventually("the orphan lives") { PostmasterFile(layout)?.isServer(of: layout) == true }
        let cluster = try makeCluster(test.dataDirectory)
        try await cluster.start()
        #expect(cluster.isOwner && cluster.processIdentifier == orphan.processID)
        #expect(try await withDatabase(cluster) { try await $0.count("SELECT count(*) FROM t") } == 0)
        // An adopted server that dies is replaced like any other.
        orphan.send(SIGKILL)
        try await eventually("a new server runs") {
            cluster.processIdentifier.map { $0 != orphan.processID && ProcessState.isAlive($0) } ?? false
        }
        #expect(try await withDatabase(cluster) { try await $0.count("SELECT count(*) FROM t") } == 0)
        let last = try #require(cluster.processIdentifier)
        await cluster.shutdown()
        #expect(!ProcessState.isAlive(last))
    }

    @Test func secondProcessJoinsAndTakesOver() async throws {
        let test = try await TestCluster()
        let first = try #require(test.cluster.processIdentifier)
        let guest = try makeCluster(test.dataDirectory)
        try await guest.start()
        #expect(!guest.isOwner)
        let visitor = try makeCluster(test.dataDirectory)
        try await visitor.start()
        await visitor.shutdown()
        #expect(ProcessState.isAlive(first))
        try await withDatabase(guest) { database in
            await test.shutdown()
            #expect(!ProcessState.isAlive(first))
            try await eventually("the guest takes over") { guest.isOwner }
            #expect(try await database.read(SQLStatement("SELECT 1")).int64(0, 0) == 1)
        }
        await guest.shutdown()
    }

    @Test func settingsKeepValuesOutOfTheLog() async throws {
        let test = try await TestCluster()
        try await withDatabase(test.cluster) { database in
            try await database.script("CREATE TABLE t (name text PRIMARY KEY)")
            let insert = SQLStatement("INSERT INTO t VALUES ($1)")
            let secret = parameters { $0.append(text: "Müller-Secret") }
            _ = try await database.write(WriteJob([(insert, secret)]))
            let error = await failure { _ = try await database.write(WriteJob([(insert, secret)])) }
            #expect(error?.sqlState == "23505" && error?.description.contains("Secret") == false)
            for (name, value) in [
                ("fsync", "on"), ("synchronous_commit", "on"), ("listen_addresses", ""), ("jit", "off"),
                ("server_encoding", "UTF8"), ("data_checksums", "on"), ("full_page_writes", "on"),
            ] {
                let setting = try await database.read(SQLStatement("SHOW \(name)"))
                #expect(setting.string(0, 0) == value, "\(name)")
            }
            let read = SQLStatement("SELECT pg_read_file(pg_current_logfile())")
            var log = ""
            // The collector is a process of its own, and writes when it gets to it.
            try await eventually("the error is in the log") {
                log = try await database.read(read).string(0, 0) ?? ""
                return log.contains("duplicate key")
            }
            #expect(!log.contains("Secret"))
        }
        await test.shutdown()
    }

    @Test func theGuardOfAFolderHoldsNothingElse() async throws {
        // Not closed on exec, as many libraries leave theirs.
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
        defer { close(ends[0]) }
        try ProcessGuard.removeAtEnd(try TestCluster.makeTemporaryFolder())
        close(ends[1])
        var byte: UInt8 = 0
        // Others who start at the same moment hold it until they execute their program.
        try await eventually("the pipe has ended") { read(ends[0], &byte, 1) == 0 }
    }

    @Test func longPathsGetASocketElsewhere() async throws {
        let base = try TestCluster.makeTemporaryFolder()
        let folder = base + "/" + String(repeating: "long-name-", count: 10)
        let layout = try ClusterLayout(dataDirectory: folder)
        #expect(layout.socketDirectory.utf8.count < 80)
        let same = try ClusterLayout(dataDirectory: folder + "/")
        #expect(same.socketDirectory == layout.socketDirectory)
        FileAccess.removeTree(base)
        #expect(!FileAccess.exists(base))
    }

    @Test func stalePostmasterFileIsNotTakenForAServer() throws {
        let folder = try TestCluster.makeTemporaryFolder()
        defer { FileAccess.removeTree(folder) }
        let layout = try ClusterLayout(dataDirectory: folder)
        try FileAccess.makeFolders(layout.data)
        let account = ServerAccount(userID: geteuid(), groupID: getegid(), mustSwitch: false)
        // Our own process is alive, but no PostgreSQL.
        try FileAccess.write("\(getpid())\n\(layout.data)\n", to: layout.postmasterFile, for: account)
        #expect(PostmasterFile(layout)?.isServer(of: layout) == false)
        try FileAccess.write("garbage", to: layout.postmasterFile, for: account)
        #expect(PostmasterFile(layout) == nil)
    }

    @Test func closedParentIsNamed() async throws {
        guard geteuid() == 0 else { return }
        let base = try TestCluster.makeTemporaryFolder()
        defer { FileAccess.removeTree(base) }
        mkdir(base + "/closed", 0o700)
        let cluster = try makeCluster(base + "/closed/data")
        let error = await failure { try await cluster.start() }
        #expect(error?.code == .cluster && error?.message.hasSuffix(base + "/closed") == true)
    }

    @Test(
        arguments: [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15), ("postgres (PostgreSQL) 17beta1", 17),
            ("14\n", 14),
            ("postgres", nil), ("", nil),
        ] as [(String, Int?)])
    func versionIsRead(_ text: String, _ version: Int?) {
        #expect(PostgreSQLInstallation.majorVersion(in: text) == version)
    }

    @Test func missingVersionIsNamed() async throws {
        let account = try ServerAccount.choose(owner: nil)
        let error = await failure {
            _ = try await PostgreSQLInstallation.find(named: "/nonexistent", required: nil, account: account)
        }
        #expect(error?.code == .cluster)
    }
}
