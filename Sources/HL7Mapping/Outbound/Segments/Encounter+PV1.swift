internal import HL7Syntax
internal import JSONTape

extension OutboundWriter {
    /// PV1 of an Encounter (§2.7.1); `N` where there is none and the structure demands the segment.
    mutating func visit(_ encounter: JSONNode?, _ event: OutboundEvent, isRequired: Bool = false) {
        guard let encounter else {
            if isRequired { append(segment("PV1").setting(1, "1").setting(2, "N")) }
            return
        }
        let values = FieldValues(profile: profile)
        var segment = segment("PV1")
        segment.set(1, "1")
        segment.fill(2, OutboundPersonTable.patientClass(encounter["class"]?["code"]?.string ?? ""))
        let places = encounter["location"]?.items ?? []
        let current = places.last { $0["status"]?.string ?? "active" == "active" } ?? places.last
        segment.fill(3, [values.location(current?["location"], event)])
        segment.fill(4, [values.concept(encounter["type"]?.items.first)])
        segment.fill(6, [values.location(places.last { $0["status"]?.string == "completed" }?["location"], event)])
        for (field, type) in [(7, "ATND"), (8, "REF"), (9, "CON"), (17, "ADM")] {
            let people = (encounter["participant"]?.items ?? []).filter { values.code($0["type"]) == type }
            segment.fill(field, people.map { values.person($0["individual"], event) })
        }
        segment.fill(10, [values.concept(encounter["serviceType"])])
        let stay = encounter["hospitalization"]
        segment.fill(14, [values.concept(stay?["admitSource"])])
        segment.fill(19, [visitNumber(encounter)])
        segment.fill(36, [values.concept(stay?["dischargeDisposition"])])
        segment.fill(44, FieldText.time(encounter["period"]?["start"]?.string))
        segment.fill(45, FieldText.time(encounter["period"]?["end"]?.string))
        append(segment)
    }

    private func visitNumber(_ encounter: JSONNode) -> [[String]] {
        let values = FieldValues(profile: profile)
        let identifier = values.identifier(encounter, type: "VN") ?? encounter["identifier"]?.items.first
        if let identifier { return values.identifier(identifier) }
        let id = encounter["id"]?.string ?? ""
        return [[id], [""], [""], [PlacerNumber.namespace, "urn:martlet:encounter", "URI"], ["VN"]]
    }
}
