import Foundation
import Testing

@testable import HL7Syntax

/// Real material outside the repository; without it these tests only say so.
enum Corpus {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] { return URL(filePath: path) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.deletingLastPathComponent().appending(path: "shared/data")
    }()

    /// Every message of the samples and of the simulator's stream, with a name for failures.
    static func messages() -> [(name: String, bytes: [UInt8])] {
        let samples = folder.appending(path: "hl7v2/samples")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: samples.path())) ?? []
        var messages: [(String, [UInt8])] = []
        for name in names.sorted() where name.hasSuffix(".hl7") {
            guard let data = try? Data(contentsOf: samples.appending(path: name)) else { continue }
            messages.append((name, [UInt8](data)))
        }
        for (index, bytes) in simulated().enumerated() { messages.append(("simhospital \(index + 1)", bytes)) }
        return messages
    }

    /// The simulator's messages, which a blank line separates.
    static func simulated() -> [[UInt8]] {
        let file = folder.appending(path: "hl7v2/simhospital-messages.hl7")
        guard let data = try? Data(contentsOf: file) else { return [] }
        return (try? MessageBatch(splitting: [UInt8](data)).messages) ?? []
    }
}

@Suite struct CorpusTests {
    @Test func everyMessageParsesAndComesOutAgain() throws {
        let messages = Corpus.messages()
        var exact = 0
        for (name, bytes) in messages {
            let message = try RawMessage(parsing: bytes)
            let isExact = MessageBuilder(message).encode() == bytes
            #expect(isExact, "\(name)")
            #expect(message.segments.allSatisfy { $0.fieldCount >= 1 }, "\(name)")
            #expect(message.strayLineBreakCount == 0, "\(name)")
            if isExact { exact += 1 }
        }
        print(messages.isEmpty ? "skipped: no data" : "HL7 corpus: \(exact) of \(messages.count) byte for byte")
    }

    @Test func mutatedMessagesNeverBreakTheParser() {
        var seeds = Corpus.messages().map(\.bytes)
        seeds.append(Array("MSH|^~\\&|A|B\rPID|1||77^^^M&1.2&ISO^MR~88|a\\F\\b\\X0D\\|\"\"\rOBX|1|NM".utf8))
        var generator = SeededGenerator(seed: 2024)
        let special: [UInt8] = [0x0D, 0x0A, 0x0B, 0x1C, 0, 0xFF, 0xC3] + Array("|^~\\&MSHOBX".utf8)
        for round in 0..<2000 {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
            if bytes.count > 4000 { bytes = Array(bytes.prefix(4000)) }
            for _ in 0..<Int.random(in: 1...12, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = special.randomElement(using: &generator) ?? 0
                case 1: bytes.insert(special.randomElement(using: &generator) ?? 0, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                }
            }
            _ = try? MessageBatch(splitting: bytes)
            guard let message = try? RawMessage(parsing: bytes) else { continue }
            var total = 0
            for segment in message.segments {
                for number in 0...segment.fieldCount + 1 {
                    for repetition in segment[field: number].repetitions {
                        for component in repetition.components {
                            total += component.subcomponents.reduce(0) { $0 + $1.string.count }
                        }
                    }
                }
            }
            #expect(total <= message.text.count * 80)
            let encoded = MessageBuilder(message).encode()
            let isExact = encoded == message.received
            let place = zip(encoded, message.received).enumerated().first { $1.0 != $1.1 }?.offset ?? encoded.count
            #expect(isExact, "round \(round), byte \(place)")
        }
    }
}
