import Foundation
import HL7Syntax
import JSONTape
import Testing

@testable import HL7Mapping

enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    static func message(_ name: String) throws -> RawMessage { try message(text: text(name)) }

    static func message(text: String) throws -> RawMessage { try RawMessage(parsing: Array(text.utf8)) }

    static var profile: SourceProfile {
        var profile = SourceProfile(id: "north")
        profile.zone = SourceZone(minutes: 60)
        return profile
    }

    static func mapped(_ name: String, patientID: String? = nil) throws -> Mapped {
        try Mapped(message(name), patientID: patientID)
    }
}

/// A mapped message with its resources as JSON nodes.
struct Mapped {
    let message: MappedMessage
    let mapping: ORUMapping

    init(_ raw: RawMessage, profile: SourceProfile = Fixture.profile, patientID: String? = nil) throws {
        mapping = try #require(try ORUMapping.all(raw, profile: profile).first)
        message = mapping.resources(patientID: patientID)
    }

    func nodes(_ type: String) throws -> [JSONNode] {
        try message.resources.filter { $0.type == type }.map { JSONNode(try Document.parse($0.json)) }
    }

    func resources(_ type: String) -> [MappedResource] { message.resources.filter { $0.type == type } }

    /// The Observation whose first coding has this code.
    func observation(_ code: String) throws -> JSONNode {
        try #require(try nodes("Observation").first { $0.at("code.coding.0.code") == code })
    }

    func warnings(_ place: String) -> [MessageErrorCode] {
        message.warnings.filter { $0.location?.description == place }.map(\.code)
    }
}

extension JSONNode {
    /// Follows a path such as `code.coding.0.code`; text of strings and numbers, source of everything else.
    func at(_ path: String) -> String? {
        var node = self
        for step in path.split(separator: ".") {
            if let index = Int(step) {
                guard node.isArray, index < node.count else { return nil }
                node = node.items[index]
            } else {
                guard let next = node[named: String(step)] else { return nil }
                node = next
            }
        }
        return node.string ?? node.numberText ?? String(decoding: node.source, as: UTF8.self)
    }
}
