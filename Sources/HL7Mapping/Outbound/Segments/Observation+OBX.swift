internal import HL7Syntax
internal import JSONTape

extension OutboundWriter {
    /// OBX segments of an Observation, with its notes: the reverse of `ObservationMap`.
    mutating func observation(_ observation: JSONNode, isReportInError: Bool = false) {
        let components = observation["component"]?.items ?? []
        let code = FieldValues(profile: profile).concept(observation["code"])
        let subID = companion(observation, ExtensionURL.subID).flatMap { companion($0, "original-sub-identifier") }?[
            "valueString"]?.string
        let own = value(of: observation)
        let values = components.map { value(of: $0) }
        if !components.isEmpty, own.isEmpty,
            components.allSatisfy({ FieldValues(profile: profile).concept($0["code"]) == code }),
            Set(values.map(\.type)).count == 1
        {
            // One result with several values came as repetitions (F-40).
            var whole = values[0]
            whole.repetitions = values.flatMap(\.repetitions)
            result(observation, code, whole, subID: subID, isReportInError)
        } else {
            result(observation, code, own, subID: subID, isReportInError)
            for (index, component) in components.enumerated() {
                result(
                    component, FieldValues(profile: profile).concept(component["code"]), values[index],
                    subID: (subID ?? "1") + ".\(index + 1)", isReportInError,
                    status: observation["status"]?.string ?? "")
            }
        }
        notes(observation["note"]?.items ?? [])
    }

    private mutating func result(
        _ node: JSONNode, _ code: [[String]], _ value: OutboundValue, subID: String?, _ isReportInError: Bool,
        status: String? = nil
    ) {
        let values = FieldValues(profile: profile)
        var segment = segment("OBX")
        segment.set(1, number("OBX"))
        segment.fill(2, value.type)
        segment.fill(3, [code])
        segment.fill(4, subID)
        segment.fill(5, value.repetitions)
        segment.fill(6, [value.unit])
        segment.fill(7, referenceRange(node["referenceRange"]?.items.first))
        segment.fill(8, (node["interpretation"]?.items ?? []).map { interpretation($0) })
        let word = status ?? node["status"]?.string ?? ""
        segment.fill(
            11,
            OutboundOrderTable.observationStatus(word, hasValue: !value.isEmpty, isReportInError: isReportInError))
        let time = node["effectiveDateTime"] ?? node["effectiveInstant"] ?? node["effectivePeriod"]?["start"]
        segment.fill(14, FieldText.time(time?.string))
        segment.fill(17, values.concepts(node["method"]))
        segment.fill(19, FieldText.time(companion(node, ExtensionURL.analysisTime)?["valueDateTime"]?.string))
        if !profile.isBefore(2, 5), let filler = values.identifier(node, type: "FILL") {
            segment.fill(21, [values.entity(filler)])
        }
        append(segment)
    }

    /// OBX-7: the text, which always holds what was sent; else the limits.
    private func referenceRange(_ range: JSONNode?) -> String? {
        if let text = range?["text"]?.string { return text }
        let low = range?["low"]?["value"]?.numberText
        let high = range?["high"]?["value"]?.numberText
        switch (low, high) {
        case (let low?, let high?): return "\(low)-\(high)"
        case (let low?, nil): return ">=\(low)"
        case (nil, let high?): return "<=\(high)"
        case (nil, nil): return nil
        }
    }

    /// OBX-8: the code alone, which is the same in both tables; the text where there is no code.
    private func interpretation(_ concept: JSONNode) -> [[String]] {
        if let code = FieldValues(profile: profile).code(concept) { return [[code]] }
        return [[concept["text"]?.string ?? ""]]
    }

    /// OBX segments with the documents of a report.
    mutating func document(_ attachment: JSONNode, code: [[String]], status: String) {
        let type = attachment["contentType"]?.string ?? "application/octet-stream"
        let sides = type.split(separator: "/", maxSplits: 1).map(String.init)
        var segment = segment("OBX")
        segment.set(1, number("OBX"))
        if let data = attachment["data"]?.string {
            segment.set(2, "ED")
            segment.fill(5, [[[""], [sides[0]], [sides.count > 1 ? sides[1] : ""], ["Base64"], [data]]])
        } else if let url = attachment["url"]?.string {
            segment.set(2, "RP")
            segment.fill(5, [[[url], [""], [sides[0]], [sides.count > 1 ? sides[1] : ""]]])
        } else {
            return
        }
        segment.fill(3, [code])
        segment.fill(11, status)
        append(segment)
    }
}
