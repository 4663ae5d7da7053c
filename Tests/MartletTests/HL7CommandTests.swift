import Foundation
import JSONTape
import Testing

/// `martlet hl7` from the outside: sending to itself, explaining, mapping.
@Suite struct HL7CommandTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "fixtures/hl7").path()

    private static func json(_ output: String) throws -> JSONNode {
        let line = try #require(output.split(separator: "\n").last { $0.hasPrefix("{") })
        return JSONNode(try Document.parse(String(line)))
    }

    private static func batch(in folder: String) throws -> String {
        let path = folder + "/batch.hl7"
        let messages = (1...3).map { "MSH|^~\\&|LAB|N|||2024||ORU^R01|M\($0)|P|2.5.1\rPID|1||\($0)\rOBR|1|||A^B" }
        let text = "FHS|^~\\&|LAB\rBHS|^~\\&|LAB\r" + messages.joined(separator: "\r") + "\rBTS|3\rFTS|1\r"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func whatIsSentIsHeardAndAcknowledged() async throws {
        let folder = try MartletProcess.makeFolder()
        let listener = try await MartletProcess.listen(folder, ["--out", folder + "/heard"])
        let to = ["--to", "127.0.0.1:\(listener.mllpPort)"]
        let batch = try Self.batch(in: folder)
        let sent = try await MartletProcess.run(["hl7", "send", batch] + to, in: folder)
        #expect(sent.status == 0)
        #expect(sent.output.contains("AA M2 ") && sent.output.contains("sent 3 messages in"))
        #expect(try Self.json(sent.output)[named: "answers"]?[named: "AA"]?.numberText == "3")
        let heard = try FileManager.default.contentsOfDirectory(atPath: folder + "/heard").sorted()
        #expect(heard == ["000001-M1.hl7", "000002-M2.hl7", "000003-M3.hl7"])
        #expect(MartletProcess.text(folder + "/heard/000002-M2.hl7").contains("PID|1||2\r"))
        let more = try await MartletProcess.run(
            ["hl7", "send", batch, "--quiet", "--repeat", "4", "--connections", "3", "--rate", "500"] + to, in: folder)
        #expect(more.status == 0 && !more.output.contains("AA M2"))
        #expect(try Self.json(more.output)[named: "sent"]?.numberText == "12")
        let ids = try FileManager.default.contentsOfDirectory(atPath: folder + "/heard").map { $0.dropFirst(7) }
        #expect(ids.count == 15 && Set(ids).count == 12)
        listener.send(SIGTERM)
        #expect(try await listener.ended() == 0)
    }

    @Test(arguments: ["AE", "AR"])
    func aRefusalIsAFailure(code: String) async throws {
        let folder = try MartletProcess.makeFolder()
        let listener = try await MartletProcess.listen(folder, ["--ack", code])
        let sent = try await MartletProcess.run(
            ["hl7", "send", Self.batch(in: folder), "--to", "127.0.0.1:\(listener.mllpPort)"], in: folder)
        #expect(sent.status == 1)
        #expect(try Self.json(sent.output)[named: "answers"]?[named: code]?.numberText == "3")
        listener.send(SIGTERM)
        _ = try await listener.ended()
        #expect(MartletProcess.text(listener.log).contains("PID|1||2"))
    }

    @Test func nobodyThereIsAFailure() async throws {
        let folder = try MartletProcess.makeFolder()
        let sent = try await MartletProcess.run(
            ["hl7", "send", Self.batch(in: folder), "--to", "127.0.0.1:1"], in: folder)
        #expect(sent.status == 1)
        #expect(try Self.json(sent.output)[named: "answers"]?[named: "none"]?.numberText == "3")
        let files = try await MartletProcess.run(
            ["hl7", "send", "--tls-ca", "/nowhere", Self.batch(in: folder)], in: folder)
        #expect(files.status != 0 && files.output.contains("certificate"))
    }

    @Test func messagesAreExplained() async throws {
        let folder = try MartletProcess.makeFolder()
        let panel = Self.fixtures + "/oru-panel.hl7"
        let tree = try await MartletProcess.run(["hl7", "explain", panel], in: folder)
        #expect(tree.status == 0)
        #expect(tree.output.contains("PID  Patient Identification") && tree.output.contains("PATIENT_RESULT"))
        let json = try Self.json(try await MartletProcess.run(["hl7", "explain", panel, "--json"], in: folder).output)
        #expect(json[named: "structure"]?.string == "ORU_R01")
        #expect(json[named: "items"]?.items.first?[named: "place"]?.string == "MSH")
        let broken = try await MartletProcess.run(
            ["hl7", "explain", Self.fixtures + "/broken-not-hl7.hl7", panel], in: folder)
        #expect(broken.status == 1 && broken.output.contains("headerMissing") && broken.output.contains("PID"))
    }

    @Test func messagesAreMappedWithoutADatabase() async throws {
        let folder = try MartletProcess.makeFolder()
        let mapped = try await MartletProcess.run(["hl7", "map", Self.fixtures + "/oru-panel.hl7"], in: folder)
        #expect(mapped.status == 0)
        let bundle = try Self.json(mapped.output)
        #expect(bundle[named: "resourceType"]?.string == "Bundle")
        let types = bundle[named: "entry"]?.items.compactMap { $0[named: "resource"]?[named: "resourceType"]?.string }
        #expect(types?.contains("Patient") == true && types?.contains("Observation") == true)
        let broken = try await MartletProcess.run(["hl7", "map", Self.fixtures + "/broken-no-pid.hl7"], in: folder)
        #expect(broken.status == 1 && broken.output.contains("PID"))
    }
}
