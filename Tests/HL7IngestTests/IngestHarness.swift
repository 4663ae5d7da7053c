import Clinic
import ClinicScheduling
import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import Foundation
import HL7Ingest
import HL7Syntax
import JSONTape
import Logging
import PostgreSQL
import Testing

/// A store with a message ingest in front of it.
struct IngestHarness: Sendable {
    let test: TestStore
    let ingest: MessageIngest
    let service: SearchService

    static let types =
        TestStore.commonTypes + [
            "Account", "AllergyIntolerance", "Binary", "ChargeItem", "Communication", "ConceptMap", "Consent",
            "Coverage",
            "Device", "DocumentReference", "Immunization", "Invoice", "MedicationDispense", "MedicationRequest",
            "PaymentNotice", "Procedure", "Provenance", "RelatedPerson", "Task",
        ]

    static let migrations = ClinicMigrations.all + SchedulingMigrations.all + MessageMigrations.all

    static func with<Result>(
        schedule: RetrySchedule = RetrySchedule(), isAudited: Bool = false,
        _ body: (IngestHarness) async throws -> Result
    ) async throws {
        let types = isAudited ? types + ["AuditEvent"] : types
        try await TestStore.with(types: types.sorted(), migrations: Self.migrations, isAudited: isAudited) { test in
            let indexer = SearchIndexer(definitions: test.definitions)
            let service = SearchService(database: test.database, tables: test.store.tables, indexer: indexer)
            let ingest = MessageIngest(
                store: test.store, finder: ResourceFinder(store: test.store, service: service),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                sources: SourceRegistry(store: test.store, freshness: .zero), schedule: schedule)
            return try await body(IngestHarness(test: test, ingest: ingest, service: service))
        }
    }

    /// Sets the settings of a source from JSON.
    func set(_ name: String, _ settings: String) async throws {
        _ = try await SourceCatalog(store: test.store).set(name, JSONNode(try Document.parse(settings)))
    }

    /// Texts of all acknowledgements.
    func answers(_ bytes: [UInt8], listener: String = "lab") async -> [String] {
        guard case .send(let answers) = await ingest.receive(bytes, source: listener) else { return [] }
        return answers.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The text of a field of the only row that a query of ours gives.
    func text(_ sql: String) async throws -> String? {
        try await test.database.read(SQLStatement(sql), SQLParameters()).string(0, 0)
    }

    /// Text of the acknowledgement, the first one where there are two; nil if there is none.
    func send(_ bytes: [UInt8]) async -> String? {
        guard case .send(let answers) = await ingest.receive(bytes, source: "lab") else { return nil }
        return answers.first.map { String(decoding: $0, as: UTF8.self) }
    }

    /// MSA-1 of the acknowledgement; `none` if there is none.
    func code(_ bytes: [UInt8]) async -> String { Self.code(await send(bytes)) }

    /// MSA-1, whatever the separators.
    static func code(_ answer: String?) -> String {
        guard let answer, let range = answer.range(of: "MSA") else { return "none" }
        return String(answer[range.upperBound...].dropFirst().prefix(2))
    }

    /// The resources that a search finds, as clients see them.
    func search(_ type: String, _ pairs: [(String, String)]) async throws -> [JSONNode] {
        let request = try SearchRequest.parse(
            type: test.type(type), pairs: pairs, handling: .strict, indexer: service.indexer)
        let page = try await service.search(request, now: test.store.clock().microsecondsSince1970)
        return try page.matches.map { try test.rendered($0) }
    }

    /// Number of rows that a query of ours counts.
    func count(_ sql: String) async throws -> Int {
        Int(try await test.database.read(SQLStatement(sql), SQLParameters()).int64(0, 0) ?? 0)
    }

    /// First column of a query of ours.
    func texts(_ sql: String) async throws -> [String] {
        let rows = try await test.database.read(SQLStatement(sql), SQLParameters())
        return (0..<rows.rowCount).map { rows.string($0, 0) ?? "" }
    }

    /// Expects that a query of ours counts so many rows.
    func expect(_ expected: Int, _ sql: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let found = try await count(sql)
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    /// Expects that the first row of a query of ours has this text.
    func expect(_ expected: String, _ sql: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let found = try await text(sql)
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func fixture(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appending(path: "fixtures/hl7/\(name)")))
    }

    /// A small result message.
    static func result(
        control: String, patient: String = "M1", name: String = "Doe^Jane", born: String = "19700101",
        filler: String = "F1", value: String = "5.0", status: String = "F", changed: String = "20260101100000",
        code: String = "2345-7"
    ) -> [UInt8] {
        let segments = [
            "MSH|^~\\&|LAB|NL|MARTLET|CLINIC|20260101120000||ORU^R01^ORU_R01|\(control)|P|2.5.1",
            "PID|1||\(patient)^^^MARTLET&urn:martlet:mrn&URI^MR||\(name)||\(born)|F",
            "OBR|1|P-\(filler)|\(filler)|24323-8^Panel^LN|||20260101090000|||||||||||||||\(changed)|||\(status)",
            "OBX|1|NM|\(code)^Glucose^LN||\(value)|mmol/L^^UCUM|||||\(status)",
        ]
        return Array((segments.joined(separator: "\r") + "\r").utf8)
    }
}
