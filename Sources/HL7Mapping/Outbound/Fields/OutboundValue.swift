internal import JSONTape

/// OBX-2, OBX-5 and OBX-6 of a value.
struct OutboundValue {
    var type = ""
    var repetitions: Repetitions = []
    var unit: [[String]] = []

    var isEmpty: Bool { repetitions.isEmpty }
}

extension OutboundWriter {
    /// The reverse of `ObservationValueMap` (§2.4). Numbers keep their digits.
    func value(of node: JSONNode) -> OutboundValue {
        let values = FieldValues(profile: profile)
        if let quantity = node["valueQuantity"] { return self.quantity(quantity) }
        if let text = node["valueString"]?.string {
            let isText = text.contains("\n") || text.utf8.count > 200
            return OutboundValue(type: isText ? "TX" : "ST", repetitions: [[[text]]])
        }
        if let concept = node["valueCodeableConcept"] {
            return OutboundValue(type: profile.isBefore(2, 5) ? "CE" : "CWE", repetitions: [values.concept(concept)])
        }
        if let number = node["valueInteger"]?.numberText {
            return OutboundValue(type: "NM", repetitions: [[[number]]])
        }
        if let flag = node["valueBoolean"]?.bool {
            return OutboundValue(type: "ID", repetitions: [[[flag ? "Y" : "N"]]])
        }
        if let time = node["valueDateTime"]?.string {
            let digits = FieldText.time(time)
            let type = digits.count <= 8 ? "DT" : profile.isBefore(2, 6) ? "TS" : "DTM"
            return OutboundValue(type: type, repetitions: [[[digits]]])
        }
        if let time = node["valueTime"]?.string {
            return OutboundValue(type: "TM", repetitions: [[[FieldText.time(time)]]])
        }
        if let period = node["valuePeriod"] {
            let ends = [period["start"], period["end"]].map { [FieldText.time($0?.string)] }
            return OutboundValue(type: "DR", repetitions: [ends])
        }
        if let range = node["valueRange"] {
            let low = range["low"]?["value"]?.numberText ?? ""
            let high = range["high"]?["value"]?.numberText ?? ""
            return OutboundValue(
                type: "SN", repetitions: [[[""], [low], ["-"], [high]]], unit: unit(range["low"] ?? range["high"]))
        }
        if let ratio = node["valueRatio"] {
            let top = ratio["numerator"]?["value"]?.numberText ?? ""
            let bottom = ratio["denominator"]?["value"]?.numberText ?? ""
            let comparator = ratio["numerator"]?["comparator"]?.string ?? ""
            return OutboundValue(
                type: "SN", repetitions: [[[comparator], [top], [":"], [bottom]]], unit: unit(ratio["numerator"]))
        }
        if let array = node["valueSampledData"] {
            let numbers = (array["data"]?.string ?? "").split(separator: " ").map { [String($0)] }
            return OutboundValue(type: "NA", repetitions: [numbers], unit: unit(array["origin"]))
        }
        return OutboundValue()
    }

    private func quantity(_ quantity: JSONNode) -> OutboundValue {
        guard let number = quantity["value"]?.numberText else { return OutboundValue() }
        guard let comparator = quantity["comparator"]?.string else {
            return OutboundValue(type: "NM", repetitions: [[[number]]], unit: unit(quantity))
        }
        return OutboundValue(type: "SN", repetitions: [[[comparator], [number]]], unit: unit(quantity))
    }

    /// OBX-6: the code with its system, else the word.
    private func unit(_ quantity: JSONNode?) -> [[String]] {
        guard let quantity else { return [] }
        let word = quantity["unit"]?.string ?? ""
        guard let code = quantity["code"]?.string else { return [[word]] }
        let system = FieldText.codingSystem(quantity["system"]?.string, profile)
        return [[code], [word == code ? "" : word], [system]]
    }
}
