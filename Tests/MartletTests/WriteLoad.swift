import FHIRServerTesting
import Glibc
import MLLPServer
import Synchronization
import Testing

/// Clients that write without a pause and note every answer: eight over HTTP, four over MLLP.
final class WriteLoad: Sendable {
    static let clients = 0..<8
    static let senders = 0..<4

    let ledger = Ledger()
    /// Numbers go on over restarts, so that nothing is ever named twice.
    private let next = Atomic(0)
    private let isStopping = Atomic(false)

    /// Writes until `stop`, or until the server is gone for good.
    func run(against server: MartletProcess, outlivingOutages: Bool) async {
        isStopping.store(false, ordering: .relaxed)
        await withTaskGroup { group in
            for client in Self.clients {
                group.addTask { await self.write(client, to: server, outlivingOutages) }
            }
            for sender in Self.senders {
                group.addTask { await self.send(sender, to: server, outlivingOutages) }
            }
        }
    }

    func stop() { isStopping.store(true, ordering: .relaxed) }

    /// Returns once every client and sender has had so many more acknowledgements.
    func waitForEach(_ count: Int) async throws {
        let before = ledger.now
        try await wait(for: "\(count) more acknowledgements for everyone") {
            let now = ledger.now
            func hasMore(_ counts: KeyPath<Ledger.Entries, [Int: Int]>, _ number: Int) -> Bool {
                now[keyPath: counts][number, default: 0] - before[keyPath: counts][number, default: 0] >= count
            }
            return Self.clients.allSatisfy { hasMore(\.clientCounts, $0) }
                && Self.senders.allSatisfy { hasMore(\.senderCounts, $0) }
        }
    }

    // MARK: - HTTP

    static let system = "urn:martlet:load"

    private func write(_ client: Int, to server: MartletProcess, _ outlivingOutages: Bool) async {
        let http = TestClient(port: server.httpPort)
        // Each client takes turns of its own: with the shared number it could be spared one kind by chance.
        var turn = 0
        while !isStopping.load(ordering: .relaxed) {
            let number = next.wrappingAdd(1, ordering: .relaxed).newValue
            let kind = Kind.allCases[turn % Kind.allCases.count]
            turn += 1
            do {
                let answer = try await write(kind, client, number, http)
                note(answer, to: kind, client, number)
            } catch {
                if kind == .update { ledger.update { $0.openUpdates[client, default: 0] += 1 } }
                if !outlivingOutages { return }
                ledger.update { $0.surprises.append("no answer: \(error)") }
            }
        }
    }

    private enum Kind: CaseIterable { case update, create, put }

    private func write(_ kind: Kind, _ client: Int, _ number: Int, _ http: TestClient) async throws -> TestResponse {
        let identifier = "{\"system\":\"\(Self.system)\",\"value\":\"\(number)\"}"
        switch kind {
        case .create:
            return try await http.post("Patient", "{\"resourceType\":\"Patient\",\"identifier\":[\(identifier)]}")
        case .put:
            let id = "put-\(number)"
            return try await http.put(
                "Patient/\(id)", "{\"resourceType\":\"Patient\",\"id\":\"\(id)\",\"identifier\":[\(identifier)]}")
        case .update:
            let id = Self.updated(client)
            return try await http.put(
                "Patient/\(id)", "{\"resourceType\":\"Patient\",\"id\":\"\(id)\",\"multipleBirthInteger\":\(number)}")
        }
    }

    /// The id of the resource that a client writes again and again.
    static func updated(_ client: Int) -> String { "updated-\(client)" }

    private func note(_ answer: TestResponse, to kind: Kind, _ client: Int, _ number: Int) {
        let version = answer[header: "ETag"].flatMap { Int($0.filter(\.isNumber)) }
        let location = answer[header: "Location"]
        ledger.update { entries in
            switch (kind, answer.status) {
            case (.create, 201):
                // http://host/fhir/Patient/<id>/_history/1
                let id = location?.split(separator: "/").dropLast(2).last
                entries.resources["\(number)"] = id.map(String.init) ?? "none"
            case (.put, 201): entries.resources["\(number)"] = "put-\(number)"
            case (.update, 200), (.update, 201):
                if entries.versions[client, default: [:]].updateValue(number, forKey: version ?? 0) != nil {
                    entries.surprises.append("version \(version ?? 0) acknowledged twice")
                }
            case (_, 503):
                entries.refusalCount += 1
                if kind == .update { entries.openUpdates[client, default: 0] += 1 }
                return
            default:
                entries.surprises.append("\(answer.status) \(answer.text)")
                return
            }
            entries.clientCounts[client, default: 0] += 1
        }
    }

    // MARK: - MLLP

    private func send(_ sender: Int, to server: MartletProcess, _ outlivingOutages: Bool) async {
        let mllp = Self.mllpClient(server)
        while !isStopping.load(ordering: .relaxed) {
            let name = "\(sender)-\(next.wrappingAdd(1, ordering: .relaxed).newValue)"
            ledger.update { $0.messages[sender, default: []].append(name) }
            // As labs do: the same message again until it is answered.
            while await !deliver(name, sender, mllp) {
                ledger.update { $0.silenceCount += 1 }
                if !outlivingOutages {
                    await mllp.close()
                    return
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        await mllp.close()
    }

    /// Sends what a lab does after an interruption: its last messages once more.
    func repeatLast(_ count: Int, to server: MartletProcess) async {
        await withTaskGroup { group in
            for sender in Self.senders {
                group.addTask {
                    let mllp = Self.mllpClient(server)
                    for name in self.ledger.now.messages[sender, default: []].suffix(count) {
                        let isAnswered = await self.deliver(name, sender, mllp)
                        #expect(isAnswered, "a repeated message is answered")
                    }
                    await mllp.close()
                }
            }
        }
    }

    /// False where no answer came.
    private func deliver(_ name: String, _ sender: Int, _ mllp: MLLPClient) async -> Bool {
        guard let bytes = try? await mllp.send(LabMessage.result(name, patient: Self.patient(sender))) else {
            return false
        }
        let answer = String(decoding: bytes, as: UTF8.self)
        ledger.update { entries in
            if answer.contains("\rMSA|AA|\(name)") {
                entries.accepted.insert(name)
                entries.senderCounts[sender, default: 0] += 1
            } else {
                entries.surprises.append(answer)
            }
        }
        return true
    }

    /// The record number of a sender's one patient.
    static func patient(_ sender: Int) -> String { "MRN-\(sender)" }

    private static func mllpClient(_ server: MartletProcess) -> MLLPClient {
        MLLPClient.patient(port: server.mllpPort)
    }
}

enum LabMessage {
    /// A result with one observation; `name` is its control id and its filler number.
    static func result(_ name: String, patient: String) -> [UInt8] {
        let segments = [
            "MSH|^~\\&|LAB|NL|MARTLET|CLINIC|20260101120000||ORU^R01^ORU_R01|\(name)|P|2.5.1",
            "PID|1||\(patient)^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^\(patient)||19700101|F",
            "OBR|1|P-\(name)|\(name)|24323-8^Panel^LN|||20260101090000|||||||||||||||20260101100000|||F",
            "OBX|1|NM|2345-7^Glucose^LN||5.0|mmol/L^^UCUM|||||F",
        ]
        return Array((segments.joined(separator: "\r") + "\r").utf8)
    }
}
