import Access
import ClinicTesting
import ClinicWorkflows
import FHIRSearch
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import FHIRValidationTesting
import PostgreSQL

/// A clinic in which all that belongs to tenant `a` holds a marker: a resource of every type about one patient, with a
/// past version each, a deleted one, and rows of stock. Ids begin with `zqa-`, which nobody else's do.
enum MarkedClinic {
    static let mark = "MARK.a"
    static let prefix = "zqa-"
    /// Ids that never were.
    static let absentPrefix = "zqx-"

    static func id(_ type: String) -> String { prefix + type.lowercased() }

    /// Types whose rows others make or that mean something to the server itself.
    private static let unmarked: Set<String> = ["Binary", "OperationDefinition", "Provenance"]

    static func json(_ type: String, version: Int) -> String {
        var text = SoundResource.text(type, nil, nil).replacing("Patient/p", with: "Patient/\(Self.id("Patient"))")
        let about = #"{"reference":"Patient/\#(Self.id("Patient"))"}"#
        var more = [
            #""id":"\#(id(type))""#,
            #""text":{"status":"generated","div":"<div>\#(mark).\#(type).\#(version)</div>"}"#,
            #""extension":[{"url":"urn:mark","valueString":"\#(mark).\#(type)"}]"#,
            #""identifier":[{"system":"urn:mark","value":"\#(mark).\#(type)"}]"#,
        ]
        if !text.contains("Patient/"), type != "Patient" { more.append(#""subject":\#(about)"#) }
        // A signed note would not change.
        if type == "Composition" { text = text.replacing(#""status":"final""#, with: #""status":"preliminary""#) }
        text.removeLast()
        return text + "," + more.joined(separator: ",") + "}"
    }

    /// The types that are marked.
    static let types = ClinicServer.types.filter { !unmarked.contains($0) }

    static func fill(_ test: TestStore) async throws {
        var limit = AccessLimit(kind: "tenant") { _, _ in .tenant }
        limit.tenant = "a"
        let store = test.store.limited(to: limit)
        for type in types {
            let input = try test.input(json(type, version: 1))
            _ = try await store.transaction { try await $0.create(input, id: id(type)) }
            _ = try await store.update(try test.input(json(type, version: 2)), id: id(type))
            let gone = id(type) + "-gone"
            _ = try await store.transaction { try await $0.create(input, id: gone) }
            _ = try await store.delete(test.type(type), id: gone)
        }
        try await test.database.script(stock)
    }

    private static let stock = """
        INSERT INTO stock_item (item, unit) VALUES ('\(mark).item', '{"unit":"\(mark)"}');
        INSERT INTO stock_batch (item, batch, expires) VALUES ('\(mark).item', '\(mark).batch', '2026-01-01');
        INSERT INTO stock_balance (item, batch, place, pool, quantity)
          VALUES ('\(mark).item', '\(mark).batch', 'Location/\(prefix)location', 'stock', 7);
        INSERT INTO stock_rule (item, place, minimum, target, unit, content)
          VALUES ('\(mark).item', 'Location/\(prefix)location', 10, 20, '{"unit":"\(mark)"}', '{"text":"\(mark)"}');
        """

    /// Somebody of tenant `b` in a role; patients are of their own record alone.
    static func principal(_ role: String, tenant: String = "b") -> Principal {
        let isPatient = role == "patient" || role == "proxy"
        return Principal(
            .account(person: "other"), roles: [role], patients: isPatient ? ["other"] : [],
            practitioner: isPatient ? nil : "other", organization: tenant)
    }

    /// Runs `body` with a server whose tokens are `role@tenant`.
    ///
    /// - Parameter isAudited: the record of who did what is kept; nothing is marked then.
    static func with(
        isAudited: Bool = false, _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await ClinicServer.with(
            {
                $0.migrations += AccessMigrations.all
                $0.isAudited = isAudited
                $0.access = { test in
                    if !isAudited { try await fill(test) }
                    return TokenAccess(
                        verifier: RoleTokens(), tokens: AccessTokens(database: test.database),
                        rights: RightsBook(store: test.store, indexer: test.store.indexer))
                }
            }, body)
    }
}

/// Believes tokens of the form `role@tenant`.
private struct RoleTokens: PrincipalVerifying {
    func principal(token: String) async throws -> Principal? {
        let parts = token.split(separator: "@").map(String.init)
        return parts.count == 2 ? MarkedClinic.principal(parts[0], tenant: parts[1]) : nil
    }
}

extension TestServer {
    func client(role: String, tenant: String) -> TestClient {
        var client = client
        client.headers.append(("Authorization", "Bearer \(role)@\(tenant)"))
        return client
    }
}
