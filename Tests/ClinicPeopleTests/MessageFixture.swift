import ClinicTesting
import ClinicWorkflows
import FHIRDefinitions
import FHIRSearch
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import HL7Ingest
import HL7Syntax
import Logging
import PostgreSQL

/// HL7 v2 messages into the store of a server.
struct MessageFixture: Sendable {
    private let ingest: MessageIngest

    static func with(_ body: (TestServer, MessageFixture) async throws -> Void) async throws {
        try await ClinicServer.with(
            { $0.migrations = ClinicWorkflows.migrations + MessageMigrations.all },
            { server in
                let service = SearchService(
                    database: server.test.database, tables: server.store.tables,
                    indexer: SearchIndexer(definitions: server.test.definitions))
                let ingest = MessageIngest(
                    store: server.store, finder: ResourceFinder(store: server.store, service: service),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                    sources: SourceRegistry(store: server.store, freshness: .zero))
                try await body(server, MessageFixture(ingest: ingest))
            })
    }

    /// ADT^A40; answers MSA-1.
    func merge(_ control: String, survivor: String, prior: String) async -> String {
        await send([
            "MSH|^~\\&|REG|NORTH|MARTLET|CLINIC|20260102100000||ADT^A40|\(control)|P|2.5.1", "EVN|A40|20260102100000",
            "PID|1||\(Self.id(survivor))||Doe^Jane||19700101|F", "MRG|\(Self.id(prior))",
        ])
    }

    /// ORU^R01 with one value; answers MSA-1.
    func result(_ control: String, patient: String) async -> String {
        await send([
            "MSH|^~\\&|LAB|NORTH|MARTLET|CLINIC|20260102100000||ORU^R01|\(control)|P|2.5.1",
            "PID|1||\(Self.id(patient))||Doe^Jane||19700101|F", "OBR|1||F-\(control)|24323-8^Panel^LN|||20260102090000",
            "OBX|1|NM|2345-7^Glucose^LN||5.4|mmol/L|||||F|||20260102090000",
        ])
    }

    private static func id(_ number: String) -> String { "\(number)^^^MARTLET&urn:martlet:mrn&URI^MR" }

    private func send(_ segments: [String]) async -> String {
        let bytes = Array((segments.joined(separator: "\r") + "\r").utf8)
        guard case .send(let answers) = await ingest.receive(bytes, source: "lab"), let answer = answers.first else {
            return "none"
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard let segment = text.split(separator: "\r").first(where: { $0.hasPrefix("MSA|") }) else { return "none" }
        return segment.split(separator: "|").dropFirst().first.map(String.init) ?? "none"
    }
}
