import ArgumentParser
import FHIRFormats
import FHIRServer
import FHIRStore
import JSONTape
import Logging

/// `martlet audit`: the record of who did what.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verify the record of who did what, or delete its oldest part.",
        subcommands: [AuditVerifyCommand.self, AuditPurgeCommand.self])
}

/// `martlet audit verify`: exit status 1 if a link of the chain is not as it was made.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Work out the hashes of the chain again and say whether all is as it was made."
    )

    @Option(help: "Number of the first link. Default: the oldest that is kept.")
    var start: Int64?

    @Option(help: "Number of the last link. Default: the end of the chain.")
    var end: Int64?

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let (start, end) = (start, end)
        let found = try await AuditCommand.withTrail(databaseOptions) { audit in
            try await audit.verify(from: start, through: end)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("valid")
        writer.bool(found.isValid)
        writer.key("count")
        writer.number(found.count)
        if let number = found.firstBad, let fault = found.fault {
            writer.key("firstBad")
            writer.number(Int(number))
            writer.member("reason", fault.rawValue)
        }
        writer.key("head")
        writer.number(Int(found.head))
        writer.member("headHash", found.headHash)
        writer.endObject()
        print(String(decoding: writer.bytes, as: UTF8.self))
        if !found.isValid { throw ExitCode.failure }
    }
}

/// `martlet audit purge`: the rest of the chain still verifies.
struct AuditPurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Delete records that are older than a number of years.")

    @Option(help: "Records that are older than this are deleted, 1 to 1000.")
    var years: Int

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard (1...1000).contains(years) else { throw ValidationError("--years is 1 to 1000") }
    }

    func run() async throws {
        let years = years
        let count = try await AuditCommand.withTrail(databaseOptions) { audit in
            try await audit.purge(before: audit.now.years(ago: years))
        }
        print("{\"deleted\":\(count)}")
    }
}

extension AuditCommand {
    /// Runs `body` with the record of the database.
    fileprivate static func withTrail<Result: Sendable>(
        _ options: DatabaseOptions, _ body: (AuditTrail) async throws -> Result
    ) async throws -> Result {
        let settings = try options.settings(try await options.reader())
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        return try await OpenStore.with(settings, isAudited: true, logger: logger) { open in
            try await open.migrate()
            guard let audit = open.store.audit else { throw ValidationError("there is no record") }
            return try await body(audit)
        }
    }
}
