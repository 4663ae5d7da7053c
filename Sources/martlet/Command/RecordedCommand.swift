import FHIRStore
import Foundation

/// A command that changes who may do what: it goes on record like what is done over the network (decision 0046).
///
/// Whether a server keeps a record is known where `audit` stands in the environment or the configuration file; without,
/// commands go on record, and a server that keeps one chains it.
struct RecordedCommand: Sendable {
    /// `user disable`: without options, which hold names and secrets.
    let name: String

    /// What a command was about.
    enum Subject: Sendable {
        /// Id of a Person.
        case person(String)
        /// Id of a client.
        case client(String)
    }

    init(_ name: String) {
        self.name = name
    }

    static func isKept(_ reader: SettingsReader) -> Bool { reader.string("audit", nil) != "off" }

    /// Runs the command, and puts it and all that it writes on record, whoever is signed in to this machine being the
    /// one who asked.
    ///
    /// - Parameter body: returns what the command was about; nil if it changed nothing.
    func run(_ open: OpenStore, _ body: () async throws -> Subject?) async throws {
        guard let audit = open.store.audit else {
            _ = try await body()
            return
        }
        var facts = AuditFacts(AuditDeed.command.rawValue)
        facts.client = "command line (\(ProcessInfo.processInfo.userName))"
        facts.request = "martlet " + name
        let trace = AuditTrace(facts)
        let subject = try await AuditTrace.$current.withValue(trace) { try await body() }
        guard let subject else { return }
        var entry = AuditEntry(trace.context, at: audit.now, status: 200)
        entry.detail = name
        switch subject {
        case .person(let id): (entry.typeName, entry.id) = ("Person", id)
        case .client(let id): entry.detail = "\(name) \(id)"
        }
        await audit.record(entry)
        await audit.drain()
    }
}
