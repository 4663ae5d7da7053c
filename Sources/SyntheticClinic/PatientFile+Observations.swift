import JSONTape

/// Vital signs and laboratory results.
extension PatientFile {
    private static let vitalSigns = Coding.hl7("observation-category", "vital-signs", "Vital Signs")
    private static let laboratory = Coding.hl7("observation-category", "laboratory", "Laboratory")

    func addVitalSign(_ visit: Visit, _ analyte: Analyte) {
        let time = visit.start.adding(minutes: 5)
        let value = sample(analyte)
        addObservation(
            nextObservationID(), Self.vitalSigns, .loinc(analyte.loinc, analyte.name), visit, effective: time,
            issued: time, performer: visit.practitioner.practitioner
        ) { writer in
            Self.writeValue(value, of: analyte, to: &writer)
        }
    }

    func addBloodPressure(_ visit: Visit) {
        let time = visit.start.adding(minutes: 5)
        let values = [Panel.systolic, Panel.diastolic].map { ($0, sample($0)) }
        addObservation(
            nextObservationID(), Self.vitalSigns, .loinc("85354-9", "Blood pressure panel with all children optional"),
            visit, effective: time, issued: time, performer: visit.practitioner.practitioner
        ) { writer in
            writer.key("component")
            writer.beginArray()
            for (analyte, value) in values {
                writer.beginObject()
                writer.concept("code", [.loinc(analyte.loinc, analyte.name)], text: analyte.name)
                Self.writeValue(value, of: analyte, to: &writer)
                writer.endObject()
            }
            writer.endArray()
        }
    }

    /// An order, its results as panel and members, and the report that gathers them.
    func addLaboratory(_ visit: Visit) {
        let panel = withRandomness { $0.pick(Panel.all) }
        let drawn = visit.start.adding(minutes: 15)
        let issued = drawn.adding(minutes: 240)
        let order = Link(reference: "ServiceRequest/\(clinic.id(.serviceRequest, index, visit.number))")
        addOrder(panel, visit, at: drawn)
        var members: [Link] = []
        for analyte in panel.analytes {
            let id = nextObservationID()
            let value = sample(analyte)
            members.append(Link(reference: "Observation/\(id)", display: analyte.name))
            addObservation(
                id, Self.laboratory, .loinc(analyte.loinc, analyte.name), visit, effective: drawn, issued: issued,
                performer: house.organization, basedOn: order
            ) { writer in
                Self.writeValue(value, of: analyte, to: &writer)
            }
        }
        let panelID = nextObservationID()
        addObservation(
            panelID, Self.laboratory, .loinc(panel.loinc, panel.name), visit, effective: drawn, issued: issued,
            performer: house.organization, basedOn: order
        ) { writer in
            writer.links("hasMember", members)
        }
        let results = [Link(reference: "Observation/\(panelID)", display: panel.name)] + members
        addReport(panel, visit, order, results, effective: drawn, issued: issued)
    }

    // MARK: - Resources

    private func addObservation(
        _ id: String, _ category: Coding, _ code: Coding, _ visit: Visit, effective: CivilTime, issued: CivilTime,
        performer: Link, basedOn: Link? = nil, value: (inout JSONWriter) -> Void
    ) {
        add("Observation", id) { writer in
            if let basedOn { writer.links("basedOn", [basedOn]) }
            writer.member("status", "final")
            writer.concepts("category", category, text: category.display)
            writer.concept("code", [code], text: code.display)
            writer.link("subject", patient)
            writer.link("encounter", encounter(visit))
            writer.member("effectiveDateTime", effective.dateTime)
            writer.member("issued", issued.dateTime)
            writer.links("performer", [performer])
            value(&writer)
        }
    }

    private func addOrder(_ panel: Panel, _ visit: Visit, at time: CivilTime) {
        add("ServiceRequest", clinic.id(.serviceRequest, index, visit.number)) { writer in
            writer.identifiers("urn:martlet:order", "O\(index + 1)-\(visit.number + 1)")
            writer.member("status", "completed")
            writer.member("intent", "order")
            writer.concepts("category", .snomed("108252007", "Laboratory procedure"))
            writer.concept("code", [.loinc(panel.loinc, panel.name)], text: panel.name)
            writer.link("subject", patient)
            writer.link("encounter", encounter(visit))
            writer.member("authoredOn", time.dateTime)
            writer.link("requester", visit.practitioner.practitioner)
        }
    }

    private func addReport(
        _ panel: Panel, _ visit: Visit, _ order: Link, _ results: [Link], effective: CivilTime, issued: CivilTime
    ) {
        add("DiagnosticReport", clinic.id(.report, index, visit.number)) { writer in
            writer.identifiers("urn:martlet:report", "L\(index + 1)-\(visit.number + 1)")
            writer.links("basedOn", [order])
            writer.member("status", "final")
            writer.concepts("category", .hl7("v2-0074", "LAB", "Laboratory"))
            writer.concept("code", [.loinc(panel.loinc, panel.name)], text: panel.name)
            writer.link("subject", patient)
            writer.link("encounter", encounter(visit))
            writer.member("effectiveDateTime", effective.dateTime)
            writer.member("issued", issued.dateTime)
            writer.links("performer", [house.organization])
            writer.links("result", results)
        }
    }

    // MARK: - Values

    /// A value in units of its last digit; never below a tenth of the mean.
    private func sample(_ analyte: Analyte) -> Int {
        let value = withRandomness { $0.normal(mean: analyte.mean, deviation: analyte.deviation) }
        // A share of the blood stays a share.
        let ceiling = analyte.ucum == "%" ? 100.0 : Double.infinity
        return Decimals.scaled(min(ceiling, max(value, analyte.mean / 10)), decimals: analyte.decimals)
    }

    private static func writeValue(_ value: Int, of analyte: Analyte, to writer: inout JSONWriter) {
        let low = Decimals.scaled(analyte.low, decimals: analyte.decimals)
        let high = Decimals.scaled(analyte.high, decimals: analyte.decimals)
        func text(_ number: Int) -> String { Decimals.text(number, decimals: analyte.decimals) }
        writer.quantity("valueQuantity", text(value), unit: analyte.unit, code: analyte.ucum)
        let flag = value < low ? ("L", "Low") : value > high ? ("H", "High") : ("N", "Normal")
        writer.concepts("interpretation", .hl7("v3-ObservationInterpretation", flag.0, flag.1))
        writer.key("referenceRange")
        writer.beginArray()
        writer.beginObject()
        writer.quantity("low", text(low), unit: analyte.unit, code: analyte.ucum)
        writer.quantity("high", text(high), unit: analyte.unit, code: analyte.ucum)
        writer.member("text", "\(text(low)) - \(text(high)) \(analyte.unit)")
        writer.endObject()
        writer.endArray()
    }
}
