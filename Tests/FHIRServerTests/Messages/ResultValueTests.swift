import FHIRSearch
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import Foundation
import HL7Ingest
import JSONTape
import Logging
import Testing

/// Every value that the laboratories of the public samples and of the simulated hospital send is found again by search,
/// with the digits that were sent. What is expected is read from the messages by a few lines of its own here.
@Suite struct ResultValueTests {
    private static let types =
        TestStore.commonTypes + ["Binary", "Communication", "DocumentReference", "Provenance", "Task"]

    private static let folder: URL = {
        let environment = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"].map { URL(fileURLWithPath: $0) }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return (environment ?? root.deletingLastPathComponent().appending(path: "shared/data"))
            .appending(path: "hl7v2")
    }()

    /// The messages of one file, each as its segments.
    private static func messages(_ file: URL) throws -> [[String]] {
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let lines = text.split { $0.isNewline }.map { String($0.drop { $0 == "\u{FEFF}" }) }.filter { !$0.isEmpty }
        return lines.reduce(into: [[String]]()) { messages, line in
            if line.hasPrefix("MSH|") { messages.append([]) }
            if !messages.isEmpty { messages[messages.count - 1].append(line) }
        }
    }

    /// One value as it has to be found: the code of the result and the text of the value, digit for digit.
    private struct Value: Hashable {
        var code: String
        var text: String
    }

    private static func field(_ segment: [Substring], _ number: Int) -> Substring {
        number < segment.count ? segment[number] : ""
    }

    private static func component(_ text: Substring, _ number: Int) -> Substring {
        let parts = text.split(separator: "^", omittingEmptySubsequences: false)
        return number <= parts.count ? parts[number - 1] : ""
    }

    private static func unescaped(_ text: Substring) -> String {
        [("\\T\\", "&"), ("\\S\\", "^"), ("\\R\\", "~"), ("\\F\\", "|"), ("\\.br\\", "\n"), ("\\E\\", "\\")]
            .reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
    }

    /// The patient's number and the values of a message of results; lines of one text are one value.
    private static func values(_ message: [String]) -> (patient: String, values: [Value]) {
        var (patient, previous) = ("", "")
        var values: [Value] = []
        for line in message {
            let segment = line.split(separator: "|", omittingEmptySubsequences: false)
            if segment[0] == "PID" { patient = String(component(field(segment, 3), 1)) }
            if segment[0] == "OBR" { previous = "" }
            guard segment[0] == "OBX" else { continue }
            let (type, code, raw) = (field(segment, 2), field(segment, 3), field(segment, 5))
            let text =
                switch type {
                case "ED": unescaped(component(raw, 5))
                case "CWE", "CE", "RP":
                    raw.split(separator: "~").map { unescaped(component($0, 1)) }.joined(separator: "~")
                default: unescaped(raw).trimmingCharacters(in: .whitespaces)
                }
            let key = "\(type)|\(code)|\(field(segment, 4))"
            if ["TX", "FT"].contains(type), key == previous {
                values[values.count - 1].text += "\n" + text
            } else if !code.isEmpty || !text.isEmpty {
                // What has neither a code nor a value says nothing.
                values.append(Value(code: unescaped(component(code, 1)), text: text))
            }
            previous = code.isEmpty ? "" : key
        }
        return (patient, values)
    }

    /// What a client reads in an Observation.
    private static func text(_ node: JSONNode) -> String {
        if let quantity = node["valueQuantity"] {
            return (quantity["comparator"]?.string ?? "") + (quantity["value"]?.numberText ?? "")
        }
        if let text = node["valueString"]?.string { return text }
        if let concept = node["valueCodeableConcept"] {
            return concept["coding"]?.items.first?["code"]?.string ?? concept["text"]?.string ?? ""
        }
        let components = node["component"]?.items ?? []
        if !components.isEmpty { return components.map(text).joined(separator: "~") }
        let document = node["extension"]?.items.lazy.compactMap { $0["valueAttachment"] }.first
        return document?["url"]?.string ?? ""
    }

    @Test func `every value of every result is found with its digits`() async throws {
        let samples =
            (try? FileManager.default.contentsOfDirectory(
                at: Self.folder.appending(path: "samples"), includingPropertiesForKeys: nil)) ?? []
        let files = samples.sorted { $0.path < $1.path } + [Self.folder.appending(path: "simhospital-messages.hl7")]
        let messages = try files.filter { FileManager.default.fileExists(atPath: $0.path) }.flatMap(Self.messages)
            .filter { $0[0].contains("|ORU^") || $0[0].contains("|OUL^") }
        guard !messages.isEmpty else { return print("values of results: skipped, no data") }
        try await TestServer.with { options in
            options.migrations = MessageMigrations.all
            options.types = Self.types
        } _: { server in
            let wanted = try await Self.send(messages, to: server)
            var (found, count, missing) = (0, 0, [String]())
            for (patient, values) in wanted.sorted(by: { $0.key < $1.key }) {
                count += values.count
                var stored = try await Self.stored(patient, server.client)
                for value in values {
                    if stored[value, default: 0] > 0 {
                        stored[value]? -= 1
                        found += 1
                    } else {
                        missing.append("\(patient) \(value)")
                    }
                }
            }
            print("values of results: \(found) of \(count) found with their digits, \(wanted.count) patients")
            #expect(found == count, "\(missing.prefix(20))")
        }
    }

    /// Sends the messages; what they say, by patient.
    private static func send(_ messages: [[String]], to server: TestServer) async throws -> [String: [Value]] {
        let search = SearchService(
            database: server.test.database, tables: server.store.tables,
            indexer: SearchIndexer(definitions: server.test.definitions))
        let ingest = MessageIngest(
            store: server.store, finder: ResourceFinder(store: server.store, service: search),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var wanted: [String: [Value]] = [:]
        for message in messages {
            let reply = await ingest.receive(Array((message.joined(separator: "\r") + "\r").utf8), source: "lab")
            var answer = "no answer"
            if case .send(let frames) = reply, let first = frames.first {
                answer = String(decoding: first, as: UTF8.self)
            }
            #expect(answer.contains("MSA|AA|") || answer.contains("MSA|CA|"), "\(answer)")
            let (patient, values) = Self.values(message)
            wanted[patient, default: []] += values
        }
        return wanted
    }

    /// All values of a patient, as a client finds them: one page of a search, and the data behind its documents.
    private static func stored(_ patient: String, _ client: TestClient) async throws -> [Value: Int] {
        let page = try await client.get("Observation?patient.identifier=\(patient)&_count=1000").json
        #expect(page["link"]?.items.contains { $0["relation"]?.string == "next" } == false)
        var values: [Value: Int] = [:]
        for entry in page["entry"]?.items ?? [] {
            guard let observation = entry["resource"] else { continue }
            var text = text(observation)
            if text.hasPrefix("Binary/") {
                let binary = try await client.get(text, headers: [("Accept", "application/fhir+json")])
                text = try binary.json["data"]?.string ?? ""
            }
            for code in Set(observation["code"]?["coding"]?.items.compactMap { $0["code"]?.string } ?? []) {
                values[Value(code: code, text: text), default: 0] += 1
            }
        }
        return values
    }
}
