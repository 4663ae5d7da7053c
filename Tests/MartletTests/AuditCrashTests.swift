import FHIRServerTesting
import Glibc
import JSONTape
import Testing

/// A server that keeps a record and is killed: every acknowledged write is on record once, and the chain is whole.
@Suite struct AuditCrashTests {
    @Test func aKilledServerLosesNoRecordOfAWrite() async throws {
        let folder = try MartletProcess.makeFolder()
        let options = ["--auth", "none", "--audit", "on"]
        let first = try await MartletProcess.serve(folder, options)
        let client = TestClient(port: first.httpPort)
        let written = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var ids: [String] = []
                    for number in 0..<40 {
                        let id = "w\(worker)-\(number)"
                        let answer = try await client.put("Patient/\(id)", #"{"resourceType":"Patient","id":"\#(id)"}"#)
                        if answer.status == 201 { ids.append(id) }
                    }
                    return ids
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // The last of them wait in the inbox still.
        first.send(SIGKILL)
        #expect(try await first.ended() == -SIGKILL)
        let second = try await MartletProcess.serve(folder, options)
        let http = TestClient(port: second.httpPort)
        var recorded: [String: Int] = [:]
        for entry in try await http.get("AuditEvent?action=C&entity-type=1&_count=1000").json["entry"]?.items ?? [] {
            for entity in entry["resource"]?["entity"]?.items ?? [] {
                guard let reference = entity["what"]?["reference"]?.string else { continue }
                recorded[reference, default: 0] += 1
            }
        }
        #expect(written.count == 160)
        for id in written { #expect(recorded["Patient/\(id)/_history/1"] == 1) }
        let chain = try await http.get("AuditEvent/$verify-chain").json
        #expect(chain["parameter"]?.items.first?["valueBoolean"]?.bool == true)
        second.send(SIGTERM)
        #expect(try await second.ended() == 0)
    }
}
