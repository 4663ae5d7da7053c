import FHIRServerTesting
import Glibc
import JSONTape
import MLLPServer
import Synchronization
import Testing

/// A laboratory's stream of results through the ends of the server: what was answered AA is there, and there once.
@Suite struct MessageStreamTests {
    private static let messageCount = 500
    private static let patientCount = 25

    private static func name(_ number: Int) -> String { "S\(number)" }

    private static func message(_ number: Int) -> [UInt8] {
        LabMessage.result(name(number), patient: "MRN-\(number % patientCount)")
    }

    /// Sends messages one after the other until all are answered AA or one is not answered; the number of the first
    /// that is not.
    private static func stream(
        _ numbers: Range<Int>, to server: MartletProcess, _ onAccepted: (Int) -> Void = { _ in }
    ) async throws -> Int {
        let mllp = MLLPClient.patient(port: server.mllpPort)
        for number in numbers {
            guard let answer = try? await mllp.send(message(number)) else {
                await mllp.close()
                return number
            }
            let text = String(decoding: answer, as: UTF8.self)
            try #require(text.contains("\rMSA|AA|\(name(number))\r"), "\(text)")
            onAccepted(number)
        }
        await mllp.close()
        return numbers.upperBound
    }

    @Test func aKilledServerLosesNoResultAndDoublesNone() async throws {
        let folder = try MartletProcess.makeFolder()
        // In the middle: while a message is under way.
        let first = try await MartletProcess.serve(folder)
        let reached = try await Self.stream(0..<Self.messageCount, to: first) { number in
            // Not waited for: the next message is to be under way when it comes.
            if number == Self.messageCount / 2 { Task.detached { first.send(SIGKILL) } }
        }
        #expect(try await first.ended() == -SIGKILL)
        #expect(reached < Self.messageCount, "the kill came while the stream went on")
        // The sender does not know what became of its last ones, and repeats them.
        let second = try await MartletProcess.serve(folder)
        let end = try await Self.stream(max(reached - 20, 0)..<Self.messageCount, to: second)
        second.send(SIGKILL)
        #expect(end == Self.messageCount)
        #expect(try await second.ended() == -SIGKILL)
        let third = try await MartletProcess.serve(folder)
        #expect(
            try await Self.stream(Self.messageCount - 20..<Self.messageCount, to: third) == Self.messageCount)
        try await Self.check(TestClient(port: third.httpPort))
        print(
            "message stream: killed at message \(reached) and after the last; \(Self.messageCount) results, each once")
        third.send(SIGTERM)
        #expect(try await third.ended() == 0)
    }

    private static func check(_ http: TestClient) async throws {
        for (type, count) in [
            ("Observation", messageCount), ("DiagnosticReport", messageCount), ("Patient", patientCount),
            ("Provenance", messageCount),
        ] {
            let found = try await http.get("\(type)?_summary=count").json
            #expect(found["total"]?.integer == count, "\(type)")
        }
        var fillers: Set<String> = []
        for patient in 0..<patientCount {
            let page = try await http.get("DiagnosticReport?patient.identifier=MRN-\(patient)&_count=1000").json
            for entry in page["entry"]?.items ?? [] {
                let report = try #require(entry["resource"])
                #expect(report["meta"]?["versionId"]?.string == "1", "a repetition writes no version")
                fillers.formUnion(report["identifier"]?.items.compactMap { $0["value"]?.string } ?? [])
            }
        }
        #expect((0..<messageCount).allSatisfy { fillers.contains(name($0)) })
        let log = try await http.get("$hl7-messages?state=applied&_count=1000").json
        #expect(log["parameter"]?.items.count { $0["name"]?.string == "message" } == messageCount)
        let others = try await http.get("$hl7-messages?state=quarantined,rejected,failed,retry,received").json
        #expect(others["parameter"]?.items.contains { $0["name"]?.string == "message" } != true)
    }

    /// Half of them admissions: two ways through the program that both make the patient.
    @Test func twentyConnectionsMakeOnePatient() async throws {
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let clients = (0..<20).map { _ in
            MLLPClient.patient(port: server.mllpPort)
        }
        let answers = await withTaskGroup(of: String.self) { group in
            for (number, client) in clients.enumerated() {
                let message = number % 2 == 0 ? LabMessage.result("N\(number)", patient: "NEW") : admission(number)
                group.addTask {
                    do {
                        return String(decoding: try await client.send(message), as: UTF8.self)
                    } catch {
                        return "no answer: \(error)"
                    }
                }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        for client in clients { await client.close() }
        #expect(answers.allSatisfy { $0.contains("\rMSA|AA|N") }, "\(answers)")
        let http = TestClient(port: server.httpPort)
        for (query, count) in [
            ("Patient?_summary=count", 1), ("Observation?_summary=count", 10),
            ("Observation?patient.identifier=urn:martlet:mrn%7CNEW&_summary=count", 10),
            ("Encounter?patient.identifier=urn:martlet:mrn%7CNEW&_summary=count", 10),
        ] {
            #expect(try await http.get(query).json["total"]?.integer == count, "\(query)")
        }
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    private func admission(_ number: Int) -> [UInt8] {
        let segments = [
            "MSH|^~\\&|ADT|NL|MARTLET|CLINIC|20260101120000||ADT^A01^ADT_A01|N\(number)|P|2.5.1",
            "EVN|A01|20260101120000",
            "PID|1||NEW^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^NEW||19700101|F",
            "PV1|1|I|3B||||||||||||||||V\(number)^^^NL&urn:martlet:visit&URI|||||||||||||||||||||||||20260101120000",
        ]
        return Array((segments.joined(separator: "\r") + "\r").utf8)
    }
}
