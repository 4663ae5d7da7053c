internal import HL7Syntax
internal import JSONTape

/// Data types of FHIR as fields: the reverse of the maps in `DataTypes`.
struct FieldValues {
    let profile: OutboundProfile

    private func text(_ node: JSONNode?, _ key: StaticString) -> String { node?[key]?.string ?? "" }

    // MARK: Codes

    /// CWE of a CodeableConcept: codings 1 and 2, from 2.7 on a third; the text where it says more.
    func concept(_ node: JSONNode?) -> [[String]] {
        guard let node else { return [] }
        let codings = node["coding"]?.items ?? []
        let words = text(node, "text")
        var parts = [String](repeating: "", count: 14)
        let places = profile.isBefore(2, 7) ? [(0, 6), (3, 7)] : [(0, 6), (3, 7), (9, 13)]
        for (coding, (place, version)) in zip(codings, places) {
            parts[place] = text(coding, "code")
            parts[place + 1] = text(coding, "display")
            parts[place + 2] = FieldText.codingSystem(coding["system"]?.string, profile)
            // CE of older versions ends with the second coding.
            if !profile.isBefore(2, 5) { parts[version] = text(coding, "version") }
        }
        if parts[1].isEmpty {
            parts[1] = words
        } else if words != parts[1], !profile.isBefore(2, 5) {
            parts[8] = words
        }
        return parts.map { [$0] }
    }

    func concepts(_ node: JSONNode?) -> Repetitions { (node?.items ?? []).map { concept($0) } }

    /// The first code of a concept, for fields of one code; of `system` where one is named.
    func code(_ node: JSONNode?, system: String? = nil) -> String? {
        let codings = (node?.items ?? []).flatMap { $0["coding"]?.items ?? [] }
        return codings.first { system == nil || $0["system"]?.string == system }?["code"]?.string
    }

    // MARK: Identifiers

    /// CX of an Identifier.
    func identifier(_ node: JSONNode) -> [[String]] {
        var parts: [[String]] = [[text(node, "value")], [""], [""]]
        parts.append(FieldText.authority(node["system"]?.string, profile))
        parts.append([code(node["type"]) ?? ""])
        parts.append([text(node["assigner"], "display")])
        parts.append([FieldText.time(node["period"]?["start"]?.string).onlyDate])
        parts.append([FieldText.time(node["period"]?["end"]?.string).onlyDate])
        return parts
    }

    /// EI of an Identifier.
    func entity(_ node: JSONNode?) -> [[String]] {
        guard let node, node["value"] != nil else { return [] }
        return entity(text(node, "value"), node["system"]?.string)
    }

    func entity(_ value: String, _ system: String?) -> [[String]] {
        [[value]] + FieldText.authority(system, profile).map { [$0] }
    }

    /// The identifier of a type of table 0203, such as `PLAC`.
    func identifier(_ resource: JSONNode?, type: String) -> JSONNode? {
        (resource?["identifier"]?.items ?? []).first { identifier in
            (identifier["type"]?["coding"]?.items ?? []).contains { $0["code"]?.string == type }
        }
    }

    // MARK: People and places

    /// XPN of a HumanName.
    func name(_ node: JSONNode) -> [[String]] {
        let given = (node["given"]?.items ?? []).compactMap(\.string)
        let suffixes = (node["suffix"]?.items ?? []).compactMap(\.string)
        let prefixes = (node["prefix"]?.items ?? []).compactMap(\.string)
        var family = text(node, "family")
        if family.isEmpty, given.isEmpty { family = text(node, "text") }
        return [
            [family], [given.first ?? ""], [given.dropFirst().joined(separator: " ")],
            [suffixes.joined(separator: " ")], [prefixes.joined(separator: " ")], [""],
            [OutboundPersonTable.nameType(text(node, "use"))],
        ]
    }

    /// XAD of an Address.
    func address(_ node: JSONNode) -> [[String]] {
        let lines = (node["line"]?.items ?? []).compactMap(\.string)
        return [
            [lines.first ?? ""], [lines.dropFirst().joined(separator: ", ")], [text(node, "city")],
            [text(node, "state")], [text(node, "postalCode")], [text(node, "country")],
            [OutboundPersonTable.addressType(use: text(node, "use"), type: text(node, "type"))], [""],
            [text(node, "district")],
        ]
    }

    /// XTN of a ContactPoint.
    func telecom(_ node: JSONNode) -> [[String]] {
        let value = text(node, "value")
        let (use, equipment) = OutboundPersonTable.telecom(use: text(node, "use"), system: text(node, "system"))
        guard equipment == "Internet" else { return [[value], [use], [equipment]] }
        return [[""], [use], [equipment], [value]]
    }

    /// XCN of a Practitioner, or of the words of a reference whose target is not at hand.
    func person(_ reference: JSONNode?, _ event: OutboundEvent) -> [[String]] {
        guard let reference else { return [] }
        var target = event.resolve(reference)
        if target?["resourceType"]?.string == "PractitionerRole" {
            target = event.resolve(target?["practitioner"])
        }
        guard let target, target["resourceType"]?.string == "Practitioner" else {
            // A name that was not parsed stands whole where the family name is.
            let display = text(reference, "display")
            return display.isEmpty ? [] : [[""], [display]]
        }
        let identifier = target["identifier"]?.items.first
        let name = target["name"]?.items.first.map { self.name($0) } ?? []
        var parts = [[text(identifier, "value")]] + name.prefix(6)
        while parts.count < 8 { parts.append([""]) }
        parts.append(FieldText.authority(identifier?["system"]?.string, profile))
        parts += [["L"], [""], [""], [code(identifier?["type"]) ?? ""]]
        return identifier == nil && name.isEmpty ? [] : parts
    }

    /// PL of a reference to a Location.
    func location(_ reference: JSONNode?, _ event: OutboundEvent) -> [[String]] {
        guard let reference else { return [] }
        let target = event.resolve(reference)
        let words = text(target, "name").isEmpty ? text(reference, "display") : text(target, "name")
        let number = target?["identifier"]?.items.first?["value"]?.string
        return [[number ?? words], [""], [""], [""], [""], [""], [""], [""], [number == nil ? "" : words]]
    }
}

extension String {
    /// The first eight digits of a time.
    var onlyDate: String { String(prefix(8)) }
}
