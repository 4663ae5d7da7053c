import FHIRServerTesting
import Glibc
import JSONTape
import Testing

/// A transaction bundle is one thing, however the process ends (R4 http.html#transaction).
@Suite struct BundleCrashTests {
    private static let entryCount = 1_500

    /// C42: bundles are under way one after the other when the process is killed; each is there whole or not at all.
    @Test func aKilledServerLeavesNoHalfBundle() async throws {
        let folder = try MartletProcess.makeFolder()
        var sent = 0
        var acknowledged: Set<Int> = []
        var server = try await MartletProcess.serve(folder)
        for attempt in 1...3 {
            let http = TestClient(port: server.httpPort)
            let first = sent
            let sender = Task { () -> [Int] in
                var answered: [Int] = []
                // Ends when the server does.
                while let response = try? await http.post("", Self.bundle(first + answered.count)) {
                    guard response.status == 200 else { break }
                    answered.append(first + answered.count)
                }
                return answered
            }
            // By then the first bundle may or may not have been read, begun, written or answered.
            try await Task.sleep(for: .milliseconds(400 * attempt))
            server.send(SIGKILL)
            let answered = await sender.value
            acknowledged.formUnion(answered)
            sent = first + answered.count + 1
            #expect(try await server.ended() == -SIGKILL)
            server = try await MartletProcess.serve(folder)
        }
        let http = TestClient(port: server.httpPort)
        for number in 0..<sent {
            for type in ["Patient", "Observation"] {
                let total = try await http.get("\(type)?identifier=urn:bundle%7C\(number)&_total=accurate&_count=1")
                    .json["total"]?.integer
                #expect(total == Self.entryCount || total == 0 && !acknowledged.contains(number), "\(type) \(number)")
            }
            let patients = try await http.get("Patient?identifier=urn:bundle%7C\(number)&_count=1").json["entry"] != nil
            let observations = try await http.get("Observation?identifier=urn:bundle%7C\(number)&_count=1").json[
                "entry"]
            #expect(patients == (observations != nil), "bundle \(number) is there in half")
        }
        print("\(#function): \(acknowledged.count) of \(sent) bundles acknowledged")
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    /// So many patients and as many observations of them.
    private static func bundle(_ number: Int) -> String {
        let identifier = "\"identifier\":[{\"system\":\"urn:bundle\",\"value\":\"\(number)\"}]"
        let entries = (0..<entryCount).map { position in
            let urn = "urn:uuid:00000000-0000-4000-8000-\(100_000_000_000 + position)"
            return """
                {"resource":{"resourceType":"Observation",\(identifier),"status":"final","code":{"text":"x"},\
                "subject":{"reference":"\(urn)"}},"request":{"method":"POST","url":"Observation"}},\
                {"fullUrl":"\(urn)","resource":{"resourceType":"Patient",\(identifier)},\
                "request":{"method":"POST","url":"Patient"}}
                """
        }
        return "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[\(entries.joined(separator: ","))]}"
    }
}
