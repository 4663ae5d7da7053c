import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Observation/$trend`: one patient's values over time, each code in one unit: that of the newest value.
///
/// Values that cannot be brought to the unit come behind, as they are, with `search.mode` include.
struct ObservationTrend: ClinicOperation {
    /// Under what a converted value keeps the one that was measured.
    static let originalURL = "urn:martlet:original-value"

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "trend", typeName: "Observation", level: .type, affectsState: false,
            documentation: "Values of a patient over time, oldest first, in one unit for each code.",
            roles: [.physician, .nurse, .patient],
            parameters: [
                .init(.input, "patient", 1, 1, "Reference", "Whose values."),
                .init(.input, "code", 0, nil, "CodeableConcept", "Codes of the values; all vital signs by default."),
                .init(.input, "from", 0, 1, "date", "The first day."),
                .init(.output, "return", 1, 1, "Bundle", "The observations."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let patient = try work.parameters.reference("patient", "Patient") else {
            throw OperationParameters.invalid("the parameter patient is missing")
        }
        var pairs = [("patient", patient.text), ("_sort", "date"), ("status", "final,amended,corrected,preliminary")]
        let codes = try Self.codes(work.parameters)
        pairs.append(codes.isEmpty ? ("category", "vital-signs") : ("combo-code", codes.joined(separator: ",")))
        if let from = work.parameters.text("from") { pairs.append(("date", "ge" + from)) }
        let found = try await work.search("Observation", pairs)
        var targets: [String: String] = [:]
        for observation in found.reversed() {
            for (code, _, unit) in Self.values(observation.node) where targets[code] == nil { targets[code] = unit }
        }
        var series: [(String?, [UInt8])] = []
        var apart: [(String?, [UInt8])] = []
        for observation in found {
            let url = "\(work.call.base)/\(observation.reference.text)"
            let converted = Self.converted(observation.node, targets)
            let json = (converted ?? observation.node.source).withUnsafeBufferPointer {
                work.store.renderer.render(content: $0, stamp: observation.stamp)
            }
            if converted == nil { apart.append((url, json)) } else { series.append((url, json)) }
        }
        return ClinicAnswer(resource: Self.bundle(series, apart))
    }

    private static func codes(_ parameters: OperationParameters) throws -> [String] {
        try parameters.concepts("code").flatMap { json -> [String] in
            let concept = try CodeableConcept(json: json)
            let tokens = concept.coding.compactMap { coding in
                coding.code.map { code in coding.system.map { "\($0)|\(code)" } ?? code }
            }
            return tokens.isEmpty ? [concept.text].compactMap(\.self) : tokens
        }
    }

    /// Code, value and unit of an observation and its components.
    private static func values(_ observation: JSONNode) -> [(code: String, value: String, unit: String)] {
        ([observation] + (observation["component"]?.items ?? [])).compactMap { part in
            guard let code = key(part), let quantity = part["valueQuantity"],
                let value = quantity["value"]?.numberText,
                let unit = quantity["code"]?.string ?? quantity["unit"]?.string
            else { return nil }
            return (code, value, unit)
        }
    }

    private static func key(_ part: JSONNode) -> String? {
        let coding = part["code"]?["coding"]?.items.first
        return coding?["code"]?.string.map { (coding?["system"]?.string ?? "") + "|" + $0 }
    }

    /// The observation with all its values in the target units; nil if one cannot be converted.
    private static func converted(_ observation: JSONNode, _ targets: [String: String]) -> [UInt8]? {
        guard !values(observation).isEmpty else { return nil }
        var edit = ResourceEdit(observation)
        if observation["valueQuantity"] != nil {
            guard let value = convertedValue(observation, targets) else { return nil }
            edit.set("valueQuantity", json: value)
        }
        var components: [[UInt8]] = []
        for component in observation["component"]?.items ?? [] {
            guard component["valueQuantity"] != nil else {
                components.append(component.source)
                continue
            }
            guard let value = convertedValue(component, targets) else { return nil }
            var part = ResourceEdit(component)
            part.set("valueQuantity", json: value)
            components.append(part.bytes)
        }
        if !components.isEmpty { edit.set("component", items: components) }
        return edit.bytes
    }

    private static func convertedValue(_ part: JSONNode, _ targets: [String: String]) -> [UInt8]? {
        guard let quantity = part["valueQuantity"], let code = key(part), let target = targets[code],
            let text = quantity["value"]?.numberText, let unit = quantity["code"]?.string ?? quantity["unit"]?.string
        else { return nil }
        if unit == target { return quantity.source }
        guard let value = VitalUnits.convert(text, from: unit, to: target) else { return nil }
        var edit = ResourceEdit(quantity)
        edit.remove("_value")
        edit.set("value", json: Array(value.text.utf8))
        edit.set("unit", target)
        edit.set("system", "http://unitsofmeasure.org")
        edit.set("code", target)
        edit.append(
            "extension",
            json: ResourceEdit.json { writer in
                writer.beginObject()
                writer.member("url", originalURL)
                writer.key("valueQuantity")
                writer.copy(quantity)
                writer.endObject()
            })
        return edit.bytes
    }

    private static func bundle(_ series: [(String?, [UInt8])], _ apart: [(String?, [UInt8])]) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Bundle")
            writer.member("type", "searchset")
            writer.key("total")
            writer.number(series.count)
            let entries = series.map { ($0, "match") } + apart.map { ($0, "include") }
            if !entries.isEmpty {
                writer.key("entry")
                writer.beginArray()
                for (entry, mode) in entries {
                    writer.beginObject()
                    if let url = entry.0 { writer.member("fullUrl", url) }
                    writer.key("resource")
                    writer.raw(entry.1)
                    writer.key("search")
                    writer.beginObject()
                    writer.member("mode", mode)
                    writer.endObject()
                    writer.endObject()
                }
                writer.endArray()
            }
            writer.endObject()
        }
    }
}
