import Access
import ClinicTesting
import FHIRDefinitions
import FHIRSearch
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// C78, generated: every road that the server declares, asked by who must not see what lies there.
///
/// `superadmin` of another tenant goes all roads: nothing but the tenant keeps that role from anything. Every other
/// role goes each fortieth road, chosen by a hash of the road so that it is the same one on all machines. A patient
/// of the same tenant goes each eighth.
@Suite struct GeneratedIsolationTests {
    /// What came of the roads.
    private struct Tally: Sendable {
        var calls = 0
        var faults: [String] = []

        mutating func add(_ other: Tally) {
            calls += other.calls
            faults += other.faults
        }
    }

    /// Marks of resources that everybody in their own tenant may see, because they are about nobody.
    private static func impersonalMarks(_ server: TestServer) -> [String] {
        MarkedClinic.types.filter { !RowCondition.isPersonal(server.test.type($0), indexer: server.store.indexer) }
            .map { "\(MarkedClinic.mark).\($0)" }
    }

    @Test func `no declared road leads into another tenant`() async throws {
        try await MarkedClinic.with { server in
            let roads = try await Self.roads(server)
            let roles = RightsTable.standard.grants.keys.sorted() + ["system"]
            var tally = await Self.walk(roads, server.client(role: "superadmin", tenant: "b"), "superadmin")
            for role in roles where role != "superadmin" {
                let sample = roads.filter { ($0.number + role.utf8.count) % 40 == 0 }
                tally.add(await Self.walk(sample, server.client(role: role, tenant: "b"), role))
            }
            for fault in tally.faults.prefix(40) { Issue.record("\(fault)") }
            #expect(tally.faults.isEmpty, "\(tally.faults.count) of \(tally.calls) calls")
            print("isolation of tenants: \(tally.calls) calls on \(roads.count) roads, \(roles.count) roles")
        }
    }

    @Test func `no declared road leads to another patient`() async throws {
        try await MarkedClinic.with { server in
            let roads = try await Self.roads(server).filter { $0.number % 8 == 0 }
            let open = Self.impersonalMarks(server)
            let tally = await Self.walk(roads, server.client(role: "patient", tenant: "a"), "patient", open: open)
            for fault in tally.faults.prefix(40) { Issue.record("\(fault)") }
            #expect(tally.faults.isEmpty, "\(tally.faults.count) of \(tally.calls) calls")
            print("isolation of patients: \(tally.calls) calls on \(roads.count) roads")
        }
    }

    private static func roads(_ server: TestServer) async throws -> [Road] {
        let statement = try await server.client.get("metadata").json
        return DeclaredRoads(statement, types: MarkedClinic.types).all
    }

    /// Goes the roads, some at a time; those with ids twice.
    private static func walk(
        _ roads: [Road], _ client: TestClient, _ who: String, open: [String] = []
    ) async -> Tally {
        await withTaskGroup(of: Tally.self) { group in
            var rest = roads[...]
            func addNext() {
                guard let road = rest.popFirst() else { return }
                group.addTask { await go(road, client, who, open) }
            }
            for _ in 0..<6 { addNext() }
            var tally = Tally()
            for await one in group {
                tally.add(one)
                addNext()
            }
            return tally
        }
    }

    private static func go(_ road: Road, _ client: TestClient, _ who: String, _ open: [String]) async -> Tally {
        var tally = Tally()
        func ask(_ prefix: String) async -> (status: Int, text: String)? {
            tally.calls += 1
            do {
                let asked = road.with(prefix)
                let answer = try await asked.send(client)
                if let leak = leak(answer, asked, open) {
                    tally.faults.append("\(who) \(road.method) \(road.path): \(leak)")
                }
                if answer.status >= 500 {
                    tally.faults.append("\(who) \(road.method) \(road.path): \(answer.status) \(answer.text)")
                }
                return (answer.status, plain(answer.text))
            } catch {
                tally.faults.append("\(who) \(road.method) \(road.path): \(error)")
                return nil
            }
        }
        let hidden = await ask(MarkedClinic.prefix)
        // What is open to the caller need not be answered as what is not there.
        guard road.namesIDs, open.isEmpty, let hidden, let absent = await ask(MarkedClinic.absentPrefix) else {
            return tally
        }
        if hidden != absent {
            tally.faults.append(
                "\(who) \(road.method) \(road.path): hidden \(hidden.status) \(hidden.text.prefix(400)), absent "
                    + "\(absent.status) \(absent.text.prefix(400))")
        }
        return tally
    }

    /// What an answer tells that it must not: a marker, or an id that the request did not name.
    private static func leak(_ answer: TestResponse, _ asked: Road, _ open: [String]) -> String? {
        var text = answer.text + answer.headers.map { "\($0.0): \($0.1)\n" }.joined()
        for mark in open { text = text.replacing(mark, with: "") }
        // The server may repeat what it was asked, as in links and messages.
        let own = asked.path + (asked.body ?? "")
        if text.contains(MarkedClinic.mark), !own.contains(MarkedClinic.mark) { return "a marker" }
        if text.contains(MarkedClinic.prefix), !own.contains(MarkedClinic.prefix), open.isEmpty { return "an id" }
        return nil
    }

    /// Without what differs from call to call: which ids were asked for, times, ids that the server makes.
    private static func plain(_ text: String) -> String {
        text.replacing(MarkedClinic.prefix, with: "zq-").replacing(MarkedClinic.absentPrefix, with: "zq-")
            .replacing(/\d{4}-\d\d-\d\dT[0-9:.]+Z?/, with: "TIME")
            .replacing(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "UUID")
    }
}
