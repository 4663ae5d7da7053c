import HL7Mapping
import HL7Syntax
import JSONTape

/// Patient to PID. The reverse of PID[Patient].
struct PatientSegment {
    let delimiters: Delimiters
    let profile: SourceProfile

    /// All that PID has room for; nil if the patient has no identifier in the domains.
    func demographics(_ patient: JSONNode, domains: [String], number: Int?) -> SegmentBuilder? {
        let identifiers = self.identifiers(patient, domains)
        guard !identifiers.isEmpty else { return nil }
        var segment = SegmentBuilder("PID", delimiters: delimiters)
        if let number { segment.set(1, .text(String(number))) }
        segment.set(3, .tree(identifiers))
        segment.set(5, .tree(patient["name"]?.items.map(name) ?? []))
        segment.set(7, .text(digits(patient["birthDate"]?.string)))
        segment.set(8, .text(sex(patient["gender"]?.string)))
        segment.set(11, .tree(patient["address"]?.items.map(address) ?? []))
        let telecom = patient["telecom"]?.items ?? []
        segment.set(13, .tree(telecom.filter { $0["use"]?.string != "work" }.map(telephone)))
        segment.set(14, .tree(telecom.filter { $0["use"]?.string == "work" }.map(telephone)))
        if let death = patient["deceasedDateTime"]?.string {
            segment.set(29, .text(digits(death)))
            segment.set(30, "Y")
        } else if patient["deceasedBoolean"]?.bool == true {
            segment.set(30, "Y")
        }
        return segment
    }

    /// The other identifiers alone, with the empty name that IHE asks for; nil if there are none.
    func identifiers(_ patient: JSONNode, domains: [String], without: FHIRIdentifier?) -> SegmentBuilder? {
        let others = identifiers(patient, domains, without: without)
        guard !others.isEmpty else { return nil }
        var segment = SegmentBuilder("PID", delimiters: delimiters)
        segment.set(3, .tree(others))
        segment.set(5, .tree([[[""]], ["", "", "", "", "", "", "S"].map { [$0] }]))
        return segment
    }

    private func identifiers(
        _ patient: JSONNode, _ domains: [String], without: FHIRIdentifier? = nil
    ) -> [[[String]]] {
        (patient["identifier"]?.items ?? []).compactMap { identifier in
            guard let value = identifier["value"]?.string, let system = identifier["system"]?.string,
                identifier["use"]?.string != "old",
                domains.isEmpty || domains.contains(system),
                FHIRIdentifier(system: system, value: value) != without
            else { return nil }
            let type = identifier["type"]?["coding"]?.items.first?["code"]?.string ?? ""
            return [[value], [""], [""], profile.assigner(of: system), [type]]
        }
    }

    private func name(_ name: JSONNode) -> [[String]] {
        let given = name["given"]?.items.compactMap(\.string) ?? []
        let uses = [
            "official": "L", "usual": "D", "maiden": "M", "nickname": "N", "old": "BAD", "temp": "TEMP",
            "anonymous": "S",
        ]
        return [
            name["family"]?.string ?? "", given.first ?? "", given.dropFirst().joined(separator: " "),
            name["suffix"]?.items.first?.string ?? "", name["prefix"]?.items.first?.string ?? "", "",
            uses[name["use"]?.string ?? ""] ?? "",
        ].map { [$0] }
    }

    private func address(_ address: JSONNode) -> [[String]] {
        let lines = address["line"]?.items.compactMap(\.string) ?? []
        let uses = ["home": "H", "work": "B", "temp": "C", "old": "BA", "billing": "BI"]
        return [
            lines.first ?? "", lines.dropFirst().joined(separator: ", "), address["city"]?.string ?? "",
            address["state"]?.string ?? "", address["postalCode"]?.string ?? "", address["country"]?.string ?? "",
            uses[address["use"]?.string ?? ""] ?? "", "", address["district"]?.string ?? "",
        ].map { [$0] }
    }

    private func telephone(_ telecom: JSONNode) -> [[String]] {
        let value = telecom["value"]?.string ?? ""
        let use = telecom["use"]?.string == "work" ? "WPN" : "PRN"
        switch telecom["system"]?.string {
        case "email": return ["", "NET", "Internet", value].map { [$0] }
        case "fax": return [value, use, "FX"].map { [$0] }
        case "pager": return [value, use, "BP"].map { [$0] }
        default: return [value, use, telecom["use"]?.string == "mobile" ? "CP" : "PH"].map { [$0] }
        }
    }

    private func sex(_ gender: String?) -> String {
        ["female": "F", "male": "M", "other": "O", "unknown": "U"][gender ?? ""] ?? ""
    }

    /// `1970-03-01` to `19700301`, `2026-01-01T10:20:30+01:00` to `20260101102030+0100`.
    private func digits(_ date: String?) -> String {
        guard let date else { return "" }
        let parts = date.split(separator: "T", maxSplits: 1)
        var text = (parts.first ?? "").filter(\.isNumber)
        if parts.count > 1 {
            let zone = parts[1].firstIndex { $0 == "+" || $0 == "-" || $0 == "Z" } ?? parts[1].endIndex
            text += parts[1][..<zone].filter { $0.isNumber || $0 == "." }
            text += parts[1][zone...] == "Z" ? "+0000" : parts[1][zone...].filter { $0 != ":" }
        }
        return text
    }
}
