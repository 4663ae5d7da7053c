import Clinic
import JSONTape

/// A clinic or a patient as they stand on a document.
struct PaperParty: Sendable {
    /// Name first, then address and telephone.
    let lines: [String]

    /// Nobody in particular.
    init(name: String) { lines = [name] }

    /// Of a Reference to an Organization or a Patient; its display where it is not stored here.
    init?(_ reference: JSONNode?, _ work: ClinicWork) async throws {
        guard let reference else { return nil }
        guard let local = LocalReference(reference), let stored = try await work.find(local) else {
            guard let display = reference["display"]?.string else { return nil }
            lines = [display]
            return
        }
        let node = stored.node
        let name = node["name"]?.string ?? (node["name"]?.items ?? []).lazy.compactMap(Self.personName).first
        let address = (node["address"]?.items.first).map(Self.address) ?? []
        let telephone = (node["telecom"]?.items ?? []).first { $0["system"]?.string == "phone" }?["value"]?.string
        lines = [name ?? reference["display"]?.string ?? local.text] + address + [telephone].compactMap(\.self)
    }

    private static func personName(_ name: JSONNode) -> String? {
        if let text = name["text"]?.string { return text }
        let parts = (name["given"]?.items ?? []).compactMap(\.string) + [name["family"]?.string].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    private static func address(_ address: JSONNode) -> [String] {
        if let text = address["text"]?.string { return text.split(separator: "\n").map(String.init) }
        let town = [address["postalCode"]?.string, address["city"]?.string].compactMap(\.self).joined(separator: " ")
        return (address["line"]?.items ?? []).compactMap(\.string)
            + [town, address["country"]?.string ?? ""]
            .filter { !$0.isEmpty }
    }
}
