import FHIRFormats
import FHIRStore
import HL7Mapping
import JSONTape

/// Whether a message and a stored patient who share an identifier can be the same person.
enum PatientIdentity {
    /// True if at least two of family name, given name, birth date and gender are stated by both and differ.
    static func conflicts(_ stored: StoredVersion, _ message: MappedMessage) -> Bool {
        guard let content = stored.content, let document = try? Document.parse(content),
            let incoming = message.resources
                .first(where: { $0.type == "Patient" }), let other = try? Document.parse(incoming.json)
        else { return false }
        return conflicts(JSONNode(document), JSONNode(other))
    }

    static func conflicts(_ left: JSONNode, _ right: JSONNode) -> Bool {
        var differences = 0
        for trait in [family, given, birthDate, gender] {
            let (mine, theirs) = (trait(left), trait(right))
            if !mine.isEmpty, !theirs.isEmpty, mine.isDisjoint(with: theirs) { differences += 1 }
        }
        return differences >= 2
    }

    private static func family(_ patient: JSONNode) -> Set<String> {
        names(patient) { $0["family"].map { [$0] } ?? [] }
    }

    private static func given(_ patient: JSONNode) -> Set<String> {
        names(patient) { $0["given"].map(\.items) ?? [] }
    }

    private static func names(_ patient: JSONNode, _ parts: (JSONNode) -> [JSONNode]) -> Set<String> {
        Set((patient["name"]?.items ?? []).flatMap(parts).compactMap { $0.string?.lowercased() })
    }

    /// As far as both are stated: `1970` does not contradict `1970-03-01`.
    private static func birthDate(_ patient: JSONNode) -> Set<String> {
        guard let date = patient["birthDate"]?.string, date.count >= 10 else { return [] }
        return [date]
    }

    private static func gender(_ patient: JSONNode) -> Set<String> {
        guard let gender = patient["gender"]?.string, gender != "unknown" else { return [] }
        return [gender]
    }
}
